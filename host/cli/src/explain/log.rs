//! What redact says of what it finds, among what plugins log.

use serde_json::Value;
use spansieve_runtime::Batch;
use spansieve_runtime::text::Item;

use crate::plugin_log::Said;

/// What a rule found, or nearly, as a plugin says it.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) rule: String,
    pub(super) field: String,
    /// Trace id and span id, of a finding in a span.
    span: Option<String>,
    pub(super) path: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) outcome: String,
    pub(super) why: String,
}

impl Finding {
    fn read(line: &str) -> Option<Finding> {
        let said: Value = serde_json::from_str(line.strip_prefix("explain ")?).ok()?;
        let text = |key: &str| said[key].as_str().map(str::to_owned);
        let number = |key: &str| said[key].as_u64().and_then(|number| usize::try_from(number).ok());
        let (start, end) = (number("start")?, number("end")?);
        // As other texts, with what nobody sees escaped.
        let visible = |text: String| text.escape_debug().to_string().replace("\\\"", "\"");
        Some(Finding {
            rule: text("rule")?,
            field: visible(text("field")?),
            span: text("span"),
            path: text("path")?,
            start: start.min(end),
            end,
            outcome: text("outcome")?,
            why: text("why")?,
        })
    }

    /// Which of the batch's spans it is about.
    pub(super) fn span_in(&self, batch: &Batch) -> Option<usize> {
        let wanted = self.span.as_ref()?;
        batch.spans().position(|span| id(span.trace_id(), span.span_id()) == *wanted)
    }

    /// Whether it is about what stands in a line of the given spans.
    pub(super) fn belongs_to(&self, item: Item, given: &Batch) -> bool {
        match item {
            Item::Span { span, .. } => {
                self.span.as_ref().is_some_and(|of| *of == id(given.span(span).trace_id(), given.span(span).span_id()))
            }
            Item::Scope(index) => self.span.is_none() && self.path.starts_with(&format!("scopes.{index}.")),
            Item::Resource(index) => self.span.is_none() && self.path.starts_with(&format!("resources.{index}.")),
            _ => false,
        }
    }
}

fn id(trace: [u8; 16], span: [u8; 8]) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("{}:{}", hex(&trace), hex(&span))
}

/// What a plugin said: what it found, and other lines.
pub(super) fn split(lines: Vec<Said>, plugin: &str) -> (Vec<Finding>, Vec<Said>) {
    let (mut findings, mut others) = (Vec::new(), Vec::new());
    for line in lines.into_iter().filter(|line| line.plugin == plugin) {
        match Finding::read(&line.message) {
            Some(finding) => findings.push(finding),
            None => others.push(line),
        }
    }
    (findings, others)
}
