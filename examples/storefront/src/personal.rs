//! Invented customers, and the search for what is personal about them in spans.
//!
//! The shop handles these people's data as careless shops do, so that it ends up in every field of a span. Everything here is made up:
//! names, the test numbers of card issuers, addresses and networks that are reserved for examples.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use opentelemetry::trace::Status;
use opentelemetry::{Array, KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;

/// A customer of the shop, with everything that must not leave it.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) email: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) card: &'static str,
    pub(crate) ssn: &'static str,
    pub(crate) iban: &'static str,
    pub(crate) ip: &'static str,
    pub(crate) password: &'static str,
    /// The JSON web token of the customer's session.
    pub(crate) jwt: &'static str,
    /// The token that follows `Bearer` in the `Authorization` header.
    pub(crate) bearer: &'static str,
    /// An AWS access key that a customer's script sends along.
    pub(crate) aws: &'static str,
    /// A GitHub token that a customer's script sends along.
    pub(crate) github: &'static str,
}

pub(crate) const PEOPLE: [Person; 5] = [
    Person {
        email: "ada.quill@example.org",
        phone: "+442079460018",
        card: "4111 1111 1111 1111",
        ssn: "987-65-4320",
        iban: "GB82WEST12345698765432",
        ip: "203.0.113.17",
        password: "correct-horse-battery-1",
        jwt: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEucXVpbGwifQ.c2lnbmF0dXJlLW9mLWFkYQ",
        bearer: "sess-ada-7f3a9c51d2",
        aws: "AKIAINVENTED0000ADA1",
        github: "ghp_inventedAda0000000000000000000000001",
    },
    Person {
        email: "leo.marsh@example.net",
        phone: "+12025550142",
        card: "5555-5555-5555-4444",
        ssn: "987-65-4321",
        iban: "DE89370400440532013000",
        ip: "198.51.100.23",
        password: "tr0mbone-sunset-2",
        jwt: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJsZW8ubWFyc2gifQ.c2lnbmF0dXJlLW9mLWxlbw",
        bearer: "sess-leo-0b81e4c3aa",
        aws: "AKIAINVENTED0000LEO2",
        github: "ghp_inventedLeo0000000000000000000000002",
    },
    Person {
        email: "mia.fern@example.com",
        phone: "+33155501234",
        card: "6011111111111117",
        ssn: "987-65-4322",
        iban: "FR1420041010050500013M02606",
        ip: "192.0.2.44",
        password: "violet-tractor-3",
        jwt: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtaWEuZmVybiJ9.c2lnbmF0dXJlLW9mLW1pYQ",
        bearer: "sess-mia-55d0c7f19e",
        aws: "AKIAINVENTED0000MIA3",
        github: "ghp_inventedMia0000000000000000000000003",
    },
    Person {
        email: "noor.hale+shop@example.co.uk",
        phone: "+49 3055501234",
        card: "4012 8888 8888 1881",
        ssn: "987-65-4323",
        iban: "NL91ABNA0417164300",
        ip: "203.0.113.201",
        password: "granite-lullaby-4",
        jwt: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJub29yLmhhbGUifQ.c2lnbmF0dXJlLW9mLW5vb3I",
        bearer: "sess-noor-e6a2b94d07",
        aws: "AKIAINVENTED000NOOR4",
        github: "ghp_inventedNoor000000000000000000000004",
    },
    Person {
        email: "otto.brandt@mail.example.org",
        phone: "+46 855501234",
        card: "3530 1113 3330 0000",
        ssn: "987-65-4324",
        iban: "ES9121000418450200051332",
        ip: "198.51.100.180",
        password: "copper-umbrella-5",
        jwt: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvdHRvLmJyYW5kdCJ9.c2lnbmF0dXJlLW9mLW90dG8",
        bearer: "sess-otto-19cc83f5be",
        aws: "AKIAINVENTED000OTTO5",
        github: "ghp_inventedOtto000000000000000000000005",
    },
];

/// The card that every payment test environment declines; a customer tries it now and then.
pub(crate) const DECLINED_CARD: &str = "4000 0000 0000 0002";
/// Who is on call, which the deployment writes into the resource.
pub(crate) const ON_CALL: &str = "erin.oncall@example.org";
/// The telephone of the person on call, an element of an array in the resource.
pub(crate) const ON_CALL_PHONE: &str = "+442079460099";
/// The host that built the shop, which the build writes into the instrumentation scope.
pub(crate) const BUILD_HOST: &str = "192.0.2.250";
/// Who tagged the release; ends up in the version of the scope.
pub(crate) const RELEASED_BY: &str = "rhea.release@example.org";
/// The tenant for whom the invoice worker runs; ends up in the name of its scope.
pub(crate) const TENANT: &str = "tenant-7@example.org";

/// What kind of personal data something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Email,
    Card,
    Ssn,
    Iban,
    Phone,
    Ip,
    Jwt,
    Bearer,
    Aws,
    Github,
    Password,
}

