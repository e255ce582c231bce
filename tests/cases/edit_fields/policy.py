"""Sets or clears every field that edits can set."""

from spansieve_plugin import Batch, Edits, Policy, Setup, SpanKind, Status


class EditFields(Policy[str]):
    def configure(self, config: str, setup: Setup) -> None:
        self.change = {"set": self.set, "clear": self.clear}[config]

    def process(self, batch: Batch, edits: Edits) -> None:
        self.change(batch, edits)

    def set(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            edits.set_name(span, span.name + "!")
            edits.set_message(span, (span.message or "") + "!")
            edits.set_tracestate(span, "a=b")
            edits.set_status(span, Status.OK if span.status == Status.ERROR else Status.ERROR)
            edits.set_kind(span, SpanKind.CLIENT)
        for event in batch.events():
            edits.set_name(event, event.name + "!")
        for link in batch.links():
            edits.set_tracestate(link, "c=d")
        for scope in batch.scopes():
            edits.set_name(scope, scope.name + "!")
            edits.set_version(scope, "2")
            edits.set_schema_url(scope, "urn:scope")
        for resource in batch.resources():
            edits.set_schema_url(resource, "urn:resource")

    def clear(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            edits.set_message(span, None)
            edits.set_tracestate(span, None)
        for link in batch.links():
            edits.set_tracestate(link, None)
        for scope in batch.scopes():
            edits.set_version(scope, None)
            edits.set_schema_url(scope, None)
        for resource in batch.resources():
            edits.set_schema_url(resource, None)
