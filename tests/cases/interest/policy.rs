//! Asks for two keys and the attributes, and is given nothing else.

use spansieve_plugin::{Batch, ConfigError, Edits, Part, Policy, Setup, Slot};

use crate::Config;

pub struct Interest {
    a: Slot,
    b: Slot,
}

impl Policy for Interest {
    type Config = Config;
    const NAME: &'static str = "interest";
    const ABOUT: &'static str = "Adds two declared attributes up";

    fn configure(_: Config, setup: &mut Setup) -> Result<Self, ConfigError> {
        setup.read(&[Part::Attributes]);
        Ok(Interest { a: setup.key("a"), b: setup.key("b") })
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        for span in batch.spans() {
            let int = |slot| span.attribute(slot).and_then(|attribute| attribute.value().as_int());
            match (int(self.a), int(self.b)) {
                (Some(a), Some(b)) => edits.upsert(&span, "sum", a + b),
                (Some(_), None) => edits.upsert(&span, "missing", "b"),
                (None, Some(_)) => edits.upsert(&span, "missing", "a"),
                (None, None) => {}
            }
        }
    }
}
