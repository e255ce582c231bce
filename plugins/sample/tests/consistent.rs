//! Consistent probability sampling: the cases of others, and that counts scaled up from kept spans are right.

use serde_json::{Value as Json, json};
use spansieve_plugin::TraceReason;
use spansieve_plugin::test::{Outcome, Plugin, batch, span};
use spansieve_sample::Sample;
use spansieve_sample::threshold::{self, from_probability};
use spansieve_sample::tracestate::{Ot, Weight, rewrite};

fn plugin(config: Json) -> Plugin<Sample> {
    Plugin::new(config).unwrap()
}

fn hex(th: u64) -> String {
    let mut out = String::new();
    threshold::push(th, &mut out);
    out
}

fn trace_id(hex: &str) -> [u8; 16] {
    u128::from_str_radix(hex, 16).unwrap().to_be_bytes()
}

#[test]
fn the_cases_of_specification_collector_and_java_hold() {
    let cases = include_str!("cases/consistent_sampling.txt");
    let mut count = 0;
    for case in cases.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (given, expected) = case.split_once(" -> ").unwrap();
        let words: Vec<&str> = given.split(' ').map(|word| if word == "-" { "" } else { word }).collect();
        let number = |word: usize| words[word].parse::<f64>().unwrap();
        let found = match words[0] {
            "threshold" => hex(from_probability(number(1), number(2) as u32)),
            "decode" => threshold::to_probability(threshold::parse(words[1]).unwrap()).to_string(),
            "parse" => match Ot::parse(words[1]) {
                Some(ot) => format!("rv={} th={}", ot.rv.unwrap_or("-"), ot.th.map_or("-".into(), hex)),
                None => "malformed".into(),
            },
            "reserialize" => {
                let mut out = String::new();
                let ot = Ot::parse(words[1]).unwrap();
                rewrite(&format!("ot={}", words[1]), ot.th.map_or(Weight::Unknown, |th| Weight::Threshold { th, rv: None }), &mut out);
                out["ot=".len()..].to_owned()
            }
            "update" => {
                let th = from_probability(number(2), 4).max(Ot::parse(words[1]).unwrap().th.unwrap());
                format!("th:{}", hex(th))
            }
            "decide" => {
                let kept = threshold::parse(words[1]).unwrap() >= threshold::parse(words[2]).unwrap();
                if kept { "kept".into() } else { "dropped".into() }
            }
            "span" => {
                let config = json!({"keep": [{"attribute": {"key": "sampling.priority", "equals": 2}}],
                    "rest": {"ratio": number(2), "of": words[1]}, "precision": number(3) as u32});
                let mut root = span("a").trace_id(trace_id(words[4])).tracestate(words[5]);
                if !words[6].is_empty() {
                    root = root.attr("sampling.priority", 2);
                }
                let after = plugin(config).run(batch().head_probability(1.0).span(root));
                if after.is_dropped(0) { "dropped".into() } else { after.span(0).tracestate.clone().unwrap_or_default() }
            }
            other => panic!("unknown case {other}"),
        };
        assert_eq!(found, expected, "{case}");
        count += 1;
    }
    assert!(count > 90, "{count} cases");
}

#[test]
fn other_members_stay_behind_ot_and_malformed_ones_of_ours_go() {
    let mut out = String::new();
    let mut written = |before: &str, th| {
        rewrite(before, Weight::Threshold { th, rv: None }, &mut out);
        out.clone()
    };
    assert_eq!(written("", 0), "ot=th:0");
    assert_eq!(written("vendor=x", 0), "ot=th:0,vendor=x");
    assert_eq!(written("a=1, ot=th:4;x:y ,b=2", 8 << 52), "ot=th:8;x:y,a=1,b=2");
    assert_eq!(written("a=1,ot=th:zz,b=2", 0), "ot=th:0,a=1,b=2", "malformed");
    assert_eq!(written("ot=rv:12345678901234;th:1,ot=th:2", 0), "ot=rv:12345678901234;th:0", "twice");
    let many: Vec<String> = (0..32).map(|i| format!("k{i}=v")).collect();
    assert_eq!(written(&many.join(","), 0).split(',').count(), 32, "W3C allows 32 members");
    let long = format!("ot=x:{}", "y".repeat(250));
    assert!(written(&long, 0).len() <= 259, "256 characters of `ot`");

    rewrite("ot=th:8,a=1", Weight::Unknown, &mut out);
    assert_eq!(out, "a=1");
    rewrite("ot=th:8", Weight::Unknown, &mut out);
    assert_eq!(out, "");
}

/// Even random numbers, always the same ones.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn trace_id(&mut self) -> [u8; 16] {
        ((u128::from(self.next()) << 64) | u128::from(self.next())).to_be_bytes()
    }
}

/// What `TraceIdRatioBased` of the Rust SDK says.
fn head_samples(probability: f64, id: [u8; 16]) -> bool {
    let low = u128::from_be_bytes(id) as u64;
    probability >= 1.0 || low >> 1 < (probability * (1u64 << 63) as f64) as u64
}

/// How many spans a kept one stands for, after checking that its random number passes its threshold.
fn adjusted_count(outcome: &Outcome, index: usize) -> f64 {
    let span = outcome.span(index);
    let tracestate = span.tracestate.as_deref().unwrap_or_default();
    let ot = Ot::find(tracestate);
    let th = ot.th.unwrap_or_else(|| panic!("no threshold in {tracestate:?}"));
    let random = ot.random().unwrap_or(u128::from_be_bytes(span.trace_id) as u64 & (threshold::ALL - 1));
    assert!(random >= th, "{tracestate} of {:x?} contradicts itself", span.trace_id);
    1.0 / threshold::to_probability(th)
}

