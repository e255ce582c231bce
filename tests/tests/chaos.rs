//! Chaos: a real application at full load, while plugins fail in every way, the policy changes several times a second, and the collector stalls. No secret
//! leaves, nothing stands still, every span is accounted for, memory stays flat, and no bad policy ever serves.
//!
//! `SPANSIEVE_CHAOS_SECONDS` is how long (30), `SPANSIEVE_CHAOS_RATE` how many spans a second (24,000), `SPANSIEVE_CHAOS_SEED` decides every choice. A run of
//! ten minutes at full speed:
//! `SPANSIEVE_CHAOS_SECONDS=600 cargo test --release -p spansieve-tests --test chaos -- --nocapture`.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider};
use spansieve::{Handle, Options, Policy, RecordAll, ReloadOptions, SieveProcessor, Stats, set_cache_directory};
use spansieve_runtime::Chain;
use spansieve_tests::chaos::{Application, Candidates, Changes, Ended, Memory, Pulse, Random, Report, Totals, Watchdog, Weather};
use spansieve_tests::secrets::Secrets;
use spansieve_tests::{Collector, eventually};

/// Threads of the application.
const THREADS: usize = 4;

const SHUTDOWN: Duration = Duration::from_secs(10);

fn setting(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok().filter(|value| !value.is_empty());
    set.map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} is a number, not {value:?}")))
}

/// Sets a flag when it goes, also where a thread panics.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Panics in spansieve's own threads. They are caught, and so nobody would notice.
fn panics_of_spansieve() -> Arc<Mutex<Vec<String>>> {
    let panics: Arc<Mutex<Vec<String>>> = Arc::default();
    let (for_hook, usual) = (Arc::clone(&panics), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name().is_some_and(|name| name.starts_with("spansieve"))
            && let Ok(mut panics) = for_hook.lock()
        {
            panics.push(panic.to_string());
        }
        usual(panic);
    }));
    panics
}

fn accounted(stats: &Stats) -> u64 {
    stats.forwarded + stats.sampled_out + stats.withheld + stats.dropped_queue_full + stats.dropped_shutdown + stats.in_flight
}

/// Looks at random moments: the sum is right, and nothing bad serves.
fn look(handle: &Handle, mut random: Random, memory: &Memory, worker: &Pulse, over: &AtomicBool) -> Totals {
    let (mut totals, mut last) = (Totals::default(), 0);
    while !over.load(Ordering::Relaxed) {
        let stats = handle.stats();
        assert_eq!(stats.received, accounted(&stats), "{stats:?}");
        assert!(!stats.plugins.iter().any(|plugin| plugin.name.starts_with("bad-")), "a bad policy serves: {stats:?}");
        assert!(stats.in_flight < 150_000, "what is held has bounds: {stats:?}");
        totals.look(&stats.plugins);
        let done = stats.forwarded + stats.sampled_out + stats.withheld;
        if done != last {
            worker.beat();
        }
        last = done;
        memory.sample();
        std::thread::sleep(Duration::from_millis(1 + random.below(40) as u64));
    }
    totals
}

