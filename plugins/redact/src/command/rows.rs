//! Which texts of a batch are commands: attributes of spans, and names of spans that hold what such an attribute does.
//!
//! A text is replaced where it is a command, not wherever it stands: the same text under another key is no command. So rows and names are set, after all
//! texts were searched, and what was found there by the other rules is found here again, and merged with the values.

use spansieve_plugin::{Batch, Column, Edits, Span, Text};

use super::dialect::begins_like_sql;
use super::{Language, RULES, System};
use crate::config::Commands;
use crate::custom::has_word;
use crate::engine::{Clues, Engine, Reading};
use crate::explain::Finding;
use crate::marks::Marks;
use crate::place::Place;
use crate::rows::Rows;
use crate::scan::TextsBuf;

/// What a key says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Nothing that matters here.
    None,
    /// It is a command.
    Statement,
    /// It says which database takes the span's commands.
    SystemName,
    /// The same, by its older name.
    System,
}

/// Memory for looking at commands.
pub(crate) struct Statements {
    commands: Commands,
    /// For each key of the batch.
    roles: Vec<Role>,
    texts: TextsBuf,
    /// For each of them, the database that takes it.
    readings: Vec<Reading>,
    /// For each of them, where it stands.
    of: Vec<Place>,
    /// For each of them, whether it is another one for the other rules.
    changed: Vec<bool>,
    /// For each of them, what has become of it, where something has.
    redacted: Vec<Option<Vec<u8>>>,
}

impl Statements {
    pub(crate) fn new(commands: &Commands) -> Self {
        Statements {
            commands: commands.clone(),
            roles: Vec::new(),
            texts: TextsBuf::default(),
            readings: Vec::new(),
            of: Vec::new(),
            changed: Vec::new(),
            redacted: Vec::new(),
        }
    }

    /// Takes the values out of all commands. `changed` are the texts, in order, that other rules have changed.
    pub(crate) fn redact(
        &mut self,
        batch: &Batch<'_>,
        changed: &[u32],
        rows: &Rows,
        engine: &mut Engine,
        marks: &mut Marks,
        edits: &mut Edits,
    ) {
        self.gather(changed, rows, &mut Out { batch, engine, marks, edits });
        if self.of.is_empty() {
            return;
        }
        let redacted = &mut self.redacted;
        redacted.clear();
        redacted.resize(self.of.len(), None);
        let of = &self.of;
        let has_word = &mut |index: u32, words: &[String]| match of[index as usize] {
            Place::Row(row) => has_word(batch.row(row).key().as_bytes(), words),
            Place::Name(_) => false,
        };
        engine.redact_read(self.texts.as_texts(), Clues { named: &[], has_word }, &self.readings, RULES, |index, text| {
            redacted[index as usize] = Some(text.to_vec())
        });
        engine.take_finds().into_iter().for_each(|(index, rule)| self.of[index as usize].note(rule, marks));
        for (index, place) in self.of.iter().enumerate() {
            let text = match &self.redacted[index] {
                Some(text) => text,
                // The other rules took a placeholder for a value.
                None if self.changed[index] => self.texts.as_texts().get(index),
                None => continue,
            };
            put(batch, *place, text, edits);
        }
    }

    /// Where values lie in commands: calls `each` with where the command stands.
    pub(crate) fn explain(&mut self, batch: &Batch<'_>, rows: &Rows, engine: &mut Engine, mut each: impl FnMut(Place, Finding)) {
        self.clear();
        let Statements { commands, roles, texts, readings, of, .. } = self;
        each_command(commands, roles, batch, rows, &mut |place, text, system, _| {
            texts.push(text.as_bytes());
            readings.push(Reading::Command(system));
            of.push(place);
        });
        let clues = Clues { named: &[], has_word: &mut |_, _| false };
        for finding in engine.explain(texts.as_texts(), clues, readings) {
            // What other rules find was found when all texts were searched.
            if super::is_command_rule(finding.rule) {
                each(of[finding.text as usize], finding);
            }
        }
    }

    /// Takes the values out of commands in which other rules find nothing, and writes down the others.
    fn gather(&mut self, changed: &[u32], rows: &Rows, out: &mut Out<'_, '_>) {
        self.clear();
        let Statements { commands, roles, texts, readings, of, changed: are_changed, .. } = self;
        each_command(commands, roles, out.batch, rows, &mut |place, text, system, language| {
            let is_changed = changed.binary_search(&text.index()).is_ok();
            if is_changed || !out.redact(place, text.as_bytes(), (system, language)) {
                texts.push(text.as_bytes());
                readings.push(Reading::Command(system));
                of.push(place);
                are_changed.push(is_changed);
            }
        });
    }

