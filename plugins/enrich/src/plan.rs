//! The configuration made ready: keys are numbers, constants and patterns are parsed, and it is known which columns are needed.

use serde_json::Value as Json;
use spansieve_plugin::{Column, ConfigError, ROWS, Setup};

use crate::config::{ActionConfig, Config, On, OneOrMany, Put, When};
use crate::glob::Glob;
use crate::order;
use crate::source::{Part, Source, parse_template};

/// Number of a key among [`Plan::span_keys`] or [`Plan::resource_keys`], whichever the context says.
pub(crate) type Cell = usize;

/// What to do.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub on_resources: Vec<Action>,
    /// Actions on spans of which each can be done to all spans before the next, since they have nothing to do with one another.
    pub alone: Vec<Action>,
    /// The other actions on spans: each span is taken through all of them.
    pub in_turn: Vec<Action>,
    /// Keys of span attributes that actions and conditions name: the declared keys.
    pub span_keys: Vec<String>,
    /// The same of resource attributes.
    pub resource_keys: Vec<String>,
    pub constants: Vec<Json>,
    pub needs: Needs,
}

/// What of a span is read, beyond whether it has the keys.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    pub values: bool,
    pub rows: bool,
    pub name: bool,
    pub kind: bool,
    pub status: bool,
    pub duration: bool,
    pub scope: bool,
    pub resource: bool,
}

/// One thing to do, where conditions hold.
#[derive(Debug)]
pub(crate) struct Action {
    pub when: Vec<Condition>,
    pub what: What,
}

#[derive(Debug)]
pub(crate) enum What {
    Insert(Cell, Supply),
    Update(Cell, Supply),
    Upsert(Cell, Supply),
    Delete(Cell),
    Rename { from: Cell, to: Cell },
    SetName(Vec<Piece>),
}

/// Where the value of an action comes from.
#[derive(Debug)]
pub(crate) enum Supply {
    /// A constant, by its number.
    Constant(usize),
    Place(Place),
    Template(Vec<Piece>),
}

/// A part of a template.
#[derive(Debug)]
pub(crate) enum Piece {
    Text(String),
    Place(Place, Option<String>),
}

/// [`Source`], with keys by number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// An attribute of what the action is on.
    Attribute(Cell),
    /// An attribute of the span's resource.
    Resource(Cell),
    ScopeName,
    ScopeVersion,
    Name,
    Kind,
    Status,
    DurationMs,
}

#[derive(Debug)]
pub(crate) enum Condition {
    /// Bit `kind` is set.
    Kind(u8),
    /// Bit `status` is set.
    Status(u8),
    Name(Glob),
    Scope(Glob),
    Attribute(Cell, Test),
    /// Of an attribute of the resource.
    Resource(Cell, Test),
}

#[derive(Debug)]
pub(crate) enum Test {
    Present,
    Absent,
    Equals(Json),
    Glob(Glob),
}

impl Plan {
    /// Makes the plan, or says what in the configuration is wrong.
    pub(crate) fn new(config: &Config) -> Result<Self, ConfigError> {
        let mut plan = Plan::all_in_turn(config)?;
        (plan.alone, plan.in_turn) = order::split(plan.in_turn);
        Ok(plan)
    }

    /// The plan with all actions on spans in turn: slower, and plainly in the order of the configuration.
    pub(crate) fn all_in_turn(config: &Config) -> Result<Self, ConfigError> {
        let mut plan = Plan::default();
        for (index, action) in config.actions.iter().enumerate() {
            plan.add(action).map_err(|error| error.within(&format!("actions[{index}]")))?;
        }
        Ok(plan)
    }

    /// Asks the host for what the plan needs. Cell `i` of a span is slot `i`.
    pub(crate) fn ask(&self, setup: &mut Setup) {
        for key in &self.span_keys {
            setup.key(key);
        }
        setup.read(&[Column::SpanAttributes, Column::ResourceAttributes, Column::TextEnd]);
        let needs = &self.needs;
        let wanted: [(bool, &[Column]); 8] = [
            (needs.values || !self.resource_keys.is_empty(), ROWS),
            (needs.rows, &[Column::RowKey]),
            (needs.name, &[Column::SpanName, Column::Texts]),
            (needs.kind, &[Column::SpanKind]),
            (needs.status, &[Column::SpanStatus]),
            (needs.duration, &[Column::SpanStart, Column::SpanEnd]),
            (needs.scope, &[Column::SpanScope, Column::ScopeName, Column::ScopeVersion, Column::Texts]),
            (needs.resource, &[Column::SpanScope, Column::ScopeResource]),
        ];
        wanted.iter().filter(|(needed, _)| *needed).for_each(|(_, columns)| setup.read(columns));
    }

