"""Adds one to each integer, wrapping around."""

from spansieve_plugin import Batch, Edits, Policy

LARGEST, SMALLEST = 2**63 - 1, -(2**63)


class BigIntegers(Policy[None]):
    def process(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            for attribute in span.attributes.rows():
                value = attribute.value
                if isinstance(value, int) and not isinstance(value, bool):
                    edits.set(attribute, SMALLEST if value == LARGEST else value + 1)
