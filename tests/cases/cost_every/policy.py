"""Adds an attribute to every span. Also measured."""

from spansieve_plugin import Batch, Column, Edits, Policy, Setup


class CostEvery(Policy[None]):
    def configure(self, config: None, setup: Setup) -> None:
        # To add attributes nothing has to be read but where they stand.
        setup.read_columns(Column.SPAN_ATTRIBUTES)

    def process(self, batch: Batch, edits: Edits) -> None:
        edits.add_to_spans(None, "team", "payments")