/// The collector stalls now and then, and the next processor is slow.
fn weather(collector: &Collector, slow: &AtomicU64, mut random: Random, over: &AtomicBool) {
    let mut wait = |most: usize| {
        let until = Instant::now() + Duration::from_millis(100 + random.below(most) as u64);
        while Instant::now() < until && !over.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    while !over.load(Ordering::Relaxed) {
        wait(3000);
        collector.stall(true);
        wait(2500);
        collector.stall(false);
        wait(3000);
        slow.store(4000, Ordering::Relaxed);
        wait(800);
        slow.store(0, Ordering::Relaxed);
    }
}

#[test]
fn under_chaos_no_secret_leaves_nothing_stands_still_and_every_span_is_accounted_for() {
    let (seconds, seed) = (setting("SPANSIEVE_CHAOS_SECONDS", 30), setting("SPANSIEVE_CHAOS_SEED", 0x5eed));
    let rate = setting("SPANSIEVE_CHAOS_RATE", 24_000) as usize / THREADS;
    println!("chaos: {seconds} s with SPANSIEVE_CHAOS_SEED={seed}");
    set_cache_directory(Some(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins")));
    let panics = panics_of_spansieve();
    let mut random = Random::new(seed);
    let mut secrets = Secrets::default();
    let application = Application::new(&mut random, &mut secrets);
    let collector = Collector::searching(secrets.search());
    let mut candidates = Candidates::new(random.fork());
    // Compiling is no part of it.
    let everything =
        Policy::parse(&candidates.of_everything(), "everything", candidates.folder()).unwrap_or_else(|error| panic!("{error}"));
    drop(Chain::load(&everything).unwrap_or_else(|error| panic!("{error}")));

    let path = candidates.folder().join("policy.yaml");
    std::fs::write(&path, candidates.good().0).expect("a policy");
    let batches = BatchConfigBuilder::default().with_scheduled_delay(Duration::from_millis(200)).build();
    let batch = BatchSpanProcessor::builder(collector.exporter_within(Duration::from_secs(1))).with_batch_config(batches).build();
    let (next, slow) = Weather::new(batch);
    let options = Options {
        reload: ReloadOptions {
            probation: Duration::from_secs(5),
            failed_spans: 0.5,
            patience: Duration::from_secs(20),
            ..ReloadOptions::default()
        },
        ..Options::default()
    };
    let policy = Policy::from_file(&path).unwrap_or_else(|error| panic!("{error}"));
    let sieve = SieveProcessor::builder(policy, next).with_options(options).with_head_probability(0.8).build();
    let sieve = sieve.unwrap_or_else(|error| panic!("{error}"));
    let handle = sieve.handle();
    let (ended, count) = Ended::new(sieve);
    let provider = SdkTracerProvider::builder()
        .with_sampler(RecordAll::new(Sampler::TraceIdRatioBased(0.8)))
        .with_resource(application.resource())
        .with_span_processor(ended)
        .build();

    let mut watchdog = Watchdog::default();
    let threads: Vec<_> = (0..THREADS).map(|number| (random.fork(), watchdog.pulse(format!("application thread {number}")))).collect();
    let (worker, flusher, changer) =
        (watchdog.pulse("the worker"), watchdog.pulse("the flushing thread"), watchdog.pulse("the changing of policies"));
    let (memory, over, fair, started) = (Memory::start(), AtomicBool::new(false), AtomicBool::new(false), Instant::now());
    let mut changes = Changes::new(&handle, candidates, &path, random.fork(), changer.clone());
    let (randoms, mut flushes) = ([random.fork(), random.fork()], random.fork());
    let (report, totals, shutdown) = std::thread::scope(|scope| {
        let over_at_the_end = Over(&over);
        scope.spawn(|| watchdog.watch(&over, || format!("{handle:?}, seed {seed}")));
        for (random, pulse) in &threads {
            scope.spawn(|| application.work(&provider, random.clone(), rate, pulse, &over));
        }
        let [for_looks, for_weather] = randoms;
        let looks = scope.spawn(|| {
            // A check that fails ends the test at once.
            let _over = Over(&over);
            look(&handle, for_looks, &memory, &worker, &over)
        });
        scope.spawn(|| weather(&collector, &slow, for_weather, &fair));
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let _ = provider.force_flush();
                flusher.beat();
                std::thread::sleep(Duration::from_millis(20 + flushes.below(200) as u64));
            }
        });

        {
            let _fair = Over(&fair);
            let mut steps = 0;
            // On a slow machine longer, so that each kind of fault has its turn.
            while (started.elapsed().as_secs() < seconds || seconds >= 30 && steps < 45) && !over.load(Ordering::Relaxed) {
                changes.step();
                steps += 1;
            }
            changes.finish();
        }
        // With fair weather and nothing but redact, spans arrive as they should.
        changer.beat();
        let calm = "{version: 1, plugins: [{name: calm, use: 'builtin:redact'}]}";
        let calm = Policy::parse(calm, "calm", Path::new("")).unwrap_or_else(|error| panic!("{error}"));
        handle.replace(calm).unwrap_or_else(|error| panic!("{error}"));
        eventually("redacted spans arrive", || {
            let last = collector.requests().pop().unwrap_or_default().message;
            let has = |text: &[u8]| last.windows(text.len()).any(|window| window == text);
            std::thread::sleep(Duration::from_millis(50));
            has(b"[REDACTED]") && has(b"/pay") && has(b"GET /users/") || over.load(Ordering::Relaxed)
        });
        changer.beat();
        let report = changes.report();
        let before = Instant::now();
        let result = provider.shutdown_with_timeout(SHUTDOWN);
        let shutdown = (result, before.elapsed());
        drop(over_at_the_end);
        (report, looks.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), shutdown)
    });
    let took = started.elapsed();
    eventually("nothing is in flight", || handle.stats().in_flight == 0);

    let stats = handle.stats();
    tell(&stats, &report, &totals, &collector, &memory, took);
    assert_eq!(stats.received, accounted(&stats), "{stats:?}");
    assert_eq!((stats.received, stats.in_flight), (count.load(Ordering::SeqCst), 0), "{stats:?}");
    let found = collector.found();
    assert!(found.is_empty(), "{} of {} secrets left, seed {seed}:\n{}", found.len(), secrets.len(), found.join("\n"));
    let panics = panics.lock().expect("nobody panicked with it");
    assert!(panics.is_empty(), "spansieve panicked: {panics:#?}");
    assert!(shutdown.1 < SHUTDOWN + Duration::from_secs(5), "shutdown took {:?}: {:?}", shutdown.1, shutdown.0);
    if let Some((warm, peak)) = memory.peaks() {
        assert!(peak < warm + warm / 10 + (64 << 20), "memory grows: {} MiB, then {} MiB: {}", warm >> 20, peak >> 20, memory.shown());
    }
    // None of this says anything if nothing happened.
    assert!(report.reloaded >= 3 && report.generation == report.reloaded + 1, "{report:?}");
    assert!(report.bad >= 10 && report.bad_at[..4].iter().all(|step| *step > 0), "{report:?}");
    assert!(stats.forwarded > 1000 && totals.failures > 0, "{stats:?}");
    if seconds >= 30 {
        assert!(report.rolled_back > 0, "{report:?}");
        assert!(totals.traps > 0 && totals.deadline_hits > 0 && totals.nonsense > 0 && totals.limit_hits > 0, "{totals:?}");
        assert!(stats.stripped > 0 && stats.withheld > 0 && stats.sampled_out > 0, "{stats:?}");
    }
}

