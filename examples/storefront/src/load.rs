//! The built-in load: customers who browse, search, log in and buy, and who tell the shop everything about themselves.
//!
//! The sequence of requests is fixed, so that runs can be compared; ids of traces are not.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::payments::ASKS_THE_BANK;
use crate::personal::{DECLINED_CARD, PEOPLE, Person, digits, percent_encoded};

/// So many customers at a time.
pub(crate) const AT_ONCE: usize = 8;

/// After so many requests each customer has done everything.
pub(crate) const ROUND: usize = STEPS.len() * PEOPLE.len();

/// What one request is.
#[derive(Clone, Copy, Debug)]
enum Step {
    Browse,
    Look,
    LookForNothing,
    Search,
    SearchForGifts,
    Profile,
    Login,
    Account,
    Buy,
    BuyDeclined,
    BuyTooMuch,
}

/// The steps are repeated; their number and that of the customers have no common divisor, so each customer takes each step.
const STEPS: [Step; 23] = [
    Step::Browse,
    Step::Look,
    Step::Login,
    Step::Search,
    Step::Look,
    Step::Buy,
    Step::Account,
    Step::Browse,
    Step::Look,
    Step::LookForNothing,
    Step::Profile,
    Step::Look,
    Step::BuyDeclined,
    Step::Search,
    Step::Browse,
    Step::Account,
    Step::Look,
    Step::Buy,
    Step::SearchForGifts,
    Step::Login,
    Step::Look,
    Step::BuyTooMuch,
    Step::Browse,
];

/// One request, ready to be sent.
#[derive(Debug)]
struct Call {
    path: String,
    headers: Vec<(&'static str, String)>,
    /// Sent by POST if there is one.
    body: Option<Value>,
}

/// What the shop answered.
#[derive(Debug)]
pub(crate) struct Answers {
    pub(crate) elapsed: Duration,
    /// How many answers of each HTTP status.
    pub(crate) statuses: BTreeMap<u16, usize>,
}

/// Sends `requests` requests to the shop.
///
/// # Errors
///
/// When a request gets no answer.
pub(crate) async fn run(shop: SocketAddr, requests: usize) -> anyhow::Result<Answers> {
    let customer = Customer::new(shop)?;
    let (start, next) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let customers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (customer, next) = (customer.clone(), next.clone());
            tokio::spawn(async move {
                let mut statuses = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= requests {
                        return anyhow::Ok(statuses);
                    }
                    statuses.push(customer.send(number).await?);
                }
            })
        })
        .collect();
    let mut statuses = BTreeMap::new();
    for customer in customers {
        for status in customer.await?? {
            *statuses.entry(status).or_default() += 1;
        }
    }
    Ok(Answers { elapsed: start.elapsed(), statuses })
}

/// The number of a request that is a checkout with a card that is declined: a trace with an error, through both services.
/// `round` chooses the customer.
pub(crate) fn declined(round: usize) -> usize {
    let step = STEPS.iter().position(|step| matches!(step, Step::BuyDeclined)).unwrap_or_default();
    step + round * STEPS.len()
}

/// Sends requests to the shop; clones share connections.
#[derive(Clone, Debug)]
pub(crate) struct Customer {
    client: reqwest::Client,
    shop: SocketAddr,
    seed: u64,
}

impl Customer {
    pub(crate) fn new(shop: SocketAddr) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().no_proxy().user_agent("Mozilla/5.0 (X11; Linux x86_64) Firefox").build()?;
        let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos() as u64;
        Ok(Self { client, shop, seed })
    }

    /// Sends request number `number`, and answers with the status.
    pub(crate) async fn send(&self, number: usize) -> anyhow::Result<u16> {
        let call = call(number, self.seed);
        let url = format!("http://{}{}", self.shop, call.path);
        let mut headers = HeaderMap::new();
        for (name, value) in call.headers {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_str(&value)?);
        }
        let request = match call.body {
            Some(body) => self.client.post(url).json(&body),
            None => self.client.get(url),
        };
        let response = request.headers(headers).send().await?;
        let status = response.status().as_u16();
        // The connection can be used again only when the body has been read.
        response.bytes().await?;
        Ok(status)
    }
}

