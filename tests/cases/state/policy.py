"""Numbers spans over all batches, across a change of the instance."""

import json

from spansieve_plugin import Batch, Edits, Policy


class State(Policy[None]):
    last = 0

    def process(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            self.last += 1
            edits.upsert(span, "n", self.last)

    def save(self) -> bytes:
        return str(self.last).encode()

    def restore(self, state: bytes) -> None:
        text = state.decode(errors="replace")
        if not (text.isascii() and text.isdigit()):
            raise ValueError(f"state: expected a number, found {json.dumps(text, ensure_ascii=False)}")
        self.last = int(text)
