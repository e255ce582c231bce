"""Asks for whole traces, and tells of each how large it is and why it is there."""

from spansieve_plugin import Batch, Edits, Policy, Setup


class Traces(Policy[None]):
    def configure(self, config: None, setup: Setup) -> None:
        setup.group_by_trace()

    def process(self, batch: Batch, edits: Edits) -> None:
        for trace in batch.traces():
            for first in trace.spans():
                edits.upsert(first, "spans", len(trace))
                edits.upsert(first, "reason", str(trace.reason))
                break
