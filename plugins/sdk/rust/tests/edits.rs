//! The edits builder: whatever is called in whatever order, the rules of the layout hold and the later edit counts.

use spansieve_plugin::test::{self, Edit, Outcome, Value, batch, event, link, resource, scope, span};
use spansieve_plugin::{Batch, Edits, Field, NewValue, Setup, SpanKind, Status};

/// Edits a batch and applies what came out.
fn edit(before: impl Into<test::Batch>, with: impl FnOnce(&Batch<'_>, &mut Edits)) -> Outcome {
    let blob = test::encode(&before.into(), &Setup::default()).all;
    let view = Batch::parse(&blob).unwrap();
    let mut edits = Edits::default();
    edits.begin(&view);
    with(&view, &mut edits);
    let mut out = Vec::new();
    edits.finish(&mut out);
    let (batch, edits) = test::apply(&blob, &out);
    Outcome { batch, edits, blob: out }
}

fn nested() -> Value {
    Value::Array(vec!["a".into(), Value::Map(vec![("k".into(), Value::Int(1))])])
}

#[test]
fn a_batch_that_is_encoded_and_decoded_is_the_same_batch() {
    let mut full = batch()
        .now(17)
        .head_probability(0.25)
        .resource(resource().attr("host", "a").schema_url("urn:r"))
        .scope(scope("lib").version("1").schema_url("urn:s").attr("s", true))
        .trace(
            [7; 16],
            spansieve_plugin::TraceReason::Limit,
            [
                span("a").kind(SpanKind::Server).status(Status::Error).message("no").tracestate("a=b").attr("list", nested()),
                span("b").remote_parent([1; 8]).not_sampled().attr("d", 0.5).attr("b", &b"\xFF\x00"[..]).attr("e", Value::Empty),
                span("c").event(event("x").attr("k", "v")).link(link().tracestate("x=y").attr("i", -1)).event(event("y")),
            ],
        );
    full.loose_texts.push("named by nobody".into());
    full.spans[0].dropped_events = 3;
    full.resources[0].dropped_attributes = 2;
    let blob = test::encode(&full, &Setup::default()).all;
    assert_eq!(test::decode(&blob), full);
}

#[test]
fn nothing_to_change_is_an_empty_blob() {
    let after = edit(span("a").attr("k", "v"), |batch, edits| {
        edits.text("brought along but named by nothing");
        let span = batch.span(0);
        assert!(!edits.update(&span, "absent", 1));
        assert!(!edits.remove_key(&span, "absent"));
        assert!(!edits.insert(&span, "k", 1));
    });
    assert!(after.blob.is_empty());
}

#[test]
fn attributes_of_everything_are_edited_by_key() {
    let before = batch()
        .resource(resource().attr("r", 1))
        .scope(scope("s").attr("s", 1))
        .span(span("a").attr("k", 1).event(event("e").attr("k", 1)).link(link().attr("k", 1)));
    let after = edit(before, |batch, edits| {
        let span = batch.span(0);
        edits.upsert(&span, "k", "two");
        edits.upsert(&span.events().next().unwrap(), "k", 2.5);
        edits.insert(&span.links().next().unwrap(), "new", true);
        edits.remove_key(&span.scope(), "s");
        edits.add(&span.resource(), "more", &serde_json::json!({"a": [1, null, "x"]}));
    });
    let span = after.span(0);
    assert_eq!(span.get("k"), Some(&"two".into()));
    assert_eq!(span.events[0].get("k"), Some(&2.5.into()));
    assert_eq!(span.links[0].get("new"), Some(&true.into()));
    assert!(after.batch.scopes[0].attributes.is_empty());
    let list = Value::Array(vec![Value::Int(1), Value::Empty, "x".into()]);
    assert_eq!(after.batch.resources[0].get("more"), Some(&Value::Map(vec![("a".into(), list)])));
}

#[test]
fn look_ups_by_key_see_the_edits_before_them() {
    let after = edit(span("a").attr("old", 1), |batch, edits| {
        let span = batch.span(0);
        edits.rename(span.attribute("old").unwrap(), "new");
        assert!(edits.insert(&span, "old", 2), "the old key is free");
        assert!(!edits.insert(&span, "new", 3), "the new key is taken");
        edits.upsert(&span, "old", 4);
        assert!(edits.remove_key(&span, "new"));
        assert!(edits.insert(&span, "new", 5));
        assert!(edits.remove_key(&span, "new"));
        assert!(!edits.remove_key(&span, "new"));
    });
    assert_eq!(after.span(0).attributes, [("old".to_owned(), Value::Int(4))]);
}

#[test]
fn of_two_edits_of_the_same_thing_the_later_counts() {
    let after = edit(batch().span(span("a").attr("k", 1)).span(span("b").attr("k", 1)), |batch, edits| {
        let (a, b) = (batch.span(0), batch.span(1));
        let row = a.attribute("k").unwrap();
        edits.set(row, 2);
        edits.set(row, 3);
        edits.rename(row, "x");
        edits.rename(row, "y");
        edits.set_name(&a, "first");
        edits.set_name(&a, "second");
        edits.set_message(&a, "text");
        edits.clear(Field::SpanMessage, 0);
        edits.replace_text(b.name(), "c");
        edits.replace_text(b.name(), "d");
        edits.drop_span(&a);
        edits.keep_span(&a);
        edits.keep_span(&b);
        edits.drop_span(&b);
    });
    assert_eq!(after.span(0).attributes, [("y".to_owned(), Value::Int(3))]);
    assert_eq!((after.span(0).name.as_str(), after.span(0).message.as_deref(), after.span(1).name.as_str()), ("second", None, "d"));
    assert!(after.is_kept(0) && !after.is_dropped(0) && after.is_dropped(1) && !after.is_kept(1));
}

#[test]
fn a_removed_row_stays_removed() {
    let after = edit(span("a").attr("k", 1).attr("l", 2), |batch, edits| {
        let row = batch.span(0).attribute("k").unwrap();
        edits.set(row, 2);
        edits.rename(row, "x");
        edits.remove(row);
        edits.remove(row);
        edits.set(row, NewValue::Array(&[NewValue::Int(1)]));
        edits.rename(row, "z");
    });
    assert_eq!(after.span(0).attributes, [("l".to_owned(), Value::Int(2))]);
    assert_eq!(after.edits, [Edit::Remove { row: 0 }]);
}

#[test]
fn nested_values_that_were_superseded_leave_no_groups_behind() {
    let deep = serde_json::json!([[["x"]], {"k": [1]}]);
    let after = edit(span("a").attr("k", 1).attr("l", 2), |batch, edits| {
        let span = batch.span(0);
        let row = span.attribute("k").unwrap();
        edits.set(row, &deep);
        edits.upsert(&span, "n", &deep);
        edits.set(row, &deep);
        edits.upsert(&span, "n", 1);
        edits.upsert(&span, "m", &deep);
        edits.remove_key(&span, "m");
        edits.set(span.attribute("l").unwrap(), &deep);
        edits.remove_key(&span, "l");
    });
    let list = Value::Array(vec![
        Value::Array(vec![Value::Array(vec!["x".into()])]),
        Value::Map(vec![("k".into(), Value::Array(vec![Value::Int(1)]))]),
    ]);
    assert_eq!(after.span(0).attributes, [("k".to_owned(), list), ("n".to_owned(), Value::Int(1))]);
}

#[test]
fn a_copied_attribute_brings_what_is_nested_in_it() {
    let after = edit(batch().span(span("a").attr("k", nested()).attr("s", "text")).span(span("b")), |batch, edits| {
        let (a, b) = (batch.span(0), batch.span(1));
        edits.add(&b, "copy", a.attribute("k").unwrap());
        edits.add(&b, "text", a.attribute("s").unwrap());
        edits.add(&b, "name", a.name());
    });
    assert_eq!(
        after.span(1).attributes,
        [("copy".to_owned(), nested()), ("text".to_owned(), "text".into()), ("name".to_owned(), "a".into())]
    );
}

#[test]
fn elements_of_nested_values_are_edited_as_rows() {
    let after = edit(span("a").attr("k", nested()), |batch, edits| {
        for row in batch.rows().filter(|row| row.value().as_int() == Some(1)) {
            edits.set(row, "one");
            edits.rename(row, "renamed");
        }
    });
    assert_eq!(after.span(0).get("k"), Some(&Value::Array(vec!["a".into(), Value::Map(vec![("renamed".into(), "one".into())])])));
}

#[test]
fn a_replaced_text_is_replaced_everywhere() {
    let before = batch().span(span("x").attr("x", "x").message("x").event(event("x")).attr("list", Value::Array(vec!["x".into()])));
    let after = edit(before, |batch, edits| {
        let text = edits.write_text(|text| {
            text.push_str("[");
            text.push_utf8("é".as_bytes());
            text.push_str("]");
        });
        edits.replace_text(batch.span(0).name(), text);
        edits.add(&batch.span(0), batch.span(0).name(), 1);
    });
    let span = after.span(0);
    assert_eq!((span.name.as_str(), span.message.as_deref(), span.events[0].name.as_str()), ("[é]", Some("[é]"), "[é]"));
    assert_eq!(span.keys(), ["[é]", "list", "[é]"]);
    assert_eq!(span.get("list"), Some(&Value::Array(vec!["[é]".into()])));
}

#[test]
fn every_field_can_be_set() {
    let before = batch().resource(resource().schema_url("u")).span(span("a").event(event("e")).link(link().tracestate("t=1")));
    let after = edit(before, |batch, edits| {
        let span = batch.span(0);
        edits.set_name(&span, "name");
        edits.set_message(&span, "message");
        edits.set_tracestate(&span, "t=2");
        edits.set_status(&span, Status::Ok);
        edits.set_kind(&span, SpanKind::Consumer);
        edits.set_event_name(&span.events().next().unwrap(), "event");
        edits.set_link_tracestate(&span.links().next().unwrap(), "t=3");
        edits.set_scope_name(&span.scope(), "scope");
        edits.set_scope_version(&span.scope(), "9");
        edits.set_scope_schema_url(&span.scope(), "v");
        edits.clear(Field::ResourceSchemaUrl, span.resource().index());
    });
    let (span, scope) = (after.span(0), &after.batch.scopes[0]);
    assert_eq!((span.name.as_str(), span.message.as_deref(), span.tracestate.as_deref()), ("name", Some("message"), Some("t=2")));
    assert_eq!((span.status, span.kind), (Status::Ok, SpanKind::Consumer));
    assert_eq!((span.events[0].name.as_str(), span.links[0].tracestate.as_deref()), ("event", Some("t=3")));
    assert_eq!((scope.name.as_str(), scope.version.as_deref(), scope.schema_url.as_deref()), ("scope", Some("9"), Some("v")));
    assert_eq!(after.batch.resources[0].schema_url, None);
}

#[test]
fn equal_new_texts_are_brought_along_once() {
    let after = edit(batch().span(span("a")).span(span("b")), |batch, edits| {
        for span in batch.spans() {
            edits.add(&span, "team", "payments");
        }
    });
    let blob = spansieve_plugin::Blob::parse(&after.blob, spansieve_layout::Magic::Edits).unwrap();
    assert_eq!(blob.texts().len(), 2);
}

#[test]
fn one_builder_serves_many_batches() {
    let mut edits = Edits::default();
    let mut out = Vec::new();
    for round in 0..3 {
        let blob = test::encode(&span("a").attr("k", round).into(), &Setup::default()).all;
        let view = Batch::parse(&blob).unwrap();
        edits.begin(&view);
        if round != 1 {
            edits.upsert(&view.span(0), "k", "v");
            edits.upsert(&view.span(0), "l", "v");
        }
        edits.finish(&mut out);
        let (after, _) = test::apply(&blob, &out);
        let expected: &[(String, Value)] =
            if round == 1 { &[("k".into(), Value::Int(1))] } else { &[("k".into(), "v".into()), ("l".into(), "v".into())] };
        assert_eq!(after.spans[0].attributes, expected);
    }
}

/// Whatever is done to attributes by key and by row, in whatever order, the host accepts the edits, and they do the same as on a plain list.
#[test]
fn random_edits_do_what_they_would_do_to_a_plain_list() {
    let mut seed = 1u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    const KEYS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
    let json = |n: usize| match n % 4 {
        0 => serde_json::json!(n),
        1 => serde_json::json!(format!("text {n}")),
        2 => serde_json::json!([n, [format!("{n}")], {}]),
        _ => serde_json::json!({"k": {"l": [n]}, "m": true}),
    };
    let plain = |n: usize| match n % 4 {
        0 => Value::Int(n as i64),
        1 => format!("text {n}").into(),
        2 => vec![Value::Int(n as i64), vec![format!("{n}").as_str()].into(), Value::Map(Vec::new())].into(),
        _ => vec![("k", vec![("l", vec![Value::Int(n as i64)].into())].into()), ("m", true.into())].into(),
    };
    for _ in 0..2_000 {
        let mut given = span("s");
        // The list: row where it is one of the batch, key, value.
        let mut list: Vec<(Option<u32>, &str, Value)> = Vec::new();
        for (row, key) in KEYS.iter().take(random(4)).enumerate() {
            given = given.attr(key, plain(row));
            list.push((Some(row as u32), key, plain(row)));
        }
        let rows = list.len();
        let after = edit(given, |batch, edits| {
            let span = batch.span(0);
            for step in 0..random(12) {
                let (key, n) = (KEYS[random(KEYS.len())], step + 10);
                let place = list.iter().position(|(_, k, _)| *k == key);
                match (random(if rows > 0 { 7 } else { 4 }), place) {
                    (0, None) => {
                        edits.insert(&span, key, &json(n));
                        list.push((None, key, plain(n)));
                    }
                    (0, Some(_)) => assert!(!edits.insert(&span, key, &json(n))),
                    (1, _) => {
                        edits.upsert(&span, key, &json(n));
                        match place {
                            Some(place) => list[place].2 = plain(n),
                            None => list.push((None, key, plain(n))),
                        }
                    }
                    (2, _) => {
                        assert_eq!(edits.update(&span, key, &json(n)), place.is_some());
                        place.into_iter().for_each(|place| list[place].2 = plain(n));
                    }
                    (3, _) => {
                        assert_eq!(edits.remove_key(&span, key), place.is_some());
                        list.retain(|(_, k, _)| *k != key);
                    }
                    (what, _) => {
                        let row = span.attributes().iter().nth(random(rows)).unwrap();
                        let entry = list.iter().position(|(r, _, _)| *r == Some(row.row()));
                        match what {
                            4 => {
                                edits.set(row, &json(n));
                                entry.into_iter().for_each(|entry| list[entry].2 = plain(n));
                            }
                            // Two attributes of one key are another matter.
                            5 if place.is_none() => {
                                edits.rename(row, key);
                                entry.into_iter().for_each(|entry| list[entry].1 = key);
                            }
                            5 => {}
                            _ => {
                                edits.remove(row);
                                list.retain(|(r, _, _)| *r != Some(row.row()));
                            }
                        }
                    }
                }
            }
        });
        let mut expected: Vec<(String, Value)> = list.iter().map(|(_, key, value)| (key.to_string(), value.clone())).collect();
        let mut found = after.span(0).attributes.clone();
        // The host puts added rows behind those of the batch, as the list does; renaming keeps the place.
        assert_eq!(found.len(), expected.len());
        found.sort_by(|a, b| a.0.cmp(&b.0));
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(found, expected);
    }
}
