"""Declares two keys and adds up what they hold."""

from spansieve_plugin import Batch, Edits, Policy, Setup


class Interest(Policy[None]):
    def configure(self, config: None, setup: Setup) -> None:
        self.a, self.b = setup.key("a"), setup.key("b")
        setup.read("attributes")

    def process(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            a, b = span[self.a], span[self.b]
            match type(a) is int, type(b) is int:
                case True, True:
                    edits.upsert(span, "sum", a + b)
                case True, False:
                    edits.upsert(span, "missing", "b")
                case False, True:
                    edits.upsert(span, "missing", "a")
