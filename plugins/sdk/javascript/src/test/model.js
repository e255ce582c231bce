// A batch as plain data: what tests write, with everything that is left out filled in.

import { FLAG_HAS_IS_REMOTE, FLAG_IS_REMOTE, FLAG_SAMPLED, SPAN_KINDS, STATUSES, TRACE_REASONS } from "../layout.js";
import { Double, found } from "../value.js";

const START = 1_700_000_000_000_000_000n;

/** Completes a batch, a list of spans, or one span. Unknown fields are errors, so that a misspelt one is noticed. */
export function complete(given) {
  if (Array.isArray(given)) given = { spans: given };
  else if (given.spans === undefined && given.resources === undefined && given.scopes === undefined) given = { spans: [given] };
  only("batch", given, ["spans", "scopes", "resources", "traces", "now", "headProbability", "looseTexts"]);
  const batch = {
    resources: (given.resources ?? [{}]).map(resource),
    scopes: (given.scopes ?? [{ name: "test" }]).map(scope),
    spans: (given.spans ?? []).map(span),
    traces: given.traces?.map(trace),
    now: BigInt(given.now ?? START),
    headProbability: given.headProbability,
    looseTexts: given.looseTexts ?? [],
  };
  if (batch.traces !== undefined) {
    const count = batch.traces.reduce((sum, { spans }) => sum + spans, 0);
    if (count !== batch.spans.length) throw new Error(`the traces hold ${count} spans, the batch has ${batch.spans.length}`);
  }
  return batch;
}

/** Attributes as they were written: `[key, value]`, in order. */
export function entries(attributes = {}) {
  if (Array.isArray(attributes)) return attributes;
  return attributes instanceof Map ? [...attributes] : Object.entries(attributes);
}

function span(given, index) {
  only("span", given, ["name", "kind", "status", "message", "tracestate", "traceId", "id", "parentId", "hasRemoteParent", "start", "end", "milliseconds", "isSampled"]
    .concat(["flags", "attributes", "events", "links", "scope", "droppedAttributes", "droppedEvents", "droppedLinks"]));
  const start = BigInt(given.start ?? START);
  const flags = (given.isSampled === false ? 0 : FLAG_SAMPLED) | FLAG_HAS_IS_REMOTE | (given.hasRemoteParent ? FLAG_IS_REMOTE : 0);
  return {
    traceId: id(given.traceId ?? "74726163652d69642d74726163652d31", 16),
    id: id(given.id ?? (index + 1).toString(16).padStart(16, "0"), 8),
    parentId: id(given.parentId ?? (given.hasRemoteParent ? "ff" : "00").repeat(8), 8),
    start,
    end: BigInt(given.end ?? start + BigInt(Math.round((given.milliseconds ?? 1) * 1e6))),
    name: given.name ?? "",
    kind: code(SPAN_KINDS, given.kind ?? "internal", "kind"),
    status: code(STATUSES, given.status ?? "unset", "status"),
    message: given.message,
    tracestate: given.tracestate,
    flags: given.flags ?? flags,
    scope: given.scope ?? 0,
    attributes: entries(given.attributes),
    events: (given.events ?? []).map(event),
    links: (given.links ?? []).map(link),
    droppedAttributes: given.droppedAttributes ?? 0,
    droppedEvents: given.droppedEvents ?? 0,
    droppedLinks: given.droppedLinks ?? 0,
  };
}

function event(given) {
  only("event", given, ["name", "time", "attributes", "droppedAttributes"]);
  return {
    name: given.name ?? "",
    time: BigInt(given.time ?? START),
    attributes: entries(given.attributes),
    droppedAttributes: given.droppedAttributes ?? 0,
  };
}

function link(given) {
  only("link", given, ["traceId", "spanId", "tracestate", "flags", "attributes", "droppedAttributes"]);
  return {
    traceId: id(given.traceId ?? "74726163652d69642d74726163652d32", 16),
    spanId: id(given.spanId ?? "7370616e2d696432", 8),
    tracestate: given.tracestate,
    flags: given.flags ?? FLAG_SAMPLED,
    attributes: entries(given.attributes),
    droppedAttributes: given.droppedAttributes ?? 0,
  };
}

function scope(given) {
  only("scope", given, ["name", "version", "schemaUrl", "attributes", "resource", "droppedAttributes"]);
  return {
    name: given.name ?? "",
    version: given.version,
    schemaUrl: given.schemaUrl,
    attributes: entries(given.attributes),
    resource: given.resource ?? 0,
    droppedAttributes: given.droppedAttributes ?? 0,
  };
}

function resource(given) {
  only("resource", given, ["schemaUrl", "attributes", "droppedAttributes"]);
  return { schemaUrl: given.schemaUrl, attributes: entries(given.attributes), droppedAttributes: given.droppedAttributes ?? 0 };
}

function trace(given) {
  only("trace", given, ["spans", "reason"]);
  return { spans: given.spans, reason: code(TRACE_REASONS, given.reason ?? "root-ended", "reason") };
}

function only(what, given, known) {
  if (typeof given !== "object" || given === null) throw new TypeError(`expected a ${what} as an object, found ${found(given)}`);
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new TypeError(`a ${what} has no \`${unknown}\`; it has ${known.join(", ")}`);
}

function code(names, name, what) {
  const index = names.indexOf(name);
  if (index < 0) throw new TypeError(`expected a ${what} (${names.join(", ")}), found ${found(name)}`);
  return index;
}

function id(digits, size) {
  const bytes = typeof digits === "string" ? Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)) : digits;
  if (bytes?.length !== size) throw new TypeError(`expected an id of ${2 * size} hexadecimal digits, found ${found(digits)}`);
  return bytes;
}

/** A value without what keeps it exact: for comparing in a test. Maps become objects, and a double is a number. */
export function plain(value) {
  if (value instanceof Double) return value.value;
  if (Array.isArray(value)) return value.map(plain);
  return value instanceof Map ? Object.fromEntries([...value].map(([key, item]) => [key, plain(item)])) : value;
}
