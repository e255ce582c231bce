//! Doing the actions of a plan to a batch.

use serde_json::Value as Json;
use spansieve_plugin::{Batch, Column, Edits, Kind, NONE, TextId};

use crate::cells::{Cells, Value};
use crate::look::{AsTheyCame, Attributes, View};
use crate::plan::{Action, Plan, Supply, What};
use crate::work::Work;

/// What is kept from one batch to the next only to save memory being taken anew.
#[derive(Debug, Default)]
pub(crate) struct Runner {
    cells: Cells,
    resources: Vec<Option<Value>>,
    brought: Vec<Option<(Kind, u32)>>,
    key_texts: Vec<Option<u32>>,
    scratch: Vec<u8>,
}

impl Runner {
    /// Does all actions to all resources and spans.
    pub(crate) fn run(&mut self, plan: &Plan, batch: &Batch<'_>, edits: &mut Edits) {
        self.brought.clear();
        self.brought.resize(plan.constants.len(), None);
        self.resources.clear();
        if !plan.resource_keys.is_empty() {
            self.on_resources(plan, batch, edits);
        }
        if !batch.is_empty() {
            self.on_spans(plan, batch, edits);
        }
    }

    fn on_resources(&mut self, plan: &Plan, batch: &Batch<'_>, edits: &mut Edits) {
        self.key_texts.clear();
        self.key_texts.resize(plan.resource_keys.len(), None);
        let mut work = Work {
            batch,
            edits,
            constants: &plan.constants,
            brought: &mut self.brought,
            keys: &plan.resource_keys,
            key_texts: &mut self.key_texts,
            resources: &[],
            resource_keys: 0,
            scratch: &mut self.scratch,
        };
        for resource in batch.resources() {
            let attributes = resource.attributes();
            self.cells.begin(plan.resource_keys.iter().map(|key| attributes.find(key).map_or(NONE, |row| row.row())));
            for action in &plan.on_resources {
                let view = View { attributes: &self.cells, span: None, name: None };
                if work.hold(&view, &action.when) {
                    act(&mut work, &mut self.cells, None, &mut None, action);
                }
            }
            self.resources.extend((0..plan.resource_keys.len()).map(|cell| self.cells.get(cell)));
            self.cells.write(attributes.group(), &mut work);
        }
    }

    fn on_spans(&mut self, plan: &Plan, batch: &Batch<'_>, edits: &mut Edits) {
        self.key_texts.clear();
        self.key_texts.resize(plan.span_keys.len(), None);
        let mut work = Work {
            batch,
            edits,
            constants: &plan.constants,
            brought: &mut self.brought,
            keys: &plan.span_keys,
            key_texts: &mut self.key_texts,
            resources: &self.resources,
            resource_keys: plan.resource_keys.len(),
            scratch: &mut self.scratch,
        };
        for action in &plan.alone {
            act_alone(&mut work, action);
        }
        if plan.in_turn.is_empty() {
            return;
        }
        let declared = batch.columns().u32s(Column::Declared);
        let groups = batch.columns().u32s(Column::SpanAttributes);
        let (spans, keys) = (batch.len() as u32, plan.span_keys.len() as u32);
        for span in batch.spans() {
            let index = span.index();
            self.cells.begin((0..keys).map(|slot| declared.get(slot * spans + index).unwrap_or(NONE)));
            let mut name = None;
            for action in &plan.in_turn {
                let view = View { attributes: &self.cells, span: Some(span), name };
                if work.hold(&view, &action.when) {
                    act(&mut work, &mut self.cells, Some(span), &mut name, action);
                }
            }
            if let Some(name) = name {
                work.edits.set_name(&span, name);
            }
            self.cells.write(groups.get(index).unwrap_or(NONE), &mut work);
        }
    }
}

/// Does one action to one span or resource, whose attributes stand in `cells`.
fn act(work: &mut Work<'_>, cells: &mut Cells, span: Option<spansieve_plugin::Span<'_>>, name: &mut Option<TextId>, action: &Action) {
    let view = View { attributes: &*cells, span, name: *name };
    let (cell, value) = match &action.what {
        What::Insert(cell, supply) if cells.get(*cell).is_none() => (*cell, work.supply(&view, supply)),
        What::Update(cell, supply) if cells.get(*cell).is_some() => (*cell, work.supply(&view, supply)),
        What::Upsert(cell, supply) => (*cell, work.supply(&view, supply)),
        What::Insert(..) | What::Update(..) => return,
        What::Delete(cell) => return cells.delete(*cell),
        What::Rename { from, to } => return cells.rename(*from, *to),
        What::SetName(pieces) => {
            *name = work.put_together(&view, pieces).or(*name);
            return;
        }
    };
    if let Some(value) = value {
        cells.set(cell, value);
    }
}

/// Does one action to all spans, straight from the columns: nothing that it reads is written by another action, nor the other way round.
fn act_alone(work: &mut Work<'_>, action: &Action) {
    if action.when.is_empty()
        && let What::Insert(cell, Supply::Constant(number)) | What::Upsert(cell, Supply::Constant(number)) = action.what
        && !matches!(work.constants[number], Json::Array(_) | Json::Object(_))
    {
        let update = matches!(action.what, What::Upsert(..));
        return put_constant(work, cell, Value::Constant(number), update);
    }
    let batch = work.batch;
    let groups = batch.columns().u32s(Column::SpanAttributes);
    let mut attributes = AsTheyCame { declared: batch.columns().u32s(Column::Declared), spans: batch.len() as u32, index: 0 };
    for span in batch.spans() {
        attributes.index = span.index();
        let view = View { attributes: &attributes, span: Some(span), name: None };
        if !work.hold(&view, &action.when) {
            continue;
        }
        let group = || groups.get(span.index()).unwrap_or(NONE);
        match &action.what {
            What::Insert(cell, supply) | What::Update(cell, supply) | What::Upsert(cell, supply) => {
                let row = attributes.row(*cell);
                let skip = match action.what {
                    What::Insert(..) => row != NONE,
                    What::Update(..) => row == NONE,
                    _ => false,
                };
                if skip {
                    continue;
                }
                match work.supply(&view, supply) {
                    Some(value) if row == NONE => work.add(group(), *cell, value),
                    Some(value) => work.set(row, value),
                    None => {}
                }
            }
            What::Delete(cell) => {
                let row = attributes.row(*cell);
                if row != NONE {
                    work.remove(row);
                    work.remove_duplicates(row, group());
                }
            }
            What::Rename { .. } => {}
            What::SetName(pieces) => {
                if let Some(name) = work.put_together(&view, pieces) {
                    work.edits.set_name(&span, name);
                }
            }
        }
    }
}

/// Puts the same value, which is not nested, at the same key of all spans.
fn put_constant(work: &mut Work<'_>, cell: usize, value: Value, update: bool) {
    let (key, (kind, value)) = (work.key(cell), work.raw(value));
    let spans = work.batch.len();
    let rows = work.batch.columns().u32s(Column::Declared).iter().skip(cell * spans).take(spans);
    for (row, group) in rows.zip(work.batch.columns().u32s(Column::SpanAttributes).iter()) {
        if row == NONE {
            work.edits.add_raw(group, key, kind, value);
        } else if update {
            work.edits.set_raw(row, kind, value);
        }
    }
}
