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
//! In URLs ([`url`]) queries and paths go where the configuration wants it. In commands to databases ([`command`]) the values are found by their grammar: in `db.query.text` and `db.statement` of spans, and in names of spans that hold
//! such a text.
//!
//! # What becomes of it
//! What the rule's [action] says: mostly the part that was found is replaced. A value under a key that a rule names is replaced whole, and becomes a text. A key in whose name
//! something is found is renamed. A member of a tracestate in which something is found goes; `ot=` keeps its sampling threshold and randomness.
//! Values in commands become `?`, and so do segments of paths, or `{id}`.
//!
//! # What it does not do
//! It does not see data that are compressed, encrypted or encoded in ways that are not asked for (base64 is on request), nor data without a shape, such as names and postal addresses,
//! unless a key rule or a custom rule names them. Messages of exceptions that quote a statement are searched as any text is, not read as SQL. Ids of traces and spans are not texts and stay.

#![forbid(unsafe_code)]

mod above;
mod action;
mod assign;
mod attributes;
mod block;
mod command;
mod config;
mod custom;
mod decode;
mod detect;
mod engine;
mod explain;
mod keys;
#[cfg(test)]
mod linear;
mod marks;
mod order;
mod place;
mod preset;
mod rows;
mod safe;
mod scan;
mod tracestate;
mod url;

use spansieve_plugin::{Batch, Column, ConfigError, Edits, Policy, ROWS, Setup, TEXTS, TextId, count, table};

pub use action::{Action, Keep};
pub use config::{
    Allowed, CheckName, Commands, Config, Custom, DetectorName, Encoding, HashKey, KeyName, KeyRule, OnlyKeys, Others, ValueRule,
};
pub use preset::Preset;
pub use url::{Paths, Query, Urls};

use crate::above::KeysAbove;
use crate::attributes::{CARRIERS, Values};
use crate::command::Statements;
use crate::config::Built;
use crate::engine::{Clues, Engine};
use crate::explain::Reasons;
use crate::keys::KeyRules;
use crate::marks::Marks;
use crate::rows::{Rows, Source};
use crate::scan::{KEY_RULE, Texts};
use crate::tracestate::Tracestates;
use crate::url::UrlRows;

/// The plugin.
pub struct Redact {
    engine: Engine,
    keys: KeyRules,
    safe_keys: KeyRules,
    only_keys: Option<(KeyRules, Others)>,
    /// For each rule, its name.
    names: Vec<String>,
    /// For each rule, the name of its counter.
    counters: Vec<String>,
    rows: Rows,
    values: Values,
    marks: Marks,
    /// Why rules find what they find, where that is to be told.
    explain: Option<Reasons>,
    tracestates: Tracestates,
    statements: Statements,
    urls: UrlRows,
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
        let statements = Statements::new(&config.commands());
        let urls = UrlRows::new(config.urls());
        if config.urls().is_active() {
            setup.read(&[Column::SpanKind]);
        }
        let Built { mut engine, keys, safe_keys, only_keys, names, mark, count_fields, explain } = config.build(table)?;
        let marks = Marks::new(mark, count_fields, names.len());
        if marks.is_on() {
            setup.read(marks::COLUMNS);
            engine.note_finds();
        }
        if explain {
            setup.read(marks::COLUMNS);
            setup.read(&[Column::SpanTraceId, Column::SpanId]);
        }
        if only_keys.is_some() {
            setup.read(CARRIERS);
        }
        Ok(Redact {
            engine,
            keys,
            safe_keys,
            only_keys,
            counters: names.iter().map(|name| format!("hits.{name}")).collect(),
            explain: explain.then(|| Reasons::new(&names)),
            names,
            rows: Rows::default(),
            values: Values::default(),
            marks,
            tracestates: Tracestates::default(),
            statements,
            urls,
            text_ends: Vec::new(),
            changed: Vec::new(),
        })
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        self.text_ends.clear();
        self.text_ends.extend(batch.columns().u32s(Column::TextEnd).iter());
        let texts = Texts { bytes: batch.texts().arena(), ends: &self.text_ends };
        let Redact { engine, keys, rows, values, marks, changed, .. } = self;
        changed.clear();
        let replacement = String::from_utf8_lossy(engine.writer().done().replacement()).into_owned();
        let mut above = KeysAbove::new(batch);
        rows.find_safe(batch, &self.safe_keys);
        rows.find_named(batch, engine.kinds());
        if let Some(reasons) = &self.explain {
            explain::Explanation { batch, reasons, keys, only_keys: self.only_keys.as_ref().map(|(allow, _)| allow), names: &self.names }
                .tell(texts, rows, &mut above, &mut self.statements, &mut self.urls, engine);
        }
        let clues = Clues { named: rows.named(), has_word: &mut |text, words| above.have_word(Source::Text(text), words) };
        let (mut masked, mut names) = (None, None);
        engine.redact(texts, clues, |index, text| {
            changed.push(index);
            let with =
                match text == replacement.as_bytes() || (text.is_empty() && names.get_or_insert_with(|| names_of(batch))[index as usize]) {
                    true => *masked.get_or_insert_with(|| edits.text(&replacement)),
                    false => edits.write_text(|out| out.push_utf8(text)),
                };
            edits.replace_text(TextId::from_index(index), with);
        });
        marks.note_texts(engine.take_finds());
        if !changed.is_empty() {
            // They are in order but for those that took several rounds.
            if !changed.is_sorted() {
                changed.sort_unstable();
            }
            let counts = engine.counts().to_vec();
            self.tracestates.redact(batch, changed, engine, edits);
            // Members were counted as parts of their tracestates already.
            engine.counts().copy_from_slice(&counts);
            engine.take_finds();
            rows.restore_safe(batch, changed, edits);
        }
        self.statements.redact(batch, changed, rows, engine, marks, edits);
        self.urls.redact(batch, changed, rows, engine, marks, edits);
        rows.redact_other_kinds(batch, &mut above, engine, marks, edits);
        let mut found = values.redact(batch, keys, rows, engine, marks, edits);
        if let Some((allow, others)) = &self.only_keys {
            found += values.keep_only(batch, (allow, *others), engine, marks, edits);
        }
        engine.counts()[KEY_RULE] += found;
        marks.finish(batch, rows, &self.names, edits, |rule, field, hits| count(&format!("hits.{rule}.{field}"), hits));
        for (counter, hits) in self.counters.iter().zip(engine.counts()) {
            count(counter, std::mem::take(hits));
        }
    }
}

/// For each text, whether it stands where there must be one: as the name of a span or as a key.
fn names_of(batch: &Batch<'_>) -> Vec<bool> {
    let columns = batch.columns();
    let mut names = vec![false; columns.u32s(Column::TextEnd).len()];
    for text in [Column::SpanName, Column::Keys].into_iter().flat_map(|column| columns.u32s(column).iter()) {
        names[text as usize] = true;
    }
    names
}

spansieve_plugin::export!(Redact);
