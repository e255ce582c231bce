//! What enrich makes of a span, action by action.

use serde_json::{Value as Json, json};
use spansieve_enrich::Enrich;
use spansieve_plugin::test::{Batch, Outcome, Plugin, Value, batch, resource, scope, span};
use spansieve_plugin::{Column, SpanKind, Status};

fn enrich(actions: Json, given: impl Into<Batch>) -> Outcome {
    Plugin::<Enrich>::new(json!({"actions": actions})).unwrap().run(given)
}

/// The attributes of the first span after the actions, as `key=value`.
fn attributes(actions: Json, given: impl Into<Batch>) -> Vec<String> {
    enrich(actions, given).span(0).attributes.iter().map(|(key, value)| format!("{key}={value:?}")).collect()
}

fn error(actions: Json) -> String {
    match Plugin::<Enrich>::new(json!({"actions": actions})) {
        Ok(_) => panic!("it should not have been accepted"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn insert_adds_only_where_the_key_is_absent() {
    let actions = json!([{"insert": {"key": "team", "value": "payments"}}]);
    assert_eq!(attributes(actions.clone(), span("a")), [r#"team=Str("payments")"#]);
    assert_eq!(attributes(actions, span("a").attr("team", 7)), ["team=Int(7)"]);
}

#[test]
fn update_changes_only_where_the_key_is_present() {
    let actions = json!([{"update": {"key": "team", "value": "payments"}}]);
    assert_eq!(attributes(actions.clone(), span("a")), Vec::<String>::new());
    assert_eq!(attributes(actions, span("a").attr("team", 7)), [r#"team=Str("payments")"#]);
}

#[test]
fn upsert_adds_or_changes_with_constants_of_any_type() {
    let value = json!({"a": [1, 2.5, true, null, "x"]});
    let actions = json!([
        {"upsert": {"key": "s", "value": "x"}}, {"upsert": {"key": "i", "value": -3}}, {"upsert": {"key": "d", "value": 0.5}},
        {"upsert": {"key": "b", "value": false}}, {"upsert": {"key": "n", "value": value}},
    ]);
    let nested = "Map([(\"a\", Array([Int(1), Double(2.5), Bool(true), Empty, Str(\"x\")]))])";
    for given in [batch().span(span("a").attr("s", 1)).span(span("b")), batch().span(span("a").attr("s", 1)).span(span("b").attr("n", 1))] {
        let after = enrich(actions.clone(), given);
        for span in &after.batch.spans {
            assert_eq!(span.get("s"), Some(&"x".into()));
            assert_eq!(span.get("i"), Some(&Value::Int(-3)));
            assert_eq!(format!("{:?}", span.get("n").unwrap()), nested);
        }
    }
}

#[test]
fn delete_removes_every_attribute_with_the_key() {
    let given = span("a").attr("k", 1).attr("other", 2).attr("k", 3);
    assert_eq!(attributes(json!([{"delete": {"key": "k"}}]), given), ["other=Int(2)"]);
}

#[test]
fn rename_keeps_place_and_value_and_replaces_what_has_the_key() {
    let actions = json!([{"rename": {"from": "old", "to": "new"}}]);
    assert_eq!(attributes(actions.clone(), span("a").attr("old", 1).attr("x", 2)), ["new=Int(1)", "x=Int(2)"]);
    assert_eq!(attributes(actions.clone(), span("a").attr("new", 0).attr("old", 1)), ["new=Int(1)"]);
    assert_eq!(attributes(actions, span("a").attr("new", 0)), ["new=Int(0)"]);
}

#[test]
fn copies_take_strings_numbers_and_nested_values_along() {
    let actions = json!([{"copy": {"from": "a", "to": "b"}}, {"upsert": {"key": "c", "from": "a"}}]);
    for value in [Value::from("x"), 3.into(), vec!["p", "q"].into(), Value::Map(vec![("k".into(), vec!["v"].into())])] {
        let after = enrich(actions.clone(), span("s").attr("a", value.clone()));
        assert_eq!([after.span(0).get("b"), after.span(0).get("c")], [Some(&value), Some(&value)]);
    }
    assert_eq!(attributes(actions, span("s").attr("b", 1)), ["b=Int(1)"], "nothing to copy");
}

#[test]
fn each_action_sees_what_those_before_it_did() {
    let actions = json!([
        {"insert": {"key": "a", "value": "one"}},
        {"rename": {"from": "a", "to": "b"}},
        {"insert": {"key": "a", "value": "two"}},
        {"template": {"key": "c", "text": "${a}-${b}"}},
        {"delete": {"key": "b"}, "when": {"equals": {"c": "two-one"}}},
        {"template": {"key": "d", "text": "${b:-gone} ${c}"}},
    ]);
    assert_eq!(attributes(actions, span("s")), [r#"a=Str("two")"#, r#"c=Str("two-one")"#, r#"d=Str("gone two-one")"#]);
}

#[test]
fn keys_can_change_places() {
    let actions = json!([{"rename": {"from": "a", "to": "t"}}, {"rename": {"from": "b", "to": "a"}}, {"rename": {"from": "t", "to": "b"}}]);
    let mut both = attributes(actions, span("s").attr("a", 1).attr("b", 2));
    both.sort();
    assert_eq!(both, ["a=Int(2)", "b=Int(1)"]);
}

#[test]
fn actions_that_come_back_to_where_they_began_change_nothing() {
    let actions = json!([{"rename": {"from": "a", "to": "b"}}, {"rename": {"from": "b", "to": "a"}}, {"insert": {"key": "x", "value": 1}}, {"delete": {"key": "x"}}]);
    assert!(enrich(actions, span("s").attr("a", 1)).blob.is_empty());
}

#[test]
fn templates_take_fields_of_span_scope_and_resource() {
    let text =
        "${span:name}|${span:kind}|${span:status}|${span:duration_ms}|${scope:name}|${scope:version}|${resource:service.name}|${n}|${b}";
    let given = batch()
        .resource(resource().attr("service.name", "shop"))
        .scope(scope("lib").version("1.2"))
        .span(span("GET").kind(SpanKind::Client).status(Status::Error).attr("n", 4).attr("b", true));
    let after = enrich(json!([{"template": {"key": "t", "text": text}}]), given);
    assert_eq!(after.span(0).get("t"), Some(&"GET|client|error|1|lib|1.2|shop|4|true".into()));
}

#[test]
fn a_template_with_an_absent_part_does_nothing() {
    assert!(enrich(json!([{"template": {"key": "t", "text": "${a} ${b}"}}, {"set_name": "${b}"}]), span("s").attr("a", 1)).blob.is_empty());
}

#[test]
fn names_are_set_from_templates() {
    let actions = json!([{"set_name": "${http.request.method} ${http.route}", "when": {"kind": "server"}}, {"upsert": {"key": "n", "from": "span:name"}}]);
    let request = span("x").attr("http.request.method", "GET").attr("http.route", "/cart");
    let after = enrich(actions, batch().span(request.clone().kind(SpanKind::Server)).span(request));
    assert_eq!((after.span(0).name.as_str(), after.span(1).name.as_str()), ("GET /cart", "x"));
    assert_eq!(after.span(0).get("n"), Some(&"GET /cart".into()), "the new name");
}

#[test]
fn conditions_all_have_to_hold() {
    let when = json!({"kind": ["client", "producer"], "status": "error", "name": "GET *", "scope": "http*", "has": ["a", "b"], "lacks": "c",
        "equals": {"a": 1, "s": "x"}, "glob": {"s": "?"}, "resource": {"equals": {"env": "prod"}}});
    let good = span("GET /").kind(SpanKind::Client).status(Status::Error).attr("a", 1).attr("b", 2).attr("s", "x");
    let given = |env: &str, scope_name: &str, span| batch().resource(resource().attr("env", env)).scope(scope(scope_name)).span(span);
    let done =
        |given| enrich(json!([{"insert": {"key": "done", "value": true}, "when": when.clone()}]), given).span(0).get("done").is_some();
    assert!(done(given("prod", "http-client", good.clone())));
    assert!(!done(given("dev", "http-client", good.clone())));
    assert!(!done(given("prod", "sql", good.clone())));
    assert!(!done(given("prod", "http", good.clone().kind(SpanKind::Server))));
    assert!(!done(given("prod", "http", good.clone().status(Status::Ok))));
    assert!(!done(given("prod", "http", good.clone().attr("c", 1))));
    assert!(!done(given(
        "prod",
        "http",
        span("POST /").kind(SpanKind::Client).status(Status::Error).attr("a", 1).attr("b", 2).attr("s", "x")
    )));
    assert!(!done(given(
        "prod",
        "http",
        span("GET /").kind(SpanKind::Client).status(Status::Error).attr("a", 2).attr("b", 2).attr("s", "x")
    )));
    assert!(!done(given(
        "prod",
        "http",
        span("GET /").kind(SpanKind::Client).status(Status::Error).attr("a", 1).attr("b", 2).attr("s", "xy")
    )));
}

#[test]
fn resources_are_changed_too_and_spans_see_them_changed() {
    let actions = json!([
        {"copy": {"from": "resource:cloud.region", "to": "region"}},
        {"upsert": {"key": "cloud.region", "value": "eu-west-1", "on": "resource"}},
        {"delete": {"key": "host.name", "on": "resource"}, "when": {"resource": {"equals": {"env": "prod"}}}},
        {"template": {"key": "id", "text": "${service.name}/${cloud.region}", "on": "resource"}},
    ]);
    let given = batch().resource(resource().attr("service.name", "shop").attr("host.name", "h").attr("env", "prod")).span(span("a"));
    let after = enrich(actions.clone(), given);
    let resource = &after.batch.resources[0];
    assert_eq!(resource.keys(), ["service.name", "env", "cloud.region", "id"]);
    assert_eq!(resource.get("id"), Some(&"shop/eu-west-1".into()));
    assert_eq!(after.span(0).get("region"), Some(&"eu-west-1".into()));

    let alone = enrich(actions, batch().resource(spansieve_plugin::test::resource().attr("service.name", "shop")));
    assert_eq!(alone.batch.resources[0].get("cloud.region"), Some(&"eu-west-1".into()), "a batch without spans");
}

#[test]
fn constants_are_brought_along_once_a_batch() {
    let given = (0..100).fold(batch(), |batch, i| batch.span(span(&format!("s{i}"))));
    let after = enrich(json!([{"insert": {"key": "team", "value": "payments"}}, {"insert": {"key": "tier", "value": 1}}]), given);
    let blob = spansieve_plugin::Blob::parse(&after.blob, spansieve_layout::Magic::Edits).unwrap();
    assert_eq!((blob.texts().len(), blob.i64s(Column::Ints).len(), blob.u32s(Column::AddGroup).len()), (3, 1, 200));
}

#[test]
fn only_columns_that_the_actions_need_are_asked_for() {
    let plugin = Plugin::<Enrich>::new(json!({"actions": [{"insert": {"key": "team", "value": "payments"}}]})).unwrap();
    assert_eq!(plugin.setup().keys(), ["team"]);
    let columns = plugin.setup().columns();
    assert!(!columns.contains(&Column::Texts) && !columns.contains(&Column::SpanName) && columns.contains(&Column::Declared));
}

#[test]
fn errors_say_where_and_what_was_expected() {
    assert_eq!(
        error(json!([{"insert": {"key": "a", "value": 1}}, {"delete": {"key": "a"}, "copy": {"from": "a", "to": "b"}}])),
        "actions[1]: expected exactly one of insert, update, upsert, delete, rename, copy, template, set_name; found delete and copy"
    );
    assert!(error(json!([{"when": {"has": "a"}}])).starts_with("actions[0]: expected exactly one of"));
    assert_eq!(error(json!([{"insert": {"key": "a"}}])), "actions[0].insert: expected either `value` or `from`, found neither");
    assert_eq!(
        error(json!([{"insert": {"key": "", "value": 1}}])),
        "actions[0].insert.key: expected the key of an attribute, found nothing"
    );
    assert_eq!(
        error(json!([{"upsert": {"key": "a", "from": "span:nam"}}])),
        "actions[0].upsert.from: expected span:name, span:kind, span:status or span:duration_ms, found span:nam"
    );
    assert_eq!(error(json!([{"set_name": "${a"}])), "actions[0].set_name: expected a closing brace after ${a");
    assert_eq!(
        error(json!([{"delete": {"key": "a"}, "when": {"equals": {"k": [1]}}}])),
        "actions[0].when.equals.k: expected a string, a number or a boolean"
    );
    assert_eq!(
        error(json!([{"delete": {"key": "a", "on": "resource"}, "when": {"has": "b"}}])),
        "actions[0].when: an action on resources can only depend on `resource`"
    );
    assert!(error(json!([{"delete": {"kee": "a"}}])).starts_with("actions[0].delete.kee: unknown field `kee`, expected"));
    assert!(error(json!([{"delete": {"key": "a"}, "when": {"kind": 3}}])).starts_with("actions[0].when.kind: expected one value"));
}
