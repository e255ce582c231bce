"""Copies each attribute by way of Python's own values."""

from spansieve_plugin import Batch, Edits, Policy


class ReadValues(Policy[None]):
    def process(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            for attribute in span.attributes.rows():
                edits.add(span, f"copy.{attribute.key}", attribute.value)
