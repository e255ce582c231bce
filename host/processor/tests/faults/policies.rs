//! The policy changes while it is in service: what becomes of the resource, and of several processors.

use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::KeyValue;
use opentelemetry::trace::TraceContextExt;

use super::*;

const SECRET: &str = "planted@example.org";

fn resource() -> Resource {
    Resource::builder_empty().with_attributes([KeyValue::new("service.name", "shop"), KeyValue::new("owner", SECRET)]).build()
}

fn start_with_resource(policy: Policy, next: Next) -> (SdkTracerProvider, Handle) {
    cache();
    let sieve = SieveProcessor::new(policy, next).unwrap_or_else(|error| panic!("{error}"));
    let handle = sieve.handle();
    (SdkTracerProvider::builder().with_resource(resource()).with_span_processor(sieve).build(), handle)
}

fn owner(of: &Next) -> Option<String> {
    let resources = of.resources.lock().unwrap();
    resources.last().and_then(|resource| resource.get(&"owner".into())).map(|value| value.to_string())
}

#[test]
fn the_resource_passes_the_new_policy_and_is_handed_on_again() {
    let next = Next::default();
    let (provider, handle) = start_with_resource(no_plugins(), next.clone());
    assert_eq!(owner(&next).as_deref(), Some(SECRET));
    handle.replace(redact()).unwrap();
    eventually("the resource was redacted", || owner(&next).as_deref() == Some("[REDACTED]"));
    // The original is what passes the next policy, not what the one before made of it.
    let enrich = "{version: 1, plugins: [{use: 'builtin:enrich', config: {actions: [{upsert: {key: team, value: blue, on: resource}}]}}]}";
    handle.replace(parse(enrich)).unwrap();
    eventually("the resource was enriched", || owner(&next).as_deref() == Some(SECRET));
    let last = next.resources.lock().unwrap().last().cloned().unwrap();
    assert_eq!(last.get(&"team".into()).map(|value| value.to_string()).as_deref(), Some("blue"));
    // Plugins beside spans see it as it leaves.
    let from_resource = "{version: 1, plugins: [{use: 'builtin:redact'}, {use: 'builtin:enrich', config: {actions: [{upsert: {key: by, from: 'resource:owner'}}]}}]}";
    handle.replace(parse(from_resource)).unwrap();
    eventually("the resource was redacted", || owner(&next).as_deref() == Some("[REDACTED]"));
    end_spans(&provider, 1);
    provider.shutdown().unwrap();
    assert_eq!(next.spans.lock().unwrap()[0].attributes, [KeyValue::new("by", "[REDACTED]")]);
}

#[test]
fn a_next_processor_that_is_busy_gets_the_resource_when_it_has_time() {
    let gate = Gate::default();
    let (_end, for_next) = (OpenAtTheEnd(gate.clone()), gate.clone());
    let next = Next { on_flush: Some(Arc::new(move |()| for_next.pass())), ..Next::default() };
    let (provider, handle) = start_with_resource(no_plugins(), next.clone());
    std::thread::scope(|scope| {
        scope.spawn(|| provider.force_flush());
        gate.wait_for_somebody();
        handle.replace(redact()).unwrap();
        end_spans(&provider, 10);
        eventually("the spans did not wait for it", || handle.stats().forwarded == 10);
        assert_eq!(owner(&next).as_deref(), Some(SECRET));
        gate.open();
    });
    eventually("the resource was redacted", || owner(&next).as_deref() == Some("[REDACTED]"));
    provider.shutdown().unwrap();
}

#[test]
fn a_next_processor_that_panics_on_the_new_resource_gets_spans_as_ever() {
    let hook = |resource: &Resource| assert!(resource.get(&"owner".into()).is_none_or(|value| value.as_str() == SECRET), "no");
    let next = Next { on_resource: Some(Arc::new(hook)), ..Next::default() };
    let (provider, handle) = start_with_resource(no_plugins(), next.clone());
    handle.replace(redact()).unwrap();
    end_spans(&provider, 100);
    provider.force_flush().unwrap();
    handle.replace(no_plugins()).unwrap();
    end_spans(&provider, 100);
    provider.shutdown().unwrap();
    let stats = handle.stats();
    assert_eq!((stats.forwarded, stats.withheld, next.names().len()), (200, 0, 200), "{stats:?}");
}