#[test]
fn counts_scaled_up_from_kept_spans_are_right_whatever_the_head_sampler_and_the_ratio() {
    const TRACES: usize = 10_000;
    for head in [1.0, 0.5, 0.1, 0.01, 0.002] {
        for ratio in [1.0, 0.5, 0.1] {
            for of in ["sampled", "all"] {
                let mut random = Random(1);
                let mut plugin = plugin(json!({"keep": ["errors"], "rest": {"ratio": ratio, "of": of}}));
                let (mut rest, mut errors, mut kept) = (0.0, 0.0, 0);
                for _ in 0..TRACES / 1000 {
                    let mut given = batch().head_probability(head);
                    for i in 0..1000 {
                        let id = random.trace_id();
                        let mut root = span("a");
                        if i % 100 == 0 {
                            root = root.status(spansieve_plugin::Status::Error);
                        }
                        if !head_samples(head, id) {
                            root = root.not_sampled();
                        }
                        given = given.trace(id, TraceReason::RootEnded, [root]);
                    }
                    let after = plugin.run(given);
                    for i in (0..1000).filter(|i| !after.is_dropped(*i)) {
                        let sum = if i % 100 == 0 { &mut errors } else { &mut rest };
                        *sum += adjusted_count(&after, i);
                        kept += 1;
                        assert_eq!(after.span(i).flags & 1, 1);
                    }
                }
                assert_eq!(errors, TRACES as f64 / 100.0, "every error is kept and stands for itself");
                let share = if of == "all" { f64::min(head, ratio) } else { head * ratio };
                let truth = TRACES as f64 * 0.99;
                let sigma = (truth * (1.0 - share) / share).sqrt();
                assert!(
                    (rest - truth).abs() <= 4.0 * sigma + truth * 1e-4,
                    "head {head}, ratio {ratio} of {of}: {rest} of {truth}, {kept} kept, sigma {sigma}"
                );
            }
        }
    }
}

#[test]
fn another_head_sampler_of_known_probability_is_counted_rightly_too() {
    let mut random = Random(2);
    let mut plugin = plugin(json!({"rest": {"ratio": 0.25}}));
    let mut sum = 0.0;
    for _ in 0..100 {
        let mut given = batch().head_probability(0.2);
        for _ in 0..100 {
            // A coin of its own, which says nothing of the trace id.
            let root = if random.next().is_multiple_of(5) { span("a") } else { span("a").not_sampled() };
            given = given.trace(random.trace_id(), TraceReason::RootEnded, [root]);
        }
        let after = plugin.run(given);
        sum += (0..100).filter(|i| !after.is_dropped(*i)).map(|i| adjusted_count(&after, i)).sum::<f64>();
    }
    let sigma = (10_000.0_f64 * 0.95 / 0.05).sqrt();
    assert!((sum - 10_000.0).abs() < 4.0 * sigma, "{sum}");
}

#[test]
fn what_stays_is_even_so_that_it_can_be_thinned_further() {
    let mut random = Random(3);
    let mut plugin = plugin(json!({"rest": {"ratio": 0.5}}));
    let (mut kept, mut upper) = (0.0, 0.0);
    for _ in 0..200 {
        let mut given = batch().head_probability(0.1);
        for _ in 0..100 {
            let id = random.trace_id();
            let root = if head_samples(0.1, id) { span("a") } else { span("a").not_sampled() };
            given = given.trace(id, TraceReason::RootEnded, [root]);
        }
        let after = plugin.run(given);
        for i in (0..100).filter(|i| !after.is_dropped(*i)) {
            let ot = Ot::find(after.span(i).tracestate.as_deref().unwrap());
            let th = ot.th.unwrap();
            kept += 1.0;
            upper += f64::from(ot.random().unwrap() >= th + (threshold::ALL - th) / 2);
        }
    }
    assert!((upper / kept - 0.5_f64).abs() < 4.0 * 0.5 / f64::sqrt(kept), "{upper} of {kept} in the upper half");
}

#[test]
fn inherited_thresholds_are_raised_but_never_lowered() {
    let id = trace_id("0000000000000000ffffffffffffffff");
    let run = |config: Json, tracestate: &str, error: bool| {
        let mut root = span("a").trace_id(id).remote_parent([1; 8]).tracestate(tracestate);
        if error {
            root = root.status(spansieve_plugin::Status::Error);
        }
        plugin(config).run(batch().head_probability(1.0).span(root)).span(0).tracestate.clone().unwrap_or_default()
    };
    assert_eq!(run(json!({"rest": {"ratio": 0.5}}), "ot=th:8", false), "ot=th:c");
    assert_eq!(run(json!({"rest": {"ratio": 0.5, "of": "all"}}), "ot=th:c", false), "ot=th:c");
    assert_eq!(run(json!({}), "ot=th:8", false), "ot=th:8");
    assert_eq!(run(json!({"keep": ["errors"]}), "ot=th:8", true), "ot=th:8");
    assert_eq!(run(json!({"keep": ["errors"]}), "", true), "", "nobody knows what a parent without threshold stands for");
    assert_eq!(run(json!({"rest": {"ratio": 0.5}}), "", false), "", "and thinning does not make it known");
    assert_eq!(
        run(json!({}), "ot=rv:00000000000001;th:8", false),
        "ot=rv:00000000000001",
        "a threshold that contradicts itself is taken away"
    );
}
