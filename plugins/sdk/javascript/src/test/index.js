// Unit tests of policies, natively: documented in index.d.ts.

import { SPAN_KINDS, STATUSES, TRACE_REASONS } from "../layout.js";
import * as hosts from "../host.js";
import { Instance } from "../policy.js";
import { apply } from "./apply.js";
import { decode } from "./decode.js";
import { encode } from "./encode.js";
import { complete, plain } from "./model.js";

export { apply, complete, decode, encode };

export class TestPlugin {
  #instance;
  #tables;

  constructor(policy, config = null, { tables = {} } = {}) {
    this.log = [];
    this.counters = {};
    this.#tables = tables;
    this.#instance = new Instance(policy);
    this.setup = this.#hosted("", () => this.#instance.configure(JSON.stringify(config)));
  }

  run(batch) {
    const before = complete(batch);
    const { all, asked } = encode(before, this.setup);
    const blob = this.process(asked);
    const { batch: after, edits } = apply(all, blob);
    return outcome(after, edits, blob);
  }

  process(bytes) {
    return this.#hosted(arenaOf(bytes), () => this.#instance.process(bytes).slice());
  }

  save() {
    return this.#hosted("", () => this.#instance.save());
  }

  restore(state) {
    this.#hosted("", () => this.#instance.restore(typeof state === "string" ? new TextEncoder().encode(state) : state));
  }

  /** Calls with this plugin's host in place, and takes it away again. */
  #hosted(texts, call) {
    const before = hosts.use({
      log: (level, message) => this.log.push(`${level}: ${message}`),
      count: (name, delta) => {
        this.counters[name] = (this.counters[name] ?? 0) + delta;
      },
      table: (name) => {
        const table = Object.hasOwn(this.#tables, name) ? this.#tables[name] : null;
        return typeof table === "string" ? new TextEncoder().encode(table) : table;
      },
      texts: () => texts,
    });
    try {
      return call();
    } finally {
      hosts.use(before);
    }
  }
}

/** What the host's `texts` gives: the arena with U+0000 in the place of each separator. Blobs that are none give nothing. */
function arenaOf(bytes) {
  const count = bytes.length >= 48 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true) : 0;
  for (let entry = 48; entry < 48 + 12 * count && entry + 12 <= bytes.length; entry += 12) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + entry, 12);
    if (view.getUint32(0, true) !== 1) continue;
    const start = view.getUint32(4, true);
    const arena = bytes.slice(start, start + view.getUint32(8, true)).map((byte) => (byte === 0xff ? 0 : byte));
    return new TextDecoder().decode(arena);
  }
  return "";
}

function outcome(batch, edits, blob) {
  const object = (attributes) => Object.fromEntries(attributes.map(([key, value]) => [key, plain(value)]));
  const withObject = ({ attributes, ...rest }) => ({ ...rest, attributes: object(attributes) });
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const of = (what, index) => edits.some((edit) => edit[what] === index);
  return {
    spans: batch.spans.map((span, index) => ({
      ...withObject(span),
      traceId: hex(span.traceId),
      id: hex(span.id),
      parentId: span.parentId.some((byte) => byte !== 0) ? hex(span.parentId) : undefined,
      kind: SPAN_KINDS[span.kind],
      status: STATUSES[span.status],
      events: span.events.map(withObject),
      links: span.links.map((link) => ({ ...withObject(link), traceId: hex(link.traceId), spanId: hex(link.spanId) })),
      isDropped: of("drop", index),
      isKept: of("keep", index),
    })),
    scopes: batch.scopes.map(withObject),
    resources: batch.resources.map(withObject),
    traces: batch.traces?.map(({ spans, reason }) => ({ spans, reason: TRACE_REASONS[reason] })),
    edits,
    blob,
  };
}
