//! The shop: its routes, and how each treats what its customers send.
//!
//! axum-tracing-opentelemetry makes the server's span and takes the trace context and the baggage from the headers.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use axum::extract::{Path, Query, Request, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use axum_tracing_opentelemetry::middleware::OtelAxumLayer;
use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::Status;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::db::{Db, Product};
use crate::jobs::Queue;
use crate::payments::{self, Charge, ChargeError, captured_headers};

/// How long ranking takes when it takes too long.
pub(crate) const SLOW: Duration = Duration::from_millis(320);

/// What a handler needs.
#[derive(Clone, Debug)]
pub(crate) struct Shop {
    pub(crate) db: Db,
    pub(crate) payments: payments::Client,
    pub(crate) invoices: Queue,
}

/// What went wrong in a request.
#[derive(Debug)]
enum ShopError {
    NotFound(&'static str),
    Payment { order: i64, source: ChargeError },
    Database(sqlx::Error),
}

#[derive(Debug, Deserialize)]
struct Page {
    #[serde(default)]
    page: i64,
}

#[derive(Debug, Deserialize)]
struct Words {
    q: String,
}

#[derive(Debug, Deserialize)]
struct Login {
    email: String,
    password: String,
}

#[derive(Debug, Deserialize)]
struct Account {
    email: String,
    phone: String,
    ssn: String,
}

/// What a customer orders: `items` are numbers of products.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Order {
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) card: String,
    pub(crate) iban: String,
    pub(crate) ssn: String,
    pub(crate) items: Vec<i64>,
    /// Of each item.
    pub(crate) count: i64,
    pub(crate) gift_to: Vec<String>,
}

/// The routes of the shop.
pub(crate) fn routes(shop: Shop) -> Router {
    Router::new()
        .route("/", get(welcome))
        .route("/products", get(products))
        .route("/products/{id}", get(product))
        .route("/search", get(search))
        .route("/users/{email}", get(user))
        .route("/login", post(login))
        .route("/account", get(account))
        .route("/checkout", post(checkout))
        .layer(from_fn(annotate))
        .layer(OtelAxumLayer::default().try_extract_client_ip(true))
        .with_state(shop)
}

/// Copies baggage and some headers to the request's span, as teams do to find a customer's traces again.
async fn annotate(request: Request, next: Next) -> Response {
    let span = Span::current();
    for (key, (value, _)) in Context::current().baggage().iter() {
        span.set_attribute(format!("baggage.{key}"), value.as_str().to_owned());
    }
    for header in captured_headers(request.headers()) {
        span.set_attribute(header.key, header.value);
    }
    next.run(request).await
}

/// What to try, with the host and port by which the shop was asked.
async fn welcome(headers: HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost:8080");
    include_str!("welcome.txt").replace("localhost:8080", host)
}

async fn products(State(shop): State<Shop>, Query(page): Query<Page>) -> Result<Json<Vec<Product>>, ShopError> {
    Ok(Json(shop.db.products(page.page).await?))
}

async fn product(State(shop): State<Shop>, Path(id): Path<i64>) -> Result<Json<Product>, ShopError> {
    shop.db.product(id).await?.map(Json).ok_or(ShopError::NotFound("product"))
}

async fn search(State(shop): State<Shop>, Query(words): Query<Words>) -> Result<Json<Vec<Product>>, ShopError> {
    let found = shop.db.search(&words.q).await?;
    rank(&words.q, found.len() as i64).await;
    Ok(Json(found))
}

/// Ranks what was found. Gifts are ranked by a model that takes its time.
#[tracing::instrument(name = "rank results", skip_all, fields(search.words = words, search.found = found))]
async fn rank(words: &str, found: i64) {
    if words.contains("gift") {
        tokio::time::sleep(SLOW).await;
        tracing::info!(found, "ranking was slow");
    }
}

async fn user(State(shop): State<Shop>, Path(email): Path<String>) -> Result<Json<Value>, ShopError> {
    // A name that a template would have kept harmless.
    let span = tracing::info_span!("render", otel.name = format!("render profile of {email}"));
    span.in_scope(|| tracing::info!(bytes = 2048, "rendered"));
    let id = shop.db.customer(&email).await?.ok_or(ShopError::NotFound("user"))?;
    Ok(Json(json!({ "id": id })))
}

async fn login(State(shop): State<Shop>, Json(login): Json<Login>) -> Result<Json<Value>, ShopError> {
    let span = Span::current();
    span.set_attribute("user.email", login.email.clone());
    span.set_attribute("login.password", login.password.clone());
    let id = shop.db.customer(&login.email).await?.ok_or(ShopError::NotFound("user"))?;
    tracing::info!(customer = id, "logged in");
    Ok(Json(json!({ "id": id })))
}

async fn account(State(shop): State<Shop>, Query(account): Query<Account>) -> Result<Json<Value>, ShopError> {
    let id = match shop.db.customer(&account.email).await? {
        Some(id) => Some(id),
        None => shop.db.identify(&account.phone, &account.ssn).await?,
    };
    Ok(Json(json!({ "id": id.ok_or(ShopError::NotFound("account"))? })))
}

