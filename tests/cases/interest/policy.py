"""Declares two keys and adds up what they hold."""

from spansieve_plugin import Batch, Edits, Policy, Setup


class Interest(Policy[None]):
    def configure(self, config: None, setup: Setup) -> None:
        self.a, self.b = setup.key("a"), setup.key("b")
        setup.read("attributes")

    def process(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            a, b = span[self.a], span[self.b]
            if type(a) is int and type(b) is int:
                edits.upsert(span, "sum", a + b)
            elif self.a in span and self.b not in span:
                edits.upsert(span, "missing", "b")
            elif self.b in span and self.a not in span:
                edits.upsert(span, "missing", "a")
