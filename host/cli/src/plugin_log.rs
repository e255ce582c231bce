//! What plugins say in their log, kept for printing.

use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

/// Where the runtime logs what plugins say.
const TARGET: &str = "spansieve::plugin";

/// What of the log is shown on standard error by commands that show themselves what plugins say.
pub(crate) const NOT_TO_STDERR: &str = "warn,spansieve::plugin=off";

/// What was said, with the plugin that said it.
static LINES: Mutex<Vec<Said>> = Mutex::new(Vec::new());

/// A layer that keeps what plugins say.
pub(crate) fn capture<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    Capture.with_filter(Targets::new().with_target(TARGET, Level::DEBUG))
}

struct Capture;

impl<S: Subscriber> Layer<S> for Capture {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut said = Said { plugin: String::new(), message: String::new(), level: *event.metadata().level() };
        event.record(&mut said);
        LINES.lock().unwrap_or_else(PoisonError::into_inner).push(said);
    }
}

/// A line of a plugin.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) plugin: String,
    pub(crate) message: String,
    /// `DEBUG` is for the plugin's author, and may hold anything.
    pub(crate) level: Level,
}

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "plugin" {
            value.clone_into(&mut self.plugin);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        }
    }
}

/// What was said since this was asked the last time.
pub(crate) fn take() -> Vec<Said> {
    std::mem::take(&mut LINES.lock().unwrap_or_else(PoisonError::into_inner))
}
