//! The set-up of OpenTelemetry, with spansieve between the application's spans and the batches that are exported.
//!
//! What a service needs is [`provider`]; the rest of the file is there so that the report can show spans before and after.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use opentelemetry::propagation::TextMapCompositePropagator;
use opentelemetry::trace::{TraceContextExt, TracerProvider};
use opentelemetry::{Array, Context, InstrumentationScope, KeyValue, Value, global};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider, Span, SpanData, SpanExporter, SpanProcessor,
};
use spansieve::{Handle, Policy, RecordAll, SieveProcessor};
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::personal::{BUILD_HOST, ON_CALL, ON_CALL_PHONE, RELEASED_BY, TENANT};

/// The fraction of traces that the head sampler samples.
pub(crate) const HEAD: f64 = 0.1;
/// Within this time a shutdown has exported what there is.
pub(crate) const SHUTDOWN_DEADLINE: Duration = Duration::from_secs(10);
/// Errors are recorded under this target: they go to traces, and not to logs, since what they say is personal.
const EXCEPTIONS: &str = "storefront::exception=off";

/// What is done with exported spans besides sending them on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Keep them, and the recorded ones, for the report.
    Report,
    /// Print them as they are exported.
    Serve,
    /// Keep them until they are taken.
    Watch,
}

/// The running telemetry of the process.
#[derive(Debug)]
pub(crate) struct Telemetry {
    pub(crate) provider: SdkTracerProvider,
    /// Statistics of spansieve.
    pub(crate) handle: Handle,
    /// What the application recorded: a copy of every span in front of spansieve. Empty but in [`Mode::Report`].
    pub(crate) recorded: Arc<Collected>,
    /// What reached the exporter. Empty in [`Mode::Serve`].
    pub(crate) exported: Arc<Collected>,
    pub(crate) logs: Logs,
    /// Where spans are sent, if anywhere.
    pub(crate) endpoint: Option<String>,
    /// How many spans could not be sent there, and why not.
    pub(crate) unsent: Arc<Mutex<Option<(usize, String)>>>,
}

/// Spans and their resource.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    spans: Mutex<Vec<SpanData>>,
    resource: Mutex<Option<Resource>>,
}

/// Sets up tracing for the process: provider, propagators, `tracing` and logs. To be called once.
///
/// # Errors
///
/// When a plugin of the policy cannot be loaded, or the exporter's settings are wrong.
pub(crate) fn start(policy: Policy, mode: Mode) -> anyhow::Result<Telemetry> {
    let (recorded, exported) = (Arc::<Collected>::default(), Arc::<Collected>::default());
    let endpoint = std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT").ok().filter(|endpoint| !endpoint.is_empty());
    let otlp = match &endpoint {
        Some(endpoint) => {
            let exporter = opentelemetry_otlp::SpanExporter::builder().with_tonic().build();
            Some(exporter.with_context(|| format!("OTEL_EXPORTER_OTLP_ENDPOINT={endpoint}"))?)
        }
        None => None,
    };
    let keep = (mode != Mode::Serve).then(|| exported.clone());
    let unsent = Arc::<Mutex<_>>::default();
    let exporter = Exporter { otlp, keep, unsent: unsent.clone() };
    let (provider, handle) = provider(policy, exporter, (mode == Mode::Report).then(|| recorded.clone()))?;
    global::set_tracer_provider(provider.clone());
    global::set_text_map_propagator(TextMapCompositePropagator::new(vec![
        Box::new(TraceContextPropagator::new()),
        Box::new(BaggagePropagator::new()),
    ]));
    let logs = Logs::default();
    subscribe(&provider, mode, logs.clone())?;
    Ok(Telemetry { provider, handle, recorded, exported, logs, endpoint, unsent })
}

/// The provider as a service sets it up. spansieve is two of its lines: `RecordAll` around the head sampler, so that errors in traces that
/// were not sampled can still be kept, and `SieveProcessor` around the batch processor.
fn provider(policy: Policy, exporter: Exporter, tee: Option<Arc<Collected>>) -> anyhow::Result<(SdkTracerProvider, Handle)> {
    let batch = BatchConfigBuilder::default()
        .with_max_queue_size(2048)
        .with_max_export_batch_size(512)
        .with_scheduled_delay(Duration::from_secs(5))
        .build();
    let batches = BatchSpanProcessor::builder(exporter).with_batch_config(batch).build();
    let sieve = SieveProcessor::builder(policy, batches).with_head_probability(HEAD).build().map_err(anyhow::Error::msg)?;
    let handle = sieve.handle();

    let head = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(HEAD)));
    let provider = SdkTracerProvider::builder()
        .with_resource(resource())
        .with_sampler(RecordAll::new(head))
        .with_span_processor(Tee { copy: tee, next: sieve })
        .build();
    Ok((provider, handle))
}

fn resource() -> Resource {
    let pager = vec![ON_CALL.into(), ON_CALL_PHONE.into()];
    Resource::builder()
        .with_service_name("storefront")
        .with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("deployment.environment.name", "demo"),
            KeyValue::new("deployment.on_call", ON_CALL),
            KeyValue::new("deployment.pager", Value::Array(Array::String(pager))),
        ])
        .build()
}

