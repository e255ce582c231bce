import { double } from "@spansieve/plugin";

/** Each span gets a map of all its fields. */
export function configure() {
  return {
    process(batch, edits) {
      for (const span of batch) edits.upsert(span, "seen", seen(batch, span));
    },
  };
}

function seen(batch, span) {
  const { scope, resource } = span;
  return {
    index: span.index,
    trace_id: span.traceId,
    id: span.id,
    parent_id: span.parentId ?? null,
    local_root: span.isLocalRoot,
    start: span.start,
    end: span.end,
    duration: span.duration,
    name: span.name,
    kind: span.kind,
    status: span.status,
    message: span.message ?? null,
    tracestate: span.tracestate ?? null,
    flags: span.flags,
    sampled: span.isSampled,
    dropped: [span.droppedAttributes, span.droppedEvents, span.droppedLinks],
    events: span.events().map((event) => ({
      name: event.name,
      time: event.time,
      dropped: event.droppedAttributes,
      attributes: event.attributeCount,
    })),
    links: span.links().map((link) => ({
      trace_id: link.traceId,
      span_id: link.spanId,
      tracestate: link.tracestate ?? null,
      flags: link.flags,
      dropped: link.droppedAttributes,
      attributes: link.attributeCount,
    })),
    scope: {
      name: scope.name,
      version: scope.version ?? null,
      schema_url: scope.schemaUrl ?? null,
      dropped: scope.droppedAttributes,
      attributes: scope.attributeCount,
    },
    resource: {
      schema_url: resource.schemaUrl ?? null,
      dropped: resource.droppedAttributes,
      attributes: resource.attributeCount,
    },
    now: batch.now,
    head_probability: batch.headProbability === undefined ? null : double(batch.headProbability),
  };
}
