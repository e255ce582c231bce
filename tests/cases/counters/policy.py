"""Counts spans and errors."""

from spansieve_plugin import Batch, Edits, Policy, Status, count


class Counters(Policy[None]):
    def process(self, batch: Batch, edits: Edits) -> None:
        count("spans", len(batch))
        count("errors", sum(span.status == Status.ERROR for span in batch.spans()))