/// Connects `tracing` with the provider, and writes logs: to standard error and to `logs`.
fn subscribe(provider: &SdkTracerProvider, mode: Mode, logs: Logs) -> anyhow::Result<()> {
    let scope = InstrumentationScope::builder("storefront")
        .with_version(concat!(env!("CARGO_PKG_VERSION"), "+rhea.release@example.org"))
        .with_attributes([KeyValue::new("build.host", BUILD_HOST), KeyValue::new("build.by", RELEASED_BY)])
        .build();
    let traced = Targets::new()
        .with_target("storefront", LevelFilter::INFO)
        .with_target("sqlx_tracing", LevelFilter::INFO)
        .with_target("otel::tracing", LevelFilter::TRACE);
    let spans = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer_with_scope(scope))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        // An error is an event of its span, not a second time attributes of it.
        .with_error_records_to_exceptions(false)
        .with_filter(traced);
    let level = match mode {
        Mode::Serve => "info",
        Mode::Report => "warn,storefront=error",
        // What happens to the policy is printed.
        Mode::Watch => "warn,storefront=error,spansieve_runtime::reload::serving=off",
    };
    let wanted = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level)).add_directive(EXCEPTIONS.parse()?);
    let kept = EnvFilter::new("off,storefront=info").add_directive(EXCEPTIONS.parse()?);
    let stderr = tracing_subscriber::fmt::layer().event_format(Correlated).with_ansi(false).with_writer(io::stderr).with_filter(wanted);
    let memory = tracing_subscriber::fmt::layer().event_format(Correlated).with_ansi(false).with_writer(logs).with_filter(kept);
    tracing_subscriber::registry().with(spans).with(stderr).with(memory).try_init().context("setting up tracing")
}

// === impl Telemetry ===

impl Telemetry {
    /// The tracer of the invoice worker, which does not use `tracing`.
    pub(crate) fn worker_tracer(&self) -> SdkTracer {
        let scope = InstrumentationScope::builder(format!("invoices of {TENANT}")).with_version(env!("CARGO_PKG_VERSION")).build();
        self.provider.tracer_with_scope(scope)
    }

    /// Exports what there is and ends, within [`SHUTDOWN_DEADLINE`]. Blocks.
    pub(crate) fn shutdown(&self) -> OTelSdkResult {
        self.provider.shutdown_with_timeout(SHUTDOWN_DEADLINE)
    }
}

// === impl Collected ===

impl Collected {
    pub(crate) fn spans(&self) -> Vec<SpanData> {
        lock(&self.spans).clone()
    }

    /// The spans since the last time.
    pub(crate) fn take(&self) -> Vec<SpanData> {
        std::mem::take(&mut lock(&self.spans))
    }

    pub(crate) fn resource(&self) -> Option<Resource> {
        lock(&self.resource).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Copies every span before it goes on, for the report. A service has no such thing.
#[derive(Debug)]
struct Tee<P> {
    copy: Option<Arc<Collected>>,
    next: P,
}

impl<P: SpanProcessor> SpanProcessor for Tee<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.next.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if let Some(copy) = &self.copy {
            lock(&copy.spans).push(span.clone());
        }
        self.next.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.next.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.next.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        if let Some(copy) = &self.copy {
            *lock(&copy.resource) = Some(resource.clone());
        }
        self.next.set_resource(resource);
    }
}

/// Sends spans on, if there is somewhere to, and keeps or prints them.
#[derive(Debug)]
struct Exporter {
    otlp: Option<opentelemetry_otlp::SpanExporter>,
    keep: Option<Arc<Collected>>,
    unsent: Arc<Mutex<Option<(usize, String)>>>,
}

impl SpanExporter for Exporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        match &self.keep {
            Some(keep) => lock(&keep.spans).extend_from_slice(&batch),
            None => println!("{}", spansieve::text(&batch)),
        }
        let Some(otlp) = &self.otlp else { return Ok(()) };
        let spans = batch.len();
        let sent = otlp.export(batch).await;
        if let Err(error) = &sent {
            let mut unsent = lock(&self.unsent);
            let before = unsent.as_ref().map_or(0, |(spans, _)| *spans);
            *unsent = Some((before + spans, error.to_string()));
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.otlp.as_ref().map_or(Ok(()), |otlp| otlp.shutdown_with_timeout(timeout))
    }

    fn set_resource(&mut self, resource: &Resource) {
        if let Some(keep) = &self.keep {
            *lock(&keep.resource) = Some(resource.clone());
        }
        if let Some(otlp) = &mut self.otlp {
            otlp.set_resource(resource);
        }
    }
}

/// Formats a log line: time, level, message and fields, and the trace and span in which it was written.
struct Correlated;

impl<S, N> FormatEvent<S, N> for Correlated
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &tracing::Event<'_>) -> fmt::Result {
        SystemTime.format_time(&mut writer)?;
        write!(writer, " {:<5} ", event.metadata().level())?;
        context.format_fields(writer.by_ref(), event)?;
        let active = Context::current();
        let span = active.span().span_context().clone();
        if span.is_valid() {
            write!(writer, " trace_id={} span_id={}", span.trace_id(), span.span_id())?;
        }
        writeln!(writer)
    }
}

/// The last log lines, in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Logs {
    lines: Arc<Mutex<VecDeque<String>>>,
}

impl Logs {
    /// So many lines are kept.
    const CAPACITY: usize = 100_000;

    /// The lines that contain `text`, oldest first.
    pub(crate) fn with(&self, text: &str) -> Vec<String> {
        lock(&self.lines).iter().filter(|line| line.contains(text)).cloned().collect()
    }
}

impl<'a> MakeWriter<'a> for Logs {
    type Writer = Logs;

    fn make_writer(&'a self) -> Self::Writer {
        self.clone()
    }
}

impl io::Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut lines = lock(&self.lines);
        if lines.len() == Self::CAPACITY {
            lines.pop_front();
        }
        lines.push_back(String::from_utf8_lossy(bytes).trim_end().to_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