/// Where in a span something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Field {
    SpanName,
    StatusMessage,
    Key,
    Sql,
    Url,
    Baggage,
    Text,
    Number,
    Array,
    EventName,
    Event,
    Exception,
    Link,
    Tracestate,
    Scope,
    Resource,
}

impl Kind {
    pub(crate) const ALL: [Kind; 11] = [
        Kind::Email,
        Kind::Card,
        Kind::Ssn,
        Kind::Iban,
        Kind::Phone,
        Kind::Ip,
        Kind::Jwt,
        Kind::Bearer,
        Kind::Aws,
        Kind::Github,
        Kind::Password,
    ];
}

impl Field {
    pub(crate) const ALL: [Field; 16] = [
        Field::SpanName,
        Field::StatusMessage,
        Field::Key,
        Field::Sql,
        Field::Url,
        Field::Baggage,
        Field::Text,
        Field::Number,
        Field::Array,
        Field::EventName,
        Field::Event,
        Field::Exception,
        Field::Link,
        Field::Tracestate,
        Field::Scope,
        Field::Resource,
    ];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::Email => "e-mail address",
            Kind::Card => "payment card",
            Kind::Ssn => "social security no.",
            Kind::Iban => "IBAN",
            Kind::Phone => "telephone",
            Kind::Ip => "IP address",
            Kind::Jwt => "JSON web token",
            Kind::Bearer => "bearer token",
            Kind::Aws => "AWS access key",
            Kind::Github => "GitHub token",
            Kind::Password => "password",
        })
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Field::SpanName => "span name",
            Field::StatusMessage => "status message",
            Field::Key => "attribute key",
            Field::Sql => "SQL text",
            Field::Url => "URL, plain or encoded",
            Field::Baggage => "copied from baggage",
            Field::Text => "other text attribute",
            Field::Number => "number attribute",
            Field::Array => "array attribute",
            Field::EventName => "event name",
            Field::Event => "event attribute",
            Field::Exception => "exception",
            Field::Link => "link attribute",
            Field::Tracestate => "tracestate",
            Field::Scope => "instrumentation scope",
            Field::Resource => "resource",
        })
    }
}

/// One thing that must not be exported, in each form in which it may stand in a text.
#[derive(Debug)]
pub(crate) struct Secret {
    pub(crate) kind: Kind,
    pub(crate) text: &'static str,
    forms: Vec<String>,
}

impl Secret {
    /// The forms in which it may stand in a text.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &str> {
        self.forms.iter().map(String::as_str)
    }
}

/// Everything that the shop's customers and operators have to hide.
pub(crate) fn secrets() -> Vec<Secret> {
    let mut all = vec![
        secret(Kind::Card, DECLINED_CARD),
        secret(Kind::Email, ON_CALL),
        secret(Kind::Phone, ON_CALL_PHONE),
        secret(Kind::Ip, BUILD_HOST),
        secret(Kind::Email, RELEASED_BY),
        secret(Kind::Email, TENANT),
    ];
    for person in &PEOPLE {
        all.extend([
            secret(Kind::Email, person.email),
            secret(Kind::Card, person.card),
            secret(Kind::Ssn, person.ssn),
            secret(Kind::Iban, person.iban),
            secret(Kind::Phone, person.phone),
            secret(Kind::Ip, person.ip),
            secret(Kind::Jwt, person.jwt),
            secret(Kind::Bearer, person.bearer),
            secret(Kind::Aws, person.aws),
            secret(Kind::Github, person.github),
            secret(Kind::Password, person.password),
        ]);
    }
    all
}

/// `text` with every byte percent-encoded that RFC 3986 does not reserve for plain use.
pub(crate) fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte as char);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// The digits of a card number.
pub(crate) fn digits(card: &str) -> String {
    card.chars().filter(char::is_ascii_digit).collect()
}

/// How often each kind of secret stands in each field.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    counts: BTreeMap<(Kind, Field), usize>,
    seen: Vec<bool>,
}

impl Findings {
    pub(crate) fn of_kind(&self, kind: Kind) -> usize {
        self.counts.iter().filter(|((k, _), _)| *k == kind).map(|(_, n)| n).sum()
    }

    pub(crate) fn in_field(&self, field: Field) -> usize {
        self.counts.iter().filter(|((_, f), _)| *f == field).map(|(_, n)| n).sum()
    }

    pub(crate) fn total(&self) -> usize {
        self.counts.values().sum()
    }

    /// Whether secret number `index` of those searched was found anywhere.
    pub(crate) fn has(&self, index: usize) -> bool {
        self.seen.get(index).copied().unwrap_or_default()
    }
}

/// Searches every field of `spans`, and `resource`, for each of `secrets`.
pub(crate) fn search<'a>(
    secrets: &[Secret],
    spans: impl IntoIterator<Item = &'a SpanData>,
    resource: impl IntoIterator<Item = (String, Value)>,
) -> Findings {
    let mut search =
        Search { secrets, known: HashMap::new(), findings: Findings { seen: vec![false; secrets.len()], ..Findings::default() } };
    for span in spans {
        search.span(span);
    }
    for (key, value) in resource {
        search.text(Field::Resource, &key);
        search.value(Field::Resource, &value);
    }
    search.findings
}

