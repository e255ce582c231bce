//! What the runtime logs while something works.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, OnceLock};

use tracing::Dispatch;

/// What is logged meanwhile in this thread, a line for each event.
pub fn log_of(work: impl FnOnce()) -> String {
    logged(work).1.iter().map(|event| format!("{event}\n")).collect()
}

/// What comes of something, and each event that is logged meanwhile in this thread.
pub fn logged<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    // While there is only one subscriber, `tracing` asks that of whichever thread comes by a statement first, and a test beside this one has none: the
    // statement would be off for good. With a second one it asks all of them.
    static ANOTHER: OnceLock<Dispatch> = OnceLock::new();
    ANOTHER.get_or_init(|| Dispatch::new(Log::default()));
    let log = Log::default();
    let result = tracing::subscriber::with_default(log.clone(), work);
    let events = std::mem::take(&mut *log.0.lock().expect("nobody panicked"));
    (result, events)
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("spansieve")
    }

    fn event(&self, event: &tracing::Event<'_>) {
        struct Fields(String);
        impl tracing::field::Visit for Fields {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                let _ = write!(self.0, " {field}={value:?}");
            }
        }
        let mut fields = Fields(event.metadata().level().to_string());
        event.record(&mut fields);
        self.0.lock().expect("nobody panicked").push(fields.0);
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}
