"""Drops and keeps spans as their attributes say."""

from spansieve_plugin import Batch, Edits, Policy, Setup


class DropAndKeep(Policy[None]):
    def configure(self, config: None, setup: Setup) -> None:
        self.drop, self.keep = setup.key("drop"), setup.key("keep")
        setup.read()

    def process(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            if span[self.drop] is True:
                edits.drop(span)
            elif span[self.keep] is True:
                edits.keep(span)