    fn add(&mut self, config: &ActionConfig) -> Result<(), ConfigError> {
        let names = [
            ("insert", config.insert.is_some()),
            ("update", config.update.is_some()),
            ("upsert", config.upsert.is_some()),
            ("delete", config.delete.is_some()),
            ("rename", config.rename.is_some()),
            ("copy", config.copy.is_some()),
            ("template", config.template.is_some()),
            ("set_name", config.set_name.is_some()),
        ];
        let given: Vec<&str> = names.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
        let [name] = given[..] else {
            let all = names.map(|(name, _)| name).join(", ");
            let found = if given.is_empty() { "none".to_owned() } else { given.join(" and ") };
            return Err(format!("expected exactly one of {all}; found {found}").into());
        };
        let (on, what) = self.what(config).map_err(|error| error.within(name))?;
        let when = match &config.when {
            Some(when) => self.when(when, on).map_err(|error| error.within("when"))?,
            None => Vec::new(),
        };
        let actions = if on == On::Span { &mut self.in_turn } else { &mut self.on_resources };
        actions.push(Action { when, what });
        Ok(())
    }

    fn what(&mut self, config: &ActionConfig) -> Result<(On, What), ConfigError> {
        if let Some(put) = &config.insert {
            return Ok((put.on, What::Insert(self.cell(put.on, "key", &put.key)?, self.value(put)?)));
        }
        if let Some(put) = &config.update {
            return Ok((put.on, What::Update(self.cell(put.on, "key", &put.key)?, self.value(put)?)));
        }
        if let Some(put) = &config.upsert {
            return Ok((put.on, What::Upsert(self.cell(put.on, "key", &put.key)?, self.value(put)?)));
        }
        if let Some(delete) = &config.delete {
            self.needs.rows = true;
            return Ok((delete.on, What::Delete(self.cell(delete.on, "key", &delete.key)?)));
        }
        if let Some(names) = &config.rename {
            self.needs.rows = true;
            let (from, to) = (self.cell(names.on, "from", &names.from)?, self.cell(names.on, "to", &names.to)?);
            return Ok((names.on, What::Rename { from, to }));
        }
        if let Some(names) = &config.copy {
            let from = Supply::Place(self.place(names.on, &names.from).map_err(|error| ConfigError::at("from", error))?);
            return Ok((names.on, What::Upsert(self.cell(names.on, "to", &names.to)?, from)));
        }
        if let Some(template) = &config.template {
            let pieces = self.pieces(template.on, &template.text).map_err(|error| ConfigError::at("text", error))?;
            return Ok((template.on, What::Upsert(self.cell(template.on, "key", &template.key)?, Supply::Template(pieces))));
        }
        let template = config.set_name.as_deref().unwrap_or_default();
        Ok((On::Span, What::SetName(self.pieces(On::Span, template)?)))
    }

    fn value(&mut self, put: &Put) -> Result<Supply, ConfigError> {
        match (&put.value, &put.from) {
            (Some(value), None) => {
                self.constants.push(value.clone());
                Ok(Supply::Constant(self.constants.len() - 1))
            }
            (None, Some(from)) => Ok(Supply::Place(self.place(put.on, from).map_err(|error| ConfigError::at("from", error))?)),
            (None, None) => Err("expected either `value` or `from`, found neither".into()),
            (Some(_), Some(_)) => Err("expected either `value` or `from`, found both".into()),
        }
    }

    fn pieces(&mut self, on: On, template: &str) -> Result<Vec<Piece>, String> {
        parse_template(template)?
            .into_iter()
            .map(|part| match part {
                Part::Text(text) => Ok(Piece::Text(text)),
                Part::Source(source, default) => Ok(Piece::Place(self.place_of(on, source)?, default)),
            })
            .collect()
    }

    fn place(&mut self, on: On, source: &str) -> Result<Place, String> {
        self.place_of(on, Source::parse(source)?)
    }

