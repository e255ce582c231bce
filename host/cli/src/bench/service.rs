//! Benchmarks beside that of spans on their way: starting, changing, failing, redacting.

use std::fmt::Write as _;
use std::io::{Write as _, stdout};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use super::{Args, POLICY, WORKLOAD, decode, faults, redaction, reload, startup};

pub(super) fn run(args: &Args) -> Result<ExitCode> {
    let (mut text, mut figures) = (String::new(), Map::new());
    let input = decode(WORKLOAD, "the benchmark's spans")?;
    if args.startup {
        let startup = startup::measure(args.quick)?;
        let _ = writeln!(text, "{:<42}{:>9}{:>9}", "start, ms to the first span", "minimum", "median");
        line(&mut text, "cold: nothing compiled before", startup.cold);
        line(&mut text, "warm: compiled plugins in the cache", startup.warm);
        let of = |(least, median): (f64, f64)| (rounded(least), rounded(median));
        let (cold, warm) = (of(startup.cold), of(startup.warm));
        figures.insert("startup".into(), json!({"warm_ms": warm.1, "cold_ms": cold.1, "warm_least_ms": warm.0, "cold_least_ms": cold.0}));
    }
    if args.reload {
        let reload = reload::measure(&input, args.quick)?;
        let ratio = reload.reloading.0 / reload.quiet.0;
        let _ = writeln!(text, "{:<42}{:>9}{:>9}", "change, ms from saving to service", "minimum", "median");
        line(&mut text, "a plugin's configuration", reload.config);
        line(&mut text, "a component that was never compiled", reload.component);
        let _ = writeln!(text, "{:<42}{:>9}{:>9}", "on_end, ns on the application's thread", "median", "99th");
        line(&mut text, "in quiet", reload.quiet);
        line(&mut text, &format!("during {} changes of the policy", reload.changes), reload.reloading);
        let _ = writeln!(text, "{:<42}{ratio:>9.2}", "ratio of medians");
        figures.insert(
            "reload".into(),
            json!({
                "config_ms": rounded(reload.config.1), "component_ms": rounded(reload.component.1), "changes": reload.changes,
                "on_end_quiet_ns": rounded(reload.quiet.0), "on_end_reloading_ns": rounded(reload.reloading.0), "on_end_ratio": rounded(ratio),
                "on_end_99th_ratio": rounded(reload.reloading.1 / reload.quiet.1),
            }),
        );
    }
    if args.faults {
        let faults = faults::measure(POLICY, &input, args.quick)?;
        ensure!(faults.failed == faults.poisoned, "{} spans took the failure rule, expected {}", faults.failed, faults.poisoned);
        let throughput = faults.without.1 / faults.with.1;
        let _ = writeln!(text, "{:<42}{:>9}{:>9}", "a failing plugin, ns a span of the policy", "minimum", "median");
        line(&mut text, "it never fails", faults.without);
        line(&mut text, &format!("it fails on one span in {}", faults::ONE_IN), faults.with);
        let _ = writeln!(text, "{:<42}{throughput:>9.2}", "throughput that is left");
        let _ = writeln!(text, "{} spans failed, and only they took the failure rule", faults.failed);
        figures.insert(
            "faults".into(),
            json!({"without_ns_per_span": rounded(faults.without.1), "with_ns_per_span": rounded(faults.with.1), "throughput_ratio": rounded(throughput)}),
        );
    }
    if args.redact {
        let (native, measured) = redaction::measure(&input, args.quick)?;
        let _ = writeln!(text, "{:<42}{:>9}{:>9}{:>9}", "redaction, ns a span", "minimum", "median", "ratio");
        line(&mut text, "native: RegexSet, then replace_all", native);
        let mut sets = Map::new();
        for set in measured {
            let ratio = set.took.0 / native.0;
            let _ =
                writeln!(text, "{:<42}{:>9.2}{:>9.2}{ratio:>9.3}", format!("{}: encode, call, edits", set.name), set.took.0, set.took.1);
            let total = (set.took.0 + set.write_back.0) / native.0;
            let _ = writeln!(
                text,
                "{:<42}{:>9.2}{:>9.2}{total:>9.3}",
                "  and what changed back into spans", set.write_back.0, set.write_back.1
            );
            let figures = json!({"ns_per_span": rounded(set.took.0), "to_native": rounded(ratio), "write_back_ns_per_span": rounded(set.write_back.0)});
            sets.insert(set.name.into(), figures);
        }
        figures.insert("redact".into(), json!({"native_ns_per_span": rounded(native.0), "sets": sets}));
    }
    write!(stdout(), "{text}")?;
    if let Some(path) = &args.json {
        let text = format!("{:#}\n", Value::Object(figures));
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn line(text: &mut String, name: &str, (a, b): (f64, f64)) {
    let _ = writeln!(text, "{name:<42}{a:>9.2}{b:>9.2}");
}

fn rounded(figure: f64) -> f64 {
    (figure * 1000.0).round() / 1000.0
}
