//! The standard plugin `redact`: takes personal data and secrets out of every text of a batch of spans.
//!
//! # What it looks at
//! Everything that carries text: names, status messages, keys and values of attributes of every type and depth, on spans, events, links, scopes
//! and resources; event names, scope names and versions, schema URLs, tracestates; and texts that nothing names. Numbers and byte strings are searched
//! as text too.
//!
//! # How it decides
//! *Detectors* ([`detect`]) and custom rules find data by what they look like; *key rules* ([`keys`]) by what they are called, whether as an
//! attribute, an entry of a map, a parameter of a URL or a member of JSON in a text. Ids whose digits alone say nothing are found by what they look
//! like where a word before them, or the key of the attribute, says what they are. All rules match on the original text, and on
//! *views* of it that show what is escaped or only looks like something else ([`decode`]); what they find is merged before anything is replaced,
//! and what comes out is searched again until nothing is found ([`engine`]).
//!
//! In commands to databases ([`command`]) the values are found by their grammar: in `db.query.text` and `db.statement` of spans, and in names of spans that hold
//! such a text.
//!
//! # What becomes of it
//! The part that was found is replaced. A value under a key that a rule names is replaced whole, and becomes a text. A key in whose name
//! something is found is renamed. A member of a tracestate in which something is found goes; `ot=` keeps its sampling threshold and randomness.
//! Values in commands become `?`.
//!
//! # What it does not do
//! It does not see data that are compressed, encrypted or encoded in ways that are not asked for (base64 is on request), nor data without a shape, such as names and postal addresses,
//! unless a key rule or a custom rule names them. Messages of exceptions that quote a statement are searched as any text is, not read as SQL. Ids of traces and spans are not texts and stay.

#![forbid(unsafe_code)]

mod assign;
mod command;
mod config;
mod custom;
mod decode;
mod detect;
mod engine;
mod keys;
#[cfg(test)]
mod linear;
mod rows;
mod scan;
mod tracestate;

use spansieve_plugin::{Batch, Column, ConfigError, Edits, Policy, ROWS, Setup, TEXTS, TextId, count};

pub use config::{Commands, Config, Custom, DetectorName, Encoding, KeyRule};

use crate::command::Statements;
use crate::engine::Engine;
use crate::keys::KeyRules;
use crate::rows::Rows;
use crate::scan::{KEY_RULE, Texts};
use crate::tracestate::Tracestates;

/// The plugin.
pub struct Redact {
    engine: Engine,
    keys: KeyRules,
    /// For each rule, the name of its counter.
    counters: Vec<String>,
    rows: Rows,
    tracestates: Tracestates,
    statements: Statements,
    text_ends: Vec<u32>,
    changed: Vec<u32>,
}

impl Policy for Redact {
    type Config = Config;

    const NAME: &'static str = "redact";
    const ABOUT: &'static str = "Takes personal data and secrets out of every text of a span, by key, by detector and by regex";
    const SCHEMA: Option<&'static str> = Some(include_str!("schema.json"));

    fn configure(config: Config, setup: &mut Setup) -> Result<Self, ConfigError> {
        setup.read(TEXTS);
        setup.read(ROWS);
        setup.read(&[Column::SpanTracestate, Column::LinkTracestate]);
        setup.read(&[Column::SpanName, Column::SpanAttributes]);
        let statements = Statements::new(&config.commands);
        let (engine, keys, names) = config.build()?;
        Ok(Redact {
            engine,
            keys,
            counters: names.into_iter().map(|name| format!("hits.{name}")).collect(),
            rows: Rows::default(),
            tracestates: Tracestates::default(),
            statements,
            text_ends: Vec::new(),
            changed: Vec::new(),
        })
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        self.text_ends.clear();
        self.text_ends.extend(batch.columns().u32s(Column::TextEnd).iter());
        let texts = Texts { bytes: batch.texts().arena(), ends: &self.text_ends };
        let changed = &mut self.changed;
        changed.clear();
        let replacement = self.engine.replacement().to_owned();
        self.rows.find_named(batch, self.engine.kinds());
        self.engine.redact(texts, self.rows.named(), |index, text| {
            changed.push(index);
            let with = match text == replacement.as_bytes() {
                true => edits.text(&replacement),
                false => edits.write_text(|out| out.push_utf8(text)),
            };
            edits.replace_text(TextId::from_index(index), with);
        });
        if !changed.is_empty() {
            changed.sort_unstable();
            let counts = self.engine.counts().to_vec();
            self.tracestates.redact(batch, changed, &mut self.engine, edits);
            // Members were counted as parts of their tracestates already.
            self.engine.counts().copy_from_slice(&counts);
        }
        self.statements.redact(batch, changed, &mut self.engine, edits);
        self.rows.redact_other_kinds(batch, &mut self.engine, edits);
        let values = self.rows.redact_keys(batch, &self.keys, &replacement, edits);
        self.engine.counts()[KEY_RULE] += values;
        for (counter, hits) in self.counters.iter().zip(self.engine.counts()) {
            count(counter, std::mem::take(hits));
        }
    }
}

spansieve_plugin::export!(Redact);
