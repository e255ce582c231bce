//! Views over a batch, and how a policy is run.

use std::time::Duration;

use spansieve_plugin::test::{self, Plugin, Value, batch, event, link, resource, scope, span, take_counters, take_log};
use spansieve_plugin::{Batch, Column, ConfigError, Edits, Policy, Roles, Setup, Slot, SpanKind, Status, TraceReason, log};

fn with_view(given: impl Into<test::Batch>, look: impl FnOnce(&Batch<'_>)) {
    let blob = test::encode(&given.into(), &Setup::default()).all;
    look(&Batch::parse(&blob).unwrap());
}

#[test]
fn a_span_shows_every_field() {
    let given = batch().now(9).head_probability(0.5).resource(resource().attr("host", "h")).scope(scope("lib").version("2")).span(
        span("GET")
            .kind(SpanKind::Server)
            .status(Status::Error)
            .message("no")
            .tracestate("a=b")
            .remote_parent([7; 8])
            .not_sampled()
            .lasting(Duration::from_millis(20))
            .attr("k", 1)
            .event(event("e").attr("x", true))
            .link(link().tracestate("c=d")),
    );
    with_view(given, |batch| {
        assert_eq!((batch.now(), batch.head_probability(), batch.len(), batch.is_ascii()), (9, Some(0.5), 1, true));
        let span = batch.span(0);
        assert_eq!((span.name().as_str(), span.kind(), span.status()), ("GET", SpanKind::Server, Status::Error));
        assert!(span.message().unwrap() == "no" && span.tracestate().unwrap() == "a=b");
        assert_eq!((span.parent_id(), span.duration()), (Some(&[7; 8]), Duration::from_millis(20)));
        assert!(span.is_local_root() && span.has_remote_parent() && !span.is_sampled());
        assert_eq!(format!("{:?}", span.attributes()), "[k=1]");
        let event = span.events().next().unwrap();
        assert!(event.name() == "e" && event.attributes().find("x").is_some());
        assert!(span.links().next().unwrap().tracestate().unwrap() == "c=d");
        assert!(span.scope().name() == "lib" && span.scope().version().unwrap() == "2");
        assert!(span.resource().attributes().find("host").unwrap().text().unwrap() == "h");
    });
}

#[test]
fn a_local_root_has_no_parent_or_a_remote_one() {
    let given = batch().span(span("root")).span(span("child").parent([1; 8])).span(span("from afar").remote_parent([1; 8]));
    with_view(given, |batch| assert_eq!(batch.spans().map(|span| span.is_local_root()).collect::<Vec<_>>(), [true, false, true]));
}

#[test]
fn attributes_are_found_by_text_by_key_and_by_nothing_else() {
    let given = batch().span(span("a").attr("x", 1).attr("k", "v")).span(span("b"));
    with_view(given, |batch| {
        let key = batch.key("k").unwrap();
        assert!(batch.key("absent").is_none());
        assert_eq!(batch.span(0).attribute(key).unwrap().row(), batch.span(0).attribute("k").unwrap().row());
        assert!(batch.span(1).attribute(key).is_none() && batch.span(1).attribute("k").is_none());
    });
}

#[test]
fn values_print_as_people_write_them() {
    let map = Value::Map(vec![("a".into(), vec!["x", "y"].into()), ("b".into(), Value::Bytes(vec![0xAB, 1])), ("c".into(), 0.5.into())]);
    with_view(span("a").attr("m", map), |batch| {
        let row = batch.span(0).attribute("m").unwrap();
        assert_eq!(row.value().to_string(), "{a: [x, y], b: ab01, c: 0.5}");
        assert_eq!(batch.rows().len(), 6, "nested elements are rows too");
    });
}

#[test]
fn traces_are_there_only_where_the_host_groups() {
    with_view(span("a"), |batch| assert_eq!(batch.traces().len(), 0));
    let given = batch().trace([1; 16], TraceReason::RootEnded, [span("a"), span("b")]).trace([2; 16], TraceReason::Late, [span("c")]);
    with_view(given, |batch| {
        let traces: Vec<_> = batch.traces().map(|trace| (trace.id().unwrap()[0], trace.reason(), trace.spans().len())).collect();
        assert_eq!(traces, [(1, TraceReason::RootEnded, 2), (2, TraceReason::Late, 1)]);
    });
}

#[test]
fn roles_say_where_a_text_stands() {
    let mut given = batch().span(span("n").message("n").attr("k", "v").event(event("e")));
    given.loose_texts.push("loose".into());
    with_view(given, |batch| {
        let mut roles = Vec::new();
        batch.roles(&mut roles);
        let of = |text: &str| roles[(0..batch.text_count()).find(|i| batch.text(*i) == text).unwrap() as usize];
        assert_eq!(of("n"), Roles::SPAN_NAME | Roles::MESSAGE);
        assert_eq!((of("k"), of("v"), of("e")), (Roles::KEY, Roles::VALUE, Roles::EVENT_NAME));
        assert!(of("loose").is_empty());
    });
}

/// Asks for names only, and reads whatever its configuration says.
struct Curious {
    route: Slot,
    read: String,
    seen: u64,
}

impl Policy for Curious {
    type Config = Option<String>;
    const NAME: &'static str = "curious";
    const ABOUT: &'static str = "Reads";

    fn configure(config: Option<String>, setup: &mut Setup) -> Result<Self, ConfigError> {
        setup.read(&[Column::SpanName, Column::Texts]);
        if config.as_deref() == Some("wrong") {
            return Err(ConfigError::at("read", "expected something else"));
        }
        Ok(Curious { route: setup.key("http.route"), read: config.unwrap_or_default(), seen: 0 })
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        for span in batch.spans() {
            self.seen += 1;
            spansieve_plugin::count("seen", 1);
            log::info(format_args!("{} {}", span.name(), span.attribute(self.route).is_some()));
            if self.read == "status" && span.status() == Status::Error {
                edits.drop_span(&span);
            }
        }
    }

    fn save(&self) -> Vec<u8> {
        self.seen.to_le_bytes().to_vec()
    }

    fn restore(&mut self, state: &[u8]) -> Result<(), String> {
        self.seen = u64::from_le_bytes(state.try_into().map_err(|_| "expected 8 bytes")?);
        Ok(())
    }
}

#[test]
fn a_policy_gets_the_columns_and_rows_that_it_asked_for() {
    take_log();
    take_counters();
    let mut plugin = Plugin::<Curious>::new(serde_json::json!(null)).unwrap();
    let numbering = [Column::TextEnd, Column::Ints, Column::Doubles, Column::BytesEnd, Column::GroupEnd];
    assert!(numbering.iter().all(|column| plugin.setup().columns().contains(column)), "edits are numbered from these");
    let after = plugin.run(batch().span(span("a").attr("http.route", "/")).span(span("b")));
    assert!(after.blob.is_empty());
    let lines: Vec<_> = take_log().into_iter().map(|(_, line)| line).collect();
    assert_eq!((lines, take_counters()["seen"]), (vec!["a true".to_owned(), "b false".to_owned()], 2));
    let state = plugin.save();
    plugin.restore(&state).unwrap();
    assert_eq!(plugin.policy().seen, 2);
    assert_eq!(plugin.restore(b"x"), Err("expected 8 bytes".into()));
}

#[test]
#[should_panic(expected = "no element 0 in column span-status: `configure` has to ask for it with setup.read(&[Part::Status])")]
fn reading_a_column_that_was_not_asked_for_panics_with_its_name() {
    Plugin::<Curious>::new(serde_json::json!("status")).unwrap().run(span("a"));
}

#[test]
fn a_wrong_configuration_is_an_error_with_its_place() {
    let Err(error) = Plugin::<Curious>::new(serde_json::json!("wrong")) else { panic!("it should not have been accepted") };
    assert_eq!((error.path(), error.to_string()), ("read", "read: expected something else".to_owned()));
}

#[test]
fn a_batch_of_another_layout_version_panics_with_what_is_wrong() {
    let blob = test::encode(&span("a").into(), &Setup::default()).all;
    let message = |blob: &[u8]| {
        let mut plugin = Plugin::<Curious>::new(serde_json::json!(null)).unwrap();
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| plugin.process(blob))).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    };
    let mut other = blob.clone();
    other[4] = 9;
    assert_eq!(message(&other), "cannot read the batch: layout version 9, expected 1");
    assert!(message(&blob[..blob.len() - 1]).starts_with("cannot read the batch: header says"));
}
