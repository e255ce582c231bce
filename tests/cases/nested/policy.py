"""Writes a value with values in it."""

from spansieve_plugin import Batch, Edits, NewValue, Policy

NESTED: NewValue = {"a": [1, {"b": []}, None, b"\x00\xff"], "c": {}, "": "empty key", "d": 2.5, "e": False}


class Nested(Policy[None]):
    def process(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            edits.upsert(span, "nested", NESTED)
