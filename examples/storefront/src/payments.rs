//! The second service, which takes money, and the shop's client for it.
//!
//! The service has a port of its own and is instrumented by another crate than the shop: opentelemetry-instrumentation-tower makes the
//! server's span without `tracing`, and the spans inside are `tracing`'s. Both end up in one trace.

use std::fmt;
use std::net::SocketAddr;

use axum::extract::Query;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use opentelemetry::KeyValue;
use opentelemetry::trace::Status;
use opentelemetry_instrumentation_tower::http::server::LayerBuilder;
use serde::{Deserialize, Serialize};
use tracing::Instrument;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_opentelemetry_instrumentation_sdk::http::inject_context;

use crate::personal::{DECLINED_CARD, digits, percent_encoded};

/// The host name by which the shop knows the service.
const HOST: &str = "payments.internal";

/// From this amount on, the service asks a bank whose line is always down.
pub(crate) const ASKS_THE_BANK: i64 = 1_000_000;

/// What the shop wants paid. `amount` is in cents.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Charge {
    pub(crate) order: i64,
    pub(crate) amount: i64,
    pub(crate) email: String,
    pub(crate) card: String,
    pub(crate) iban: String,
    pub(crate) ssn: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Receipt {
    pub(crate) id: String,
}

#[derive(Debug, Deserialize, Serialize)]
struct Refusal {
    reason: String,
}

#[derive(Debug, Deserialize)]
struct Caller {
    customer: String,
}

/// Why a charge did not go through. The messages are such as one finds: helpful, and full of what they should not say.
#[derive(Debug)]
pub(crate) enum ChargeError {
    Declined { reason: String },
    Unavailable { reason: String },
    Unreachable(reqwest::Error),
}

/// The shop's client for the service.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    port: u16,
}

/// The routes of the service.
pub(crate) fn routes() -> Router {
    let traced = LayerBuilder::builder()
        .with_metrics(false)
        .with_request_extractor_fn(|request: &Request<axum::body::Body>| captured_headers(request.headers()))
        .build()
        .expect("the defaults of the layer are valid");
    Router::new().route("/charge", post(charge)).layer(traced)
}

async fn charge(Query(caller): Query<Caller>, Json(charge): Json<Charge>) -> Result<Json<Receipt>, (StatusCode, Json<Refusal>)> {
    let refuse = |status, reason: String| Err((status, Json(Refusal { reason })));
    check_for_fraud(&caller, &charge).await;
    if digits(&charge.card) == digits(DECLINED_CARD) {
        return refuse(StatusCode::PAYMENT_REQUIRED, format!("insufficient funds on card {} of {}", charge.card, charge.email));
    }
    if charge.amount >= ASKS_THE_BANK
        && let Err(reason) = ask_the_bank(&charge).await
    {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, reason);
    }
    tracing::info!(order = charge.order, "charged");
    Ok(Json(Receipt { id: format!("rcpt-{:06}", charge.order) }))
}

#[tracing::instrument(name = "check for fraud", skip_all, fields(order = charge.order))]
async fn check_for_fraud(caller: &Caller, charge: &Charge) {
    let span = tracing::Span::current();
    // A number, not a text: the primary account number.
    if let Ok(pan) = digits(&charge.card).parse::<i64>() {
        span.set_attribute("payment.pan", pan);
    }
    span.set_attribute("payment.iban", charge.iban.clone());
    span.set_attribute("customer.national_id", charge.ssn.clone());
    span.set_attribute(format!("risk.score.{}", caller.customer), 0.07);
    span.add_event(format!("asked the risk service about {}", charge.email), vec![KeyValue::new("risk.card", charge.card.clone())]);
    tokio::task::yield_now().await;
}

#[tracing::instrument(name = "ask the bank", skip_all, fields(order = charge.order))]
async fn ask_the_bank(charge: &Charge) -> Result<(), String> {
    let reason = format!("the bank's line is down, transfer from {} for {} not made", charge.iban, charge.email);
    tracing::Span::current().set_status(Status::error(reason.clone()));
    tracing::warn!(order = charge.order, "no answer from the bank");
    Err(reason)
}

/// Request headers as attributes, which instrumentations do for those that an operator names.
pub(crate) fn captured_headers(headers: &HeaderMap) -> Vec<KeyValue> {
    ["authorization", "cookie", "x-aws-access-key", "x-github-token", "x-customer"]
        .into_iter()
        .filter_map(|name| Some((name, headers.get(name)?.to_str().ok()?)))
        .map(|(name, value)| {
            let values = opentelemetry::Array::String(vec![value.to_owned().into()]);
            KeyValue::new(format!("http.request.header.{name}"), opentelemetry::Value::Array(values))
        })
        .collect()
}

// === impl Client ===

impl Client {
    /// A client for the service that listens on `address`.
    pub(crate) fn new(address: SocketAddr) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().no_proxy().resolve(HOST, address).build()?;
        Ok(Self { http, port: address.port() })
    }

    /// Charges a customer's card, in a client span whose context and baggage go along in the headers.
    pub(crate) async fn charge(&self, charge: &Charge) -> Result<Receipt, ChargeError> {
        let url = format!(
            "http://{HOST}:{}/charge?customer={}&card={}",
            self.port,
            percent_encoded(&charge.email),
            percent_encoded(&charge.card)
        );
        let span = tracing::info_span!(
            "HTTP request",
            otel.name = "POST /charge",
            otel.kind = "client",
            http.request.method = "POST",
            url.full = url,
            server.address = HOST,
            server.port = i64::from(self.port),
            http.response.status_code = Empty,
            error.type = Empty,
        );
        let mut headers = HeaderMap::new();
        inject_context(&span.context(), &mut headers);
        self.send(self.http.post(url).headers(headers).json(charge)).instrument(span).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Receipt, ChargeError> {
        let span = tracing::Span::current();
        let failed = |error: ChargeError| {
            span.set_status(Status::error(error.to_string()));
            error
        };
        let response = request.send().await.map_err(|error| failed(ChargeError::Unreachable(error)))?;
        let status = response.status();
        span.record("http.response.status_code", i64::from(status.as_u16()));
        if status.is_success() {
            return response.json().await.map_err(|error| failed(ChargeError::Unreachable(error)));
        }
        span.record("error.type", status.as_str());
        let reason = response.json::<Refusal>().await.map_err(|error| failed(ChargeError::Unreachable(error)))?.reason;
        Err(failed(if status.is_server_error() { ChargeError::Unavailable { reason } } else { ChargeError::Declined { reason } }))
    }
}

// === impl ChargeError ===

impl fmt::Display for ChargeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declined { reason } => write!(f, "payment declined: {reason}"),
            Self::Unavailable { reason } => write!(f, "payments are unavailable: {reason}"),
            Self::Unreachable(_) => f.write_str("payments cannot be reached"),
        }
    }
}

impl std::error::Error for ChargeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreachable(error) => Some(error),
            _ => None,
        }
    }
}
