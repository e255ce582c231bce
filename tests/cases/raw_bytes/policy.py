"""Reverses bytes, and puts 0xFF behind them."""

from spansieve_plugin import Batch, Edits, Policy


class RawBytes(Policy[None]):
    def process(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            for attribute in span.attributes.rows():
                value = attribute.value
                if isinstance(value, bytes):
                    edits.set(attribute, value[::-1] + b"\xff")
