"""Adds an attribute to every span. Also measured."""

from spansieve_plugin import Batch, Edits, Policy, Setup


class CostEvery(Policy[None]):
    def configure(self, config: None, setup: Setup) -> None:
        setup.read("attributes")

    def process(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            edits.add(span, "team", "payments")