/// Request number `number`. `seed` makes the ids of traces that begin before the shop differ between runs.
fn call(number: usize, seed: u64) -> Call {
    let (step, person) = (STEPS[number % STEPS.len()], &PEOPLE[number % PEOPLE.len()]);
    let friend = &PEOPLE[(number + 1) % PEOPLE.len()];
    let (path, body) = match step {
        Step::Browse => (format!("/products?page={}", number % 3), None),
        Step::Look => (format!("/products/{}", 1 + number % 12), None),
        Step::LookForNothing => (format!("/products/{}", 900 + number), None),
        Step::Search => (format!("/search?q=tea&notify={}", person.email), None),
        Step::SearchForGifts => {
            (format!("/search?q=gift&notify={}&phone={}", percent_encoded(person.email), percent_encoded(person.phone)), None)
        }
        Step::Profile => (format!("/users/{}", person.email), None),
        Step::Login => ("/login".to_owned(), Some(json!({ "email": person.email, "password": person.password }))),
        Step::Account => (account(number, person), None),
        Step::Buy => ("/checkout".to_owned(), Some(order(person, friend, person.card, 1))),
        Step::BuyDeclined => ("/checkout".to_owned(), Some(order(person, friend, DECLINED_CARD, 1))),
        Step::BuyTooMuch => ("/checkout".to_owned(), Some(order(person, friend, person.card, ASKS_THE_BANK / 1000))),
    };
    Call { path, headers: headers(number, seed, person), body }
}

/// The account page, whose URL says all about the customer: as it is, or encoded.
fn account(number: usize, person: &Person) -> String {
    let encoded = |text: &str| if number.is_multiple_of(2) { percent_encoded(text) } else { text.replace(' ', "%20") };
    format!(
        "/account?email={}&phone={}&ssn={}&iban={}&card={}&ip={}&token={}&aws={}&github={}&password={}",
        encoded(person.email),
        percent_encoded(person.phone),
        encoded(person.ssn),
        encoded(person.iban),
        encoded(&digits(person.card)),
        encoded(person.ip),
        encoded(person.jwt),
        encoded(person.aws),
        encoded(person.github),
        encoded(person.password),
    )
}

fn order(person: &Person, friend: &Person, card: &str, count: i64) -> Value {
    json!({
        "email": person.email,
        "phone": person.phone,
        "card": card,
        "iban": person.iban,
        "ssn": person.ssn,
        "items": [1, 7],
        "count": count,
        "gift_to": [friend.email, friend.phone],
    })
}

/// What browsers, gateways and scripts send along. Some requests belong to a trace that began before the shop, sampled or not.
fn headers(number: usize, seed: u64, person: &Person) -> Vec<(&'static str, String)> {
    let mut headers = vec![("x-forwarded-for", person.ip.to_owned())];
    match number % 6 {
        0 => headers.push(("authorization", format!("Bearer {}", person.bearer))),
        1 => headers.push(("cookie", format!("theme=dark; session={}", person.jwt))),
        2 => headers.push(("x-aws-access-key", person.aws.to_owned())),
        3 => headers.push(("x-github-token", person.github.to_owned())),
        _ => headers.push(("x-customer", format!("{} <{}>", person.email, person.phone))),
    }
    if number.is_multiple_of(3) {
        headers.push(("baggage", format!("tenant=acme,user.email={}", percent_encoded(person.email))));
    }
    let upstream = match number % 12 {
        4 => Some("01"),
        10 => Some("00"),
        _ => None,
    };
    if let Some(flags) = upstream {
        let id = |n: u64| scrambled(seed.wrapping_add(3 * number as u64 + n));
        headers.push(("traceparent", format!("00-{:016x}{:016x}-{:016x}-{flags}", id(0), id(1), id(2))));
        headers.push(("tracestate", format!("crm={},cdn=edge-4", person.email)));
    }
    headers
}

/// A number that looks random, never 0 for the seeds in use: ids of traces are taken for random by samplers (SplitMix64).
fn scrambled(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::personal::{ON_CALL, search_bytes, secrets};

    #[test]
    fn a_round_of_the_load_carries_every_secret_of_every_customer() {
        let round: String = (0..ROUND).map(|number| format!("{:?}", call(number, 1))).collect();
        let all = secrets();
        let carried: Vec<&str> = search_bytes(&all, round.as_bytes()).iter().map(|secret| secret.text).collect();
        for person in &PEOPLE {
            let Person { email, phone, card, ssn, iban, ip, password, jwt, bearer, aws, github } = *person;
            for text in [email, phone, card, ssn, iban, ip, password, jwt, bearer, aws, github] {
                assert!(carried.contains(&text), "no request carries {text}");
            }
        }
        assert!(carried.contains(&DECLINED_CARD));
        assert!(!carried.contains(&ON_CALL), "what the operators hide does not come from customers");
    }

    #[test]
    fn each_customer_takes_each_step() {
        let mut pairs: Vec<_> = (0..ROUND).map(|number| (number % STEPS.len(), number % PEOPLE.len())).collect();
        pairs.sort_unstable();
        pairs.dedup();
        assert_eq!(pairs.len(), STEPS.len() * PEOPLE.len());
    }
}
