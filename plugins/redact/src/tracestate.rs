//! Tracestates: a list whose form must stay valid, so a member in which something is found goes as a whole.

use spansieve_plugin::{Batch, Column, Edits, Field, NONE};

use crate::engine::{Clues, Engine};
use crate::scan::TextsBuf;

/// Members of a tracestate (W3C Trace Context, section 3.3) as texts.
#[derive(Default)]
pub(crate) struct Tracestates {
    members: TextsBuf,
    drop: Vec<bool>,
}

impl Tracestates {
    /// Writes the tracestates among the texts `changed`, which ascend, anew: without the members that hold what had to be replaced.
    pub(crate) fn redact(&mut self, batch: &Batch<'_>, changed: &[u32], engine: &mut Engine, edits: &mut Edits) {
        for (column, field) in [(Column::SpanTracestate, Field::SpanTracestate), (Column::LinkTracestate, Field::LinkTracestate)] {
            for (index, text) in (0..).zip(batch.columns().u32s(column).iter()) {
                if text == NONE || changed.binary_search(&text).is_err() {
                    continue;
                }
                let rest = self.without_finds(batch.text(text).as_str(), engine);
                if rest.is_empty() {
                    edits.clear(field, index);
                } else {
                    edits.set_text(field, index, &rest);
                }
            }
        }
    }

    /// The members in which nothing is found, in order. Where something is found across members, none of them stays, but for that of
    /// OpenTelemetry.
    fn without_finds(&mut self, tracestate: &str, engine: &mut Engine) -> String {
        let members: Vec<&str> = tracestate.split(',').map(|member| member.trim_matches([' ', '\t'])).filter(|m| !m.is_empty()).collect();
        self.members.clear();
        // Parts of a member of OpenTelemetry are looked at one by one.
        members.iter().for_each(|member| self.members.push(member.as_bytes()));
        self.drop.clear();
        self.drop.resize(members.len(), false);
        let drop = &mut self.drop;
        engine.redact(self.members.as_texts(), Clues { named: &[], has_word: &mut |_, _| false }, |index, _| drop[index as usize] = true);
        if !drop.contains(&true) {
            drop.fill(true);
        }
        let kept = members.iter().zip(&self.drop).filter_map(|(member, drop)| match drop {
            true => member.strip_prefix("ot=").and_then(sampling_parts),
            false => Some((*member).to_owned()),
        });
        kept.collect::<Vec<_>>().join(",")
    }
}

/// Of the value of the member `ot`, what sampling needs: the threshold and the randomness, where they are valid. They are hexadecimal numbers, which
/// may well look like a number of another kind.
fn sampling_parts(value: &str) -> Option<String> {
    let hex = |text: &str| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let valid = |part: &&str| match part.split_once(':') {
        Some(("th", threshold)) => (1..=14).contains(&threshold.len()) && hex(threshold),
        Some(("rv", randomness)) => randomness.len() == 14 && hex(randomness),
        _ => false,
    };
    let parts: Vec<&str> = value.split(';').filter(valid).collect();
    (!parts.is_empty()).then(|| format!("ot={}", parts.join(";")))
}
