"""Reads every field of a span into a map."""

from spansieve_plugin import Batch, Edits, NewValue, Policy


class ReadFields(Policy[None]):
    def process(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            scope, resource = span.scope, span.resource
            seen: NewValue = {
                "index": span.index,
                "trace_id": span.trace_id.hex(),
                "id": span.id.hex(),
                "parent_id": span.parent_id.hex() if span.parent_id else None,
                "local_root": span.is_local_root,
                "start": span.start,
                "end": span.end,
                "duration": span.duration,
                "name": span.name,
                "kind": str(span.kind),
                "status": str(span.status),
                "message": span.message,
                "tracestate": span.tracestate,
                "flags": span.flags,
                "sampled": span.is_sampled,
                "dropped": span.dropped,
                "events": [
                    {"name": event.name, "time": event.time, "dropped": event.dropped, "attributes": len(event.attributes)} for event in span.events
                ],
                "links": [
                    {
                        "trace_id": link.trace_id.hex(),
                        "span_id": link.span_id.hex(),
                        "tracestate": link.tracestate,
                        "flags": link.flags,
                        "dropped": link.dropped,
                        "attributes": len(link.attributes),
                    }
                    for link in span.links
                ],
                "scope": {
                    "name": scope.name,
                    "version": scope.version,
                    "schema_url": scope.schema_url,
                    "dropped": scope.dropped,
                    "attributes": len(scope.attributes),
                },
                "resource": {"schema_url": resource.schema_url, "dropped": resource.dropped, "attributes": len(resource.attributes)},
                "now": batch.now,
                "head_probability": batch.head_probability,
            }
            edits.upsert(span, "seen", seen)
