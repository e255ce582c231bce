//! The yardstick for redaction: a processor as one would write it without spansieve. For every text of a span one pass of a `RegexSet` says which
//! of the ten rules match, and those replace.

use std::borrow::Cow;
use std::time::Instant;

use opentelemetry::trace::Status;
use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::SpanData;
use regex::{Regex, RegexSet};

use super::rounds::Times;

/// The ten rules, as the OpenTelemetry Collector's `redaction` processor is given them in the comparison.
const RULES: [&str; 10] = [
    r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}",
    r"\b(?:\d[ -]?){13,16}\b",
    r"\b\d{3}-\d{2}-\d{4}\b",
    r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
    r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\b",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b",
    r"\+\d{1,3}[ -]?\d{6,12}\b",
    r"(?i)bearer\s+[a-z0-9._-]+",
];

const MASK: &str = "****";

pub(super) struct NativeRedactor {
    set: RegexSet,
    rules: Vec<Regex>,
}

impl NativeRedactor {
    pub(super) fn new() -> Result<Self, regex::Error> {
        Ok(NativeRedactor { set: RegexSet::new(RULES)?, rules: RULES.into_iter().map(Regex::new).collect::<Result<_, _>>()? })
    }

    /// Redacts copies of the spans, which is a stage of its own.
    pub(super) fn time(&self, spans: &[SpanData], times: &mut Times) {
        let mut copies = spans.to_vec();
        let start = Instant::now();
        copies.iter_mut().for_each(|span| self.span(span));
        times.add("native_redact", start.elapsed(), spans.len());
    }

    /// Redacts every text of a span that is a value or a name. Keys are left alone, unlike the plugin does.
    pub(super) fn span(&self, span: &mut SpanData) {
        self.name(&mut span.name);
        if let Status::Error { description } = &mut span.status {
            self.name(description);
        }
        self.attributes(&mut span.attributes);
        for event in &mut span.events.events {
            self.name(&mut event.name);
            self.attributes(&mut event.attributes);
        }
        for link in &mut span.links.links {
            self.attributes(&mut link.attributes);
        }
    }

    fn name(&self, text: &mut Cow<'static, str>) {
        if let Some(redacted) = self.redacted(text) {
            *text = redacted.into();
        }
    }

    fn attributes(&self, attributes: &mut [KeyValue]) {
        for KeyValue { value, .. } in attributes {
            match value {
                Value::String(text) => self.text(text),
                Value::Array(Array::String(texts)) => texts.iter_mut().for_each(|text| self.text(text)),
                _ => {}
            }
        }
    }

    fn text(&self, text: &mut StringValue) {
        if let Some(redacted) = self.redacted(text.as_str()) {
            *text = redacted.into();
        }
    }

    fn redacted(&self, text: &str) -> Option<String> {
        let mut redacted = Cow::Borrowed(text);
        for rule in self.set.matches(text) {
            if let Cow::Owned(changed) = self.rules[rule].replace_all(&redacted, MASK) {
                redacted = changed.into();
            }
        }
        match redacted {
            Cow::Owned(changed) => Some(changed),
            Cow::Borrowed(_) => None,
        }
    }
}