    fn place_of(&mut self, on: On, source: Source) -> Result<Place, String> {
        let needs = &mut self.needs;
        Ok(match (source, on) {
            (Source::Attribute(key), _) => {
                needs.values = true;
                Place::Attribute(self.number(on, &key))
            }
            // On a resource, its own attributes are meant either way.
            (Source::Resource(key), On::Resource) => Place::Attribute(self.number(On::Resource, &key)),
            (Source::Resource(key), On::Span) => {
                needs.resource = true;
                Place::Resource(self.number(On::Resource, &key))
            }
            (_, On::Resource) => return Err("a resource takes values only from its own attributes".into()),
            (Source::ScopeName, _) => {
                needs.scope = true;
                Place::ScopeName
            }
            (Source::ScopeVersion, _) => {
                needs.scope = true;
                Place::ScopeVersion
            }
            (Source::Name, _) => {
                needs.name = true;
                Place::Name
            }
            (Source::Kind, _) => {
                needs.kind = true;
                Place::Kind
            }
            (Source::Status, _) => {
                needs.status = true;
                Place::Status
            }
            (Source::DurationMs, _) => {
                needs.duration = true;
                Place::DurationMs
            }
        })
    }

    fn when(&mut self, when: &When, on: On) -> Result<Vec<Condition>, ConfigError> {
        let mut out = Vec::new();
        if let Some(kinds) = &when.kind {
            self.needs.kind = true;
            out.push(Condition::Kind(kinds.as_slice().iter().fold(0, |bits, kind| bits | 1 << *kind as u8)));
        }
        if let Some(statuses) = &when.status {
            self.needs.status = true;
            out.push(Condition::Status(statuses.as_slice().iter().fold(0, |bits, status| bits | 1 << *status as u8)));
        }
        if let Some(pattern) = &when.name {
            self.needs.name = true;
            out.push(Condition::Name(Glob::new(pattern)));
        }
        if let Some(pattern) = &when.scope {
            self.needs.scope = true;
            out.push(Condition::Scope(Glob::new(pattern)));
        }
        let span = tests(&when.has, &when.lacks, &when.equals, &when.glob)?;
        if on == On::Resource && (!out.is_empty() || !span.is_empty()) {
            return Err("an action on resources can only depend on `resource`".into());
        }
        for (key, test) in span {
            self.needs.values |= !matches!(test, Test::Present | Test::Absent);
            out.push(Condition::Attribute(self.number(On::Span, key), test));
        }
        if let Some(resource) = &when.resource {
            let tests =
                tests(&resource.has, &resource.lacks, &resource.equals, &resource.glob).map_err(|error| error.within("resource"))?;
            for (key, test) in tests {
                let cell = self.number(On::Resource, key);
                self.needs.resource |= on == On::Span;
                out.push(if on == On::Span { Condition::Resource(cell, test) } else { Condition::Attribute(cell, test) });
            }
        }
        Ok(out)
    }

    /// The number of a key that something is put at.
    fn cell(&mut self, on: On, name: &str, key: &str) -> Result<Cell, ConfigError> {
        if key.is_empty() {
            return Err(ConfigError::at(name, "expected the key of an attribute, found nothing"));
        }
        Ok(self.number(on, key))
    }

    fn number(&mut self, on: On, key: &str) -> Cell {
        let keys = if on == On::Span { &mut self.span_keys } else { &mut self.resource_keys };
        keys.iter().position(|k| k == key).unwrap_or_else(|| {
            keys.push(key.to_owned());
            keys.len() - 1
        })
    }
}

type Keys = Option<OneOrMany<String>>;
type Map<T> = std::collections::BTreeMap<String, T>;

fn tests<'c>(has: &'c Keys, lacks: &'c Keys, equals: &'c Map<Json>, glob: &'c Map<String>) -> Result<Vec<(&'c str, Test)>, ConfigError> {
    let keys = |keys: &'c Keys| keys.iter().flat_map(|keys| keys.as_slice()).map(String::as_str);
    let mut out: Vec<(&str, Test)> = keys(has).map(|key| (key, Test::Present)).collect();
    out.extend(keys(lacks).map(|key| (key, Test::Absent)));
    for (key, value) in equals {
        if matches!(value, Json::Null | Json::Array(_) | Json::Object(_)) {
            return Err(ConfigError::at(format!("equals.{key}"), "expected a string, a number or a boolean"));
        }
        out.push((key, Test::Equals(value.clone())));
    }
    out.extend(glob.iter().map(|(key, pattern)| (key.as_str(), Test::Glob(Glob::new(pattern)))));
    Ok(out)
}