/// Which of `secrets` stand in `bytes`, as they are or encoded.
pub(crate) fn search_bytes<'a>(secrets: &'a [Secret], bytes: &[u8]) -> Vec<&'a Secret> {
    let text = String::from_utf8_lossy(bytes);
    secrets.iter().filter(|secret| secret.forms.iter().any(|form| text.contains(form))).collect()
}

/// A search in progress. Most texts occur many times, so each is searched once.
struct Search<'s> {
    secrets: &'s [Secret],
    known: HashMap<String, Vec<usize>>,
    findings: Findings,
}

impl Search<'_> {
    fn span(&mut self, span: &SpanData) {
        self.text(Field::SpanName, &span.name);
        if let Status::Error { description } = &span.status {
            self.text(Field::StatusMessage, description);
        }
        for attribute in &span.attributes {
            self.attribute(attribute, |key| match key {
                "db.query.text" => Field::Sql,
                _ if key.starts_with("url.") => Field::Url,
                _ if key.starts_with("baggage.") => Field::Baggage,
                _ if key.starts_with("exception.") => Field::Exception,
                _ => Field::Text,
            });
        }
        for event in span.events.iter() {
            self.text(Field::EventName, &event.name);
            for attribute in &event.attributes {
                self.attribute(attribute, |key| if key.starts_with("exception.") { Field::Exception } else { Field::Event });
            }
        }
        for link in span.links.iter() {
            self.text(Field::Tracestate, &link.span_context.trace_state().header());
            for attribute in &link.attributes {
                self.attribute(attribute, |_| Field::Link);
            }
        }
        self.text(Field::Tracestate, &span.span_context.trace_state().header());
        let scope = &span.instrumentation_scope;
        self.text(Field::Scope, scope.name());
        self.text(Field::Scope, scope.version().unwrap_or_default());
        for attribute in scope.attributes() {
            self.attribute(attribute, |_| Field::Scope);
        }
    }

    fn attribute(&mut self, attribute: &KeyValue, field: impl Fn(&str) -> Field) {
        let key = attribute.key.as_str();
        self.text(Field::Key, key);
        self.value(field(key), &attribute.value);
    }

    /// Searches a value; what is special about its type takes precedence over a merely textual field.
    fn value(&mut self, field: Field, value: &Value) {
        let typed = |special| if field == Field::Text { special } else { field };
        match value {
            Value::String(text) => self.text(field, text.as_str()),
            Value::I64(number) => self.text(typed(Field::Number), &number.to_string()),
            Value::F64(number) => self.text(typed(Field::Number), &number.to_string()),
            Value::Array(Array::String(texts)) => texts.iter().for_each(|text| self.text(typed(Field::Array), text.as_str())),
            Value::Array(Array::I64(numbers)) => numbers.iter().for_each(|number| self.text(typed(Field::Array), &number.to_string())),
            other => self.text(field, &other.to_string()),
        }
    }

    fn text(&mut self, field: Field, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.known.contains_key(text) {
            let hits = (0..self.secrets.len()).filter(|&i| self.secrets[i].forms.iter().any(|form| text.contains(form.as_str())));
            self.known.insert(text.to_owned(), hits.collect());
        }
        for &index in &self.known[text] {
            *self.findings.counts.entry((self.secrets[index].kind, field)).or_default() += 1;
            self.findings.seen[index] = true;
        }
    }
}

fn secret(kind: Kind, text: &'static str) -> Secret {
    let mut forms = vec![text.to_owned()];
    if kind == Kind::Card {
        let digits = digits(text);
        let groups: Vec<&str> = digits.as_bytes().chunks(4).map(|group| std::str::from_utf8(group).unwrap_or_default()).collect();
        forms.extend([groups.join(" "), groups.join("-"), groups.join("+"), digits.clone()]);
    }
    for form in forms.clone() {
        let encoded = percent_encoded(&form);
        forms.push(encoded.to_lowercase());
        forms.push(encoded);
    }
    forms.sort();
    forms.dedup();
    Secret { kind, text, forms }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_as_it_is_and_encoded() {
        let all = secrets();
        let found = |text: &str| search_bytes(&all, text.as_bytes()).iter().map(|secret| secret.text).collect::<Vec<_>>();
        assert_eq!(found("to <ada.quill@example.org>"), ["ada.quill@example.org"]);
        assert_eq!(found("/account?email=ada.quill%40example.org&x=1"), ["ada.quill@example.org"]);
        assert_eq!(found("/account?phone=%2b442079460018"), ["+442079460018"]);
        assert_eq!(found("card=4111111111111111"), ["4111 1111 1111 1111"]);
        assert_eq!(found("card=4111%201111%201111%201111"), ["4111 1111 1111 1111"]);
        assert!(found("an order of 17 tea pots").is_empty());
    }

    #[test]
    fn every_secret_is_distinct() {
        let all = secrets();
        for secret in &all {
            assert_eq!(search_bytes(&all, secret.text.as_bytes()).len(), 1, "{}", secret.text);
        }
    }
}
