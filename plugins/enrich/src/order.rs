//! Which actions have to do with one another.
//!
//! An action that neither reads nor writes what another writes can be done to all spans of a batch at once, straight from the columns, which is several
//! times faster than taking each span through all actions.

use crate::plan::{Action, Cell, Condition, Piece, Place, Supply, What};

/// Stands for the span's name among the cells.
const NAME: Cell = Cell::MAX;

/// Splits actions on spans into those that stand alone and those that have to be done in turn.
pub(crate) fn split(actions: Vec<Action>) -> (Vec<Action>, Vec<Action>) {
    let touched: Vec<Touched> = actions.iter().map(Touched::by).collect();
    let stands_alone = |index: usize| {
        let mut others = touched.iter().enumerate().filter(|(other, _)| *other != index);
        !matches!(actions[index].what, What::Rename { .. }) && !others.any(|(_, other)| touched[index].concerns(other))
    };
    let alone: Vec<bool> = (0..actions.len()).map(stands_alone).collect();
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for (action, alone) in actions.into_iter().zip(alone) {
        if alone { first.push(action) } else { second.push(action) }
    }
    (first, second)
}

/// Cells that an action reads, and those that it writes.
#[derive(Default)]
struct Touched {
    read: Vec<Cell>,
    written: Vec<Cell>,
}

impl Touched {
    fn by(action: &Action) -> Self {
        let mut touched = Touched::default();
        for condition in &action.when {
            match condition {
                Condition::Attribute(cell, _) => touched.read.push(*cell),
                Condition::Name(_) => touched.read.push(NAME),
                Condition::Kind(_) | Condition::Status(_) | Condition::Scope(_) | Condition::Resource(..) => {}
            }
        }
        match &action.what {
            What::Insert(cell, supply) | What::Update(cell, supply) | What::Upsert(cell, supply) => {
                touched.written.push(*cell);
                match supply {
                    Supply::Constant(_) => {}
                    Supply::Place(place) => touched.place(place),
                    Supply::Template(pieces) => touched.pieces(pieces),
                }
            }
            What::Delete(cell) => touched.written.push(*cell),
            What::Rename { from, to } => touched.written.extend([*from, *to]),
            What::SetName(pieces) => {
                touched.written.push(NAME);
                touched.pieces(pieces);
            }
        }
        touched
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            if let Piece::Place(place, _) = piece {
                self.place(place);
            }
        }
    }

    fn place(&mut self, place: &Place) {
        match place {
            Place::Attribute(cell) => self.read.push(*cell),
            Place::Name => self.read.push(NAME),
            // Nothing on spans writes these.
            Place::Resource(_) | Place::ScopeName | Place::ScopeVersion | Place::Kind | Place::Status | Place::DurationMs => {}
        }
    }

    fn concerns(&self, other: &Touched) -> bool {
        let writes = |one: &Touched, cell: &Cell| one.written.contains(cell);
        self.written.iter().any(|cell| writes(other, cell) || other.read.contains(cell)) || self.read.iter().any(|cell| writes(other, cell))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};
    use spansieve_plugin::test::{Batch, Span, apply, batch, encode, span};
    use spansieve_plugin::{Edits, Setup, SpanKind};

    use crate::plan::Plan;
    use crate::run::Runner;

    /// The spans after the actions of a plan, their attributes by key.
    fn spans(plan: &Plan, given: &Batch) -> Vec<Span> {
        let mut setup = Setup::default();
        plan.ask(&mut setup);
        let blobs = encode(given, &setup);
        let view = spansieve_plugin::Batch::parse(&blobs.asked).unwrap();
        let (mut edits, mut out) = (Edits::default(), Vec::new());
        edits.begin(&view);
        Runner::default().run(plan, &view, &mut edits);
        edits.finish(&mut out);
        let (mut after, _) = apply(&blobs.all, &out);
        after.spans.iter_mut().for_each(|span| span.attributes.sort_by(|a, b| a.0.cmp(&b.0)));
        after.spans
    }

    #[test]
    fn actions_done_alone_do_the_same_as_all_in_turn() {
        let mut seed = 1u64;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        let key = |n: usize| format!("k{n}");
        let mut stood_alone = 0;
        for _ in 0..1_000 {
            let actions: Vec<Json> = (0..random(8))
                .map(|n| {
                    let (a, b) = (key(random(12)), key(random(12)));
                    let mut action = match random(8) {
                        0 => json!({"insert": {"key": a, "value": n}}),
                        1 => json!({"update": {"key": a, "value": [n, "x"]}}),
                        2 => json!({"upsert": {"key": a, "value": format!("v{n}")}}),
                        3 => json!({"delete": {"key": a}}),
                        4 => json!({"rename": {"from": a, "to": b}}),
                        5 => json!({"copy": {"from": a, "to": b}}),
                        6 => json!({"template": {"key": a, "text": format!("${{{b}}}-${{span:name}}")}}),
                        _ => json!({"set_name": format!("${{{a}:-none}}/{n}")}),
                    };
                    match random(6) {
                        0 => action["when"] = json!({"has": key(random(12))}),
                        1 => action["when"] = json!({"kind": "client"}),
                        2 => action["when"] = json!({"name": "s*"}),
                        _ => {}
                    }
                    action
                })
                .collect();
            let given = (0..4).fold(batch(), |batch, n| {
                let one = span("s").kind(if n % 2 == 0 { SpanKind::Client } else { SpanKind::Server });
                batch.span((0..12).filter(|_| random(3) == 0).fold(one, |span, k| span.attr(&key(k), "value")))
            });
            let config = serde_json::from_value(json!({"actions": actions})).unwrap();
            let (split, in_turn) = (Plan::new(&config).unwrap(), Plan::all_in_turn(&config).unwrap());
            stood_alone += split.alone.len();
            assert_eq!(spans(&split, &given), spans(&in_turn, &given), "{}", json!(actions));
        }
        assert!(stood_alone > 500, "{stood_alone} actions stood alone");
    }
}
