//! Hostile guests: each file in `tests/hostile` does one thing that no guest should, and says in its header what has to come of it.
//!
//! The header is the lines that start with `;;`. The first says in a sentence what the guest does; others are explanations or one of these:
//!
//! | line | |
//! |---|---|
//! | `;; fails: TEXT` | it is loaded, fails on every batch, and the log says so with this text; ` ... ` stands for anything |
//! | `;; refused: TEXT` | it is not loaded, and the message contains the text |
//! | `;; survives` | it is loaded, does not fail, and leaves the spans as they are |
//! | `;; weak: WHY` | the host does not do that yet. The check has to fail, so that the line goes when the weakness does |
//! | `;; limits: deadline: 5ms` | limits in the policy, in YAML's flow style; a `deadline` is 10 s where there is none |
//! | `;; config: {a: 1}` | its configuration |
//! | `;; schema: {"type": "object"}` | a line of the JSON Schema that it gives |
//! | `;; logs: TEXT` | it logs a line that contains the text |
//! | `;; counts: NAME = 5` | its counter has this value in the end |
//! | `;; edits: COLUMN VALUES` | it answers each batch with these edits, see [`Edits`] |
//! | `;; patch: 16 = 999` | the four bytes at offset 16 of those edits are replaced |
//! | `;; wit: TEXT` | a line of the WIT package that it imports from besides the contract |
//! | `;; generate: NAME` | it is made, or a part of it, by the function of that name, see `generate.rs` |
//!
//! Exactly one line says what has to come of it. Behind the header are fields of a core module, which is completed with everything that the
//! file does not have itself (see `module.rs`), or a whole `(module` or `(component`.

mod case;
mod edits;
mod generate;
mod module;
mod run;

pub use case::{Case, Expectation, Text};
pub use edits::Edits;
pub use run::check;