    fn clear(&mut self) {
        self.texts.clear();
        self.readings.clear();
        self.of.clear();
        self.changed.clear();
    }
}

/// Calls `each` for every command of a batch in a language whose values go.
fn each_command(
    commands: &Commands,
    roles: &mut Vec<Role>,
    batch: &Batch<'_>,
    rows: &Rows,
    each: &mut dyn FnMut(Place, Text<'_>, System, Language),
) {
    let Commands { sql, redis, memcached, json, .. } = *commands;
    if !(sql || redis || memcached || json) {
        return;
    }
    let role = |key: &[u8]| match key {
        b"db.query.text" | b"db.statement" => Role::Statement,
        b"db.system.name" => Role::SystemName,
        b"db.system" => Role::System,
        _ => Role::None,
    };
    roles.clear();
    roles.extend(batch.keys().map(|key| role(key.text().as_bytes())));
    if roles.iter().all(|role| *role == Role::None) {
        return;
    }
    let mut take = |place: Place, text: Text<'_>, system: System| {
        let language = system.language(text.as_bytes());
        let on = match language {
            Language::Sql(_) => sql,
            Language::Redis => redis,
            Language::Memcached => memcached,
            Language::Json => json,
        };
        if on {
            each(place, text, system, language);
        }
    };
    let mut statements = Vec::new();
    let mut known = (None, System::of(None));
    let keys = batch.columns().u32s(Column::RowKey);
    for span in batch.spans() {
        statements.clear();
        let (mut name, mut old_name) = (None, None);
        // Keys first: most rows are done with at that.
        for row in span.attributes().rows() {
            match keys.get(row).and_then(|key| roles.get(key as usize)) {
                None | Some(Role::None) => {}
                Some(Role::Statement) if rows.is_safe(row) => {}
                Some(Role::Statement) => statements.extend(batch.row(row).text().map(|text| (row, text))),
                Some(Role::SystemName) => name = batch.row(row).text(),
                Some(Role::System) => old_name = batch.row(row).text(),
            }
        }
        let system_name = name.or(old_name);
        if statements.is_empty() && system_name.is_none() {
            continue;
        }
        // Mostly it is that of the span before.
        if system_name != known.0 {
            known = (system_name, System::of(system_name.map(|name| name.as_str())));
        }
        let system = known.1;
        let mut is_statement = false;
        for (row, text) in &statements {
            take(Place::Row(*row), *text, system);
            is_statement |= holds(&span, text.as_bytes());
        }
        let name = span.name();
        is_statement = is_statement
            || (system_name.is_some()
                && looks_like_a_statement(name.as_bytes())
                && matches!(system.language(name.as_bytes()), Language::Sql(_)));
        if is_statement {
            take(Place::Name(span.index()), name, system);
        }
    }
}

/// Where what becomes of commands goes.
struct Out<'o, 'b> {
    batch: &'o Batch<'b>,
    engine: &'o mut Engine,
    marks: &'o mut Marks,
    edits: &'o mut Edits,
}

impl Out<'_, '_> {
    /// Takes the values out of a command in which other rules find nothing; says no where they might then.
    fn redact(&mut self, place: Place, text: &[u8], language: (System, Language)) -> bool {
        let Out { batch, engine, marks, edits } = self;
        let is_done = engine.redact_clean_command(text, language, &mut |text| put(batch, place, text, edits));
        engine.take_finds().into_iter().for_each(|(_, rule)| place.note(rule, marks));
        is_done
    }
}

/// Puts what is left of a command in its place.
fn put(batch: &Batch<'_>, place: Place, text: &[u8], edits: &mut Edits) {
    let text = edits.write_text(|out| out.push_utf8(text));
    place.put(batch, text, edits);
}

/// Whether a span's name holds a statement, or the beginning of it.
fn holds(span: &Span<'_>, statement: &[u8]) -> bool {
    /// A statement, or a part of one, that is shorter may stand anywhere.
    const SHORT: usize = 16;
    let name = span.name();
    let name = name.as_bytes();
    name == statement
        // Lengths first: making the finder takes longer than looking at most names.
        || (statement.len() >= SHORT && name.len() >= statement.len() && memchr::memmem::Finder::new(statement).find(name).is_some())
        || (name.len() >= SHORT && statement.starts_with(name))
}

/// Whether a name is more than the summary that the semantic conventions want: no operation and target has these.
fn looks_like_a_statement(name: &[u8]) -> bool {
    begins_like_sql(name) && name.iter().any(|byte| matches!(byte, b'\'' | b'=' | b'(' | b'<' | b'>'))
}
