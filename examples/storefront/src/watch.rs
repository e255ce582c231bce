//! Live edit: the shop is kept busy and prints a trace as it leaves every few seconds, so that one can edit the policy and see what changes.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, bail};
use opentelemetry::trace::Status;
use opentelemetry_sdk::trace::SpanData;
use spansieve::ReloadEvent;

use crate::load::{Customer, declined};
use crate::paint::Paint;
use crate::personal::secrets;
use crate::telemetry::Telemetry;

/// Requests before the one whose trace is shown.
const BROWSED: usize = 8;
/// Between two requests.
const PAUSE: Duration = Duration::from_millis(250);
/// How long the shop's spans may take to end after its answer.
const SETTLE: Duration = Duration::from_millis(200);

/// Where the policy is, if the command line does not say: the storefront's own file where cargo runs it, else one in this folder.
pub(crate) fn policy_file() -> anyhow::Result<PathBuf> {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(|folder| Path::new(&folder).join("policy.yaml"));
    let here = std::env::current_dir().unwrap_or_default();
    for file in manifest.into_iter().chain([here.join("examples/storefront/policy.yaml"), here.join("policy.yaml")]) {
        if file.is_file() {
            return Ok(file.strip_prefix(&here).map(Path::to_owned).unwrap_or(file));
        }
    }
    bail!("there is no policy.yaml to watch here: name one with --policy")
}

/// Reads a length of time such as `500ms`, `10s` or `2m`.
pub(crate) fn length(text: &str) -> anyhow::Result<Duration> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[number.len()..] {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        _ => f64::NAN,
    };
    let seconds = number.parse::<f64>().unwrap_or(f64::NAN) * factor;
    Duration::try_from_secs_f64(seconds).with_context(|| format!("--for {text}: expected a time such as 10s"))
}

/// Keeps the shop busy until Ctrl-C, or for so long.
///
/// # Errors
///
/// When the shop does not answer.
pub(crate) async fn run(telemetry: &Telemetry, shop: SocketAddr, policy: &Path, length: Option<Duration>) -> anyhow::Result<()> {
    let events = telemetry.handle.events();
    let interrupted = tokio::spawn(tokio::signal::ctrl_c());
    let over = async {
        match length {
            Some(length) => tokio::time::sleep(length).await,
            None => std::future::pending().await,
        }
    };
    println!("The shop is kept busy, a few requests a second. Every few seconds a trace is printed as it leaves.");
    println!("Edit {} and see what changes. Ctrl-C ends it.", policy.display());
    tokio::select! {
        stopped = rounds(telemetry, shop, &events) => stopped,
        interrupted = interrupted => Ok(interrupted??),
        () = over => Ok(()),
    }
}

/// Sends requests, the last one of each round always of the same kind so that rounds can be compared, and prints what left of it.
async fn rounds(telemetry: &Telemetry, shop: SocketAddr, events: &Receiver<ReloadEvent>) -> anyhow::Result<()> {
    let (customer, paint) = (Customer::new(shop)?, Paint::new(secrets()));
    let mut number = 0;
    for round in 0.. {
        for _ in 0..BROWSED {
            customer.send(number).await?;
            number += 1;
            // Nobody has to wait for the round to end to see what an edit does.
            if tell(events, &paint) {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        customer.send(declined(round)).await?;
        tokio::time::sleep(SETTLE).await;
        let provider = telemetry.provider.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || provider.force_flush()).await? {
            eprintln!("storefront: exporting: {error}");
        }
        show(telemetry.exported.take(), telemetry.handle.generation(), &paint);
    }
    Ok(())
}

/// Prints what happened to the policy. Answers whether another one is in service.
fn tell(events: &Receiver<ReloadEvent>, paint: &Paint) -> bool {
    let mut is_other = false;
    for event in events.try_iter() {
        let text = format!("policy: {event}");
        let is_good = matches!(event, ReloadEvent::Reloaded(_));
        println!("\n{}", if is_good { paint.green(&text) } else { paint.red(&text) });
        is_other |= matches!(event, ReloadEvent::Reloaded(_) | ReloadEvent::RolledBack { .. });
    }
    is_other
}

/// Prints one of the traces that left: of those with an error the newest, which is that of the round's last request; else the newest.
fn show(spans: Vec<SpanData>, generation: u64, paint: &Paint) {
    let mut traces = BTreeMap::<_, (bool, SystemTime)>::new();
    for span in &spans {
        let (has_error, start) = traces.entry(span.span_context.trace_id().to_bytes()).or_insert((false, span.start_time));
        *has_error |= matches!(span.status, Status::Error { .. });
        *start = span.start_time.min(*start);
    }
    let Some((chosen, _)) = traces.into_iter().max_by_key(|(_, worth)| *worth) else {
        return paint.heading(&format!("No trace left, generation {generation}"));
    };
    paint.heading(&format!("A trace as it leaves, generation {generation}"));
    let trace: Vec<_> = spans.into_iter().filter(|span| span.span_context.trace_id().to_bytes() == chosen).collect();
    paint.print_spans(&trace);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_a_number_with_a_unit() {
        let read = |text| length(text).ok();
        assert_eq!(read("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(read("10s"), Some(Duration::from_secs(10)));
        assert_eq!(read("1.5m"), Some(Duration::from_secs(90)));
        assert_eq!(["", "s", "10", "10h", "-1s", "1e400s"].map(read), [None; 6]);
    }
}
