//! The background job: invoices are mailed by a worker, outside of the request that asked for them.
//!
//! The worker uses OpenTelemetry's own interface, without `tracing`: each job is a trace of its own, linked to the span that queued it.

use std::backtrace::Backtrace;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry::trace::{FutureExt, Link, Span, SpanContext, SpanKind, Status, TraceContextExt, Tracer};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::SdkTracer;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::db::Db;

/// The customer whose mailbox is always full.
pub(crate) const MAILBOX_FULL: &str = "otto.brandt@mail.example.org";

#[derive(Debug)]
struct Invoice {
    order: i64,
    email: String,
    phone: String,
    asked_by: SpanContext,
}

/// Takes invoices for the worker; clones feed the same one.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    sender: Arc<Mutex<Option<mpsc::Sender<Invoice>>>>,
}

/// A mail that could not be delivered.
#[derive(Debug)]
struct MailError {
    to: String,
    frames: String,
}

/// Starts the worker. It ends when the queue is closed and empty.
pub(crate) fn start(tracer: SdkTracer, db: Db) -> (Queue, JoinHandle<()>) {
    let (sender, mut receiver) = mpsc::channel::<Invoice>(1024);
    let worker = tokio::spawn(async move {
        while let Some(invoice) = receiver.recv().await {
            process(&tracer, &db, invoice).await;
        }
    });
    (Queue { sender: Arc::new(Mutex::new(Some(sender))) }, worker)
}

impl Queue {
    /// Queues the invoice of an order, in a producer span to which the worker's span will be linked.
    #[tracing::instrument(
        name = "publish invoices",
        skip_all,
        fields(otel.kind = "producer", messaging.system = "in-process", messaging.destination.name = "invoices", order)
    )]
    pub(crate) fn push(&self, order: i64, email: &str, phone: &str) {
        let span = tracing::Span::current();
        span.set_attribute("messaging.message.conversation_id", format!("{email}/{order}"));
        let asked_by = opentelemetry::trace::TraceContextExt::span(&span.context()).span_context().clone();
        let invoice = Invoice { order, email: email.to_owned(), phone: phone.to_owned(), asked_by };
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        if sender.as_ref().is_none_or(|sender| sender.try_send(invoice).is_err()) {
            tracing::warn!(order, "the invoice queue is full or closed, no invoice will be sent");
        }
    }

    /// Lets the worker end once it has done what is queued.
    pub(crate) fn close(&self) {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

async fn process(tracer: &SdkTracer, db: &Db, invoice: Invoice) {
    let link = Link::new(
        invoice.asked_by.clone(),
        vec![
            KeyValue::new("messaging.message.recipient", invoice.email.clone()),
            KeyValue::new("messaging.message.reply_to", invoice.phone.clone()),
        ],
        0,
    );
    let span = tracer
        .span_builder("process invoices")
        .with_kind(SpanKind::Consumer)
        .with_links(vec![link])
        .with_attributes([KeyValue::new("messaging.destination.name", "invoices"), KeyValue::new("order", invoice.order)])
        .start_with_context(tracer, &Context::new());
    let context = Context::new().with_span(span);
    let done = async {
        db.invoiced(invoice.order, &invoice.email).await.map_err(|error| error.to_string())?;
        deliver(tracer, &invoice).map_err(|error| error.to_string())
    };
    if let Err(error) = done.with_context(context.clone()).await {
        context.span().set_status(Status::error(error));
    }
    context.span().end();
}

/// Mails an invoice. A mail that cannot be delivered is an exception on the span, with its stack trace.
fn deliver(tracer: &SdkTracer, invoice: &Invoice) -> Result<(), MailError> {
    let mut span = tracer.span_builder(format!("mail {}", invoice.email)).with_kind(SpanKind::Producer).start(tracer);
    span.set_attribute(KeyValue::new("mail.subject", format!("Your order {}", invoice.order)));
    if invoice.email != MAILBOX_FULL {
        span.add_event(format!("250 OK, delivered to {}", invoice.email), vec![]);
        tracing::info!(order = invoice.order, "invoice sent");
        return Ok(());
    }
    let error = MailError::new(&invoice.email);
    span.add_event(
        "exception",
        vec![
            KeyValue::new("exception.type", "storefront::jobs::MailError"),
            KeyValue::new("exception.message", error.to_string()),
            KeyValue::new("exception.stacktrace", format!("MailError: {error}\n{}", error.frames)),
        ],
    );
    span.set_status(Status::error(error.to_string()));
    tracing::warn!(order = invoice.order, "invoice not delivered");
    Err(error)
}

// === impl MailError ===

impl MailError {
    fn new(to: &str) -> Self {
        // Of the frames only our own, by name: where the code was built is nobody's business.
        let frames = Backtrace::force_capture().to_string();
        let ours = frames.lines().filter_map(|line| line.split_once(": ")).filter(|(_, name)| name.starts_with("storefront::"));
        Self { to: to.to_owned(), frames: ours.map(|(_, name)| format!("   at {name}")).collect::<Vec<_>>().join("\n") }
    }
}

impl fmt::Display for MailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "552 mailbox of {} is full", self.to)
    }
}

impl std::error::Error for MailError {}
