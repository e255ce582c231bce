"""Tells each span how many there are."""

from spansieve_plugin import Batch, Column, Edits, Policy, Setup


class Sizes(Policy[None]):
    def configure(self, config: None, setup: Setup) -> None:
        # Not the texts: a batch of 50,000 spans, twice, is more than an instance has memory.
        setup.read_columns(Column.SPAN_ATTRIBUTES)

    def process(self, batch: Batch, edits: Edits) -> None:
        edits.add_to_spans(None, "n", len(batch))