fn tell(stats: &Stats, report: &Report, totals: &Totals, collector: &Collector, memory: &Memory, took: Duration) {
    let per_second = |count: u64| count as f64 / took.as_secs_f64();
    let (requests, bytes) = collector.volume();
    println!(
        "chaos: {} spans in {took:.0?}, {:.0} a second; {:.0} a second forwarded, {:.0} sampled out, {:.0} withheld, {:.0} stripped, {:.0} found the queue full",
        stats.received,
        per_second(stats.received),
        per_second(stats.forwarded),
        per_second(stats.sampled_out),
        per_second(stats.withheld),
        per_second(stats.stripped),
        per_second(stats.dropped_queue_full),
    );
    println!("chaos: {requests} requests with {} MiB searched", bytes >> 20);
    println!(
        "chaos: {} generations in service, {} taken back, {} bad ones of {} refusals, by step {:?}",
        report.reloaded,
        report.rolled_back,
        report.bad,
        report.refused.iter().sum::<u64>(),
        report.refused
    );
    println!(
        "chaos: {} failed calls: {} traps, {} deadlines, {} limits, {} nonsense; breakers opened {} times",
        totals.failures, totals.traps, totals.deadline_hits, totals.limit_hits, totals.nonsense, totals.breaker_opened
    );
    println!("chaos: memory in MiB after {}", memory.shown());
}