async fn checkout(State(shop): State<Shop>, Json(order): Json<Order>) -> Result<Json<Value>, ShopError> {
    let placed = place(&shop, &order).await;
    if let Err(error) = &placed {
        Span::current().set_attribute("checkout.failed_for", order.email);
        tracing::warn!(status = i64::from(error.status().as_u16()), "checkout failed");
    }
    placed.map(Json)
}

#[tracing::instrument(name = "place order", skip_all, fields(order, total))]
async fn place(shop: &Shop, order: &Order) -> Result<Value, ShopError> {
    let span = Span::current();
    let gifts = order.gift_to.iter().map(|email| email.clone().into()).collect();
    span.set_attribute("order.gift_to", opentelemetry::Value::Array(opentelemetry::Array::String(gifts)));
    let mut total = 0;
    for &item in &order.items {
        total += order.count * shop.db.product(item).await?.ok_or(ShopError::NotFound("product"))?.price;
    }
    let number = shop.db.order(&order.email, total, &order.iban).await?;
    span.record("order", number);
    span.record("total", total);
    let charge = Charge {
        order: number,
        amount: total,
        email: order.email.clone(),
        card: order.card.clone(),
        iban: order.iban.clone(),
        ssn: order.ssn.clone(),
    };
    match shop.payments.charge(&charge).await {
        Ok(receipt) => {
            shop.db.set_state(number, "paid").await?;
            shop.invoices.push(number, &order.email, &order.phone);
            tracing::info!(order = number, total, "order placed");
            Ok(json!({ "order": number, "receipt": receipt.id }))
        }
        Err(source) => {
            shop.db.set_state(number, "failed").await?;
            let error = ShopError::Payment { order: number, source };
            record_exception(&error);
            Err(error)
        }
    }
}

/// Records an error on the current span: an event `exception` with message and stack trace, and the span's status.
///
/// The trace gets the error, the log does not: what it says stays off the log by its target.
fn record_exception(error: &ShopError) {
    tracing::error!(name: "exception", target: "storefront::exception", error = error as &(dyn Error + 'static));
    let told = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    Span::current().set_status(Status::error(told));
}

// === impl ShopError ===

impl ShopError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Payment { source: ChargeError::Declined { .. }, .. } => StatusCode::PAYMENT_REQUIRED,
            Self::Payment { .. } => StatusCode::BAD_GATEWAY,
            Self::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl fmt::Display for ShopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(what) => write!(f, "no such {what}"),
            Self::Payment { order, .. } => write!(f, "order {order} was not paid"),
            Self::Database(_) => f.write_str("the database failed"),
        }
    }
}

impl Error for ShopError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotFound(_) => None,
            Self::Payment { source, .. } => Some(source),
            Self::Database(source) => Some(source),
        }
    }
}

impl From<sqlx::Error> for ShopError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl IntoResponse for ShopError {
    fn into_response(self) -> Response {
        (self.status(), Json(json!({ "error": self.to_string() }))).into_response()
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::TracerProvider;
    use opentelemetry_sdk::trace::SdkTracerProvider;

    use super::*;
    use crate::personal::{DECLINED_CARD, PEOPLE, Person};
    use crate::services::Services;

    fn order(person: &Person, card: &str, count: i64) -> Order {
        Order {
            email: person.email.to_owned(),
            phone: person.phone.to_owned(),
            card: card.to_owned(),
            iban: person.iban.to_owned(),
            ssn: person.ssn.to_owned(),
            items: vec![1, 2],
            count,
            gift_to: Vec::new(),
        }
    }

    #[tokio::test]
    async fn routes_answer_with_what_they_promise() {
        let services = Services::start(SdkTracerProvider::builder().build().tracer("test"), 0).await.expect("services");
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let (shop, ada) = (format!("http://{}", services.shop), &PEOPLE[0]);
        for (path, status) in [
            ("/", 200),
            ("/products?page=1", 200),
            ("/products/3", 200),
            ("/products/999", 404),
            ("/search?q=tea", 200),
            ("/search?q=it's", 200),
            ("/users/ada.quill@example.org", 200),
            ("/users/nobody@example.org", 404),
            ("/account?email=nobody%40example.org&phone=%2B442079460018&ssn=", 200),
            ("/account", 400),
        ] {
            let response = client.get(format!("{shop}{path}")).send().await.expect("an answer");
            assert_eq!(response.status(), status, "{path}");
        }
        let login = json!({ "email": ada.email, "password": ada.password });
        assert_eq!(client.post(format!("{shop}/login")).json(&login).send().await.expect("an answer").status(), 200);
        for (order, status) in
            [(order(ada, ada.card, 1), 200), (order(ada, DECLINED_CARD, 1), 402), (order(ada, ada.card, payments::ASKS_THE_BANK), 502)]
        {
            let response = client.post(format!("{shop}/checkout")).json(&order).send().await.expect("an answer");
            assert_eq!(response.status(), status);
            let body = response.text().await.expect("a body");
            assert!(!body.contains(ada.email), "the customer is told too much: {body}");
        }
        services.stop().await;
    }
}