#[test]
fn a_policy_that_is_refused_changes_neither_spans_nor_resource_nor_what_is_watched() {
    let folder = Folder::empty();
    let path = folder.write("policy.yaml", "{version: 1, plugins: [{use: 'builtin:redact'}]}");
    let next = Next::default();
    let (provider, handle) = start_with_resource(Policy::from_file(&path).unwrap(), next.clone());
    let refused = parse("{version: 1, plugins: [{use: 'builtin:enrich', config: {actions: 5}}]}");
    assert!(handle.replace(refused).is_err());
    assert_eq!((handle.generation(), next.resources.lock().unwrap().len()), (1, 1));
    provider.tracer("test").start(SECRET).end();
    provider.force_flush().unwrap();
    assert!(!next.has(SECRET) && handle.refusal().is_some());
    // The file is the same as ever, and is still the one that counts.
    assert_eq!(handle.reload().unwrap().generation, 1);
    folder.write("policy.yaml", "{version: 1, plugins: [{use: 'builtin:redact', config: {values: []}}]}");
    eventually("an edit is noticed", || handle.generation() == 2);
    provider.shutdown().unwrap();
}

#[test]
fn processors_of_one_process_have_policies_of_their_own() {
    let (_trapping, failing) = guest(&Guest::trapping(), "on_failure: withhold");
    let (_looping, slow) = guest(&Guest::looping(), "on_failure: strip, limits: {deadline: 5ms}");
    let setups: Vec<_> = [no_plugins(), redact(), failing, slow, Policy::standard()]
        .into_iter()
        .map(|policy| {
            let next = Next::default();
            let (provider, handle) = start(policy, next.clone(), spansieve::Options::default());
            (next, provider, handle)
        })
        .collect();
    std::thread::scope(|scope| {
        for (_, provider, _) in &setups {
            scope.spawn(|| {
                let tracer = provider.tracer("test");
                (0..500).for_each(|_| tracer.start(SECRET).end());
                provider.shutdown_with_timeout(LONG).unwrap();
            });
        }
    });
    let ends: Vec<_> = setups
        .iter()
        .map(|(next, _, handle)| {
            all_is_accounted_for(handle, 500);
            let stats = handle.stats();
            (stats.forwarded, stats.stripped, stats.withheld, next.has(SECRET))
        })
        .collect();
    assert_eq!(ends, [(500, 0, 0, true), (500, 0, 0, false), (0, 0, 500, false), (500, 500, 0, false), (500, 0, 0, false)]);
}

#[test]
fn processors_of_one_provider_do_not_see_what_the_other_leaves() {
    cache();
    let (plain, redacted) = (Next::default(), Next::default());
    let provider = SdkTracerProvider::builder()
        .with_span_processor(SieveProcessor::new(no_plugins(), plain.clone()).expect("a processor"))
        .with_span_processor(SieveProcessor::new(redact(), redacted.clone()).expect("a processor"))
        .build();
    let tracer = provider.tracer("test");
    (0..100).for_each(|_| tracer.start(SECRET).end());
    provider.shutdown().unwrap();
    assert_eq!((plain.names().len(), plain.has(SECRET)), (100, true));
    assert_eq!((redacted.names().len(), redacted.has(SECRET)), (100, false));
}

#[test]
fn spans_of_a_trace_stay_in_order_whatever_policies_ask_for() {
    // One asks for whole traces, the other does not: spans change between being held for their trace and passing as they come.
    let grouping = || parse("{version: 1, plugins: [{use: 'builtin:sample', config: {keep: [errors], rest: {ratio: 1.0}}}]}");
    let next = Next::default();
    let (provider, handle) = start(grouping(), next.clone(), Options { queue_spans: 100_000, ..Options::default() });
    let tracer = provider.tracer("test");
    let ending = AtomicBool::new(false);
    let spans = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !ending.load(Ordering::Relaxed) {
                handle.replace(no_plugins()).unwrap();
                handle.replace(grouping()).unwrap();
            }
        });
        let mut spans = 0;
        for trace in 0..200 {
            let root = tracer.start(format!("{trace} 9"));
            let context = Context::new().with_span(root);
            for number in 0..9 {
                tracer.start_with_context(format!("{trace} {number}"), &context).end();
                if number % 3 == 0 {
                    std::thread::sleep(Duration::from_micros(500));
                }
            }
            context.span().end();
            spans += 10;
        }
        ending.store(true, Ordering::Relaxed);
        spans
    });
    provider.shutdown().unwrap();
    all_is_accounted_for(&handle, spans);
    let mut last = std::collections::HashMap::new();
    for span in next.spans.lock().unwrap().iter() {
        let (trace, number) = span.name.split_once(' ').expect("two numbers");
        let number: u32 = number.parse().expect("a number");
        let before = last.insert(trace.to_owned(), number);
        assert!(before.is_none_or(|before| before < number), "span {number} of trace {trace} came behind {before:?}");
    }
    assert!(handle.generation() > 5 && last.len() == 200, "generation {}, {} traces", handle.generation(), last.len());
}
