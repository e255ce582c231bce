"""Adds an attribute to every span. Also measured."""

from spansieve_plugin import Batch, Edits, Policy, Setup


class CostEvery(Policy[None]):
    def configure(self, config: None, setup: Setup) -> None:
        setup.read("add")

    def process(self, batch: Batch, edits: Edits) -> None:
        edits.add_to_spans(None, "team", "payments")
