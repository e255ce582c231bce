// From a batch blob to plain data, read through the views that policies use.

import { Batch } from "../batch.js";
import { NONE, SPAN_KINDS, STATUSES, TRACE_REASONS } from "../layout.js";

/** Decodes a batch that has every column, to what `complete` gives. Values are exact. */
export function decode(blob) {
  const batch = new Batch().begin(blob);
  const rows = (of) => of.attributes().map((attribute) => [attribute.key, attribute.exactValue]);
  const dropped = (of) => of.droppedAttributes;
  return {
    resources: batch.resources().map((resource) => ({
      schemaUrl: resource.schemaUrl,
      attributes: rows(resource),
      droppedAttributes: dropped(resource),
    })),
    scopes: batch.scopes().map((scope) => ({
      name: scope.name,
      version: scope.version,
      schemaUrl: scope.schemaUrl,
      attributes: rows(scope),
      resource: scope.resource.index,
      droppedAttributes: dropped(scope),
    })),
    spans: batch.spans().map((span) => ({
      traceId: span.traceIdBytes.slice(),
      id: span.idBytes.slice(),
      parentId: batch.column("span-parent-id").slice(8 * span.index, 8 * span.index + 8),
      start: span.start,
      end: span.end,
      name: span.name,
      kind: SPAN_KINDS.indexOf(span.kind),
      status: STATUSES.indexOf(span.status),
      message: span.message,
      tracestate: span.tracestate,
      flags: span.flags,
      scope: span.scope.index,
      attributes: rows(span),
      events: span.events().map((event) => ({ name: event.name, time: event.time, attributes: rows(event), droppedAttributes: dropped(event) })),
      links: span.links().map((link) => ({
        traceId: batch.column("link-trace-id").slice(16 * link.index, 16 * link.index + 16),
        spanId: batch.column("link-span-id").slice(8 * link.index, 8 * link.index + 8),
        tracestate: link.tracestate,
        flags: link.flags,
        attributes: rows(link),
        droppedAttributes: dropped(link),
      })),
      droppedAttributes: span.droppedAttributes,
      droppedEvents: span.droppedEvents,
      droppedLinks: span.droppedLinks,
    })),
    traces: batch.isGrouped ? batch.traces().map((trace) => ({ spans: trace.length, reason: TRACE_REASONS.indexOf(trace.reason) })) : undefined,
    now: batch.now,
    headProbability: batch.headProbability,
    looseTexts: looseTexts(batch),
  };
}

/** Columns whose elements are texts. */
const TEXT_COLUMNS = ["keys", "span-name", "span-message", "span-tracestate", "event-name", "link-tracestate"].concat([
  "scope-name",
  "scope-version",
  "scope-schema-url",
  "resource-schema-url",
]);

/** Texts that nothing names. */
function looseTexts(batch) {
  const named = new Set(TEXT_COLUMNS.flatMap((column) => [...batch.column(column)]));
  named.delete(NONE);
  const values = batch.column("row-value");
  batch.column("row-kind").forEach((kind, row) => kind === 1 && named.add(values[row]));
  return batch.texts().filter((text) => !named.has(text.index)).map(String);
}
