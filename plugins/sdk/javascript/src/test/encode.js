// From plain data to a batch blob, as the host does it.

import { Writer } from "../blob.js";
import { BATCH_COLUMNS, COLUMNS, COLUMN_OF_ID, KIND, NONE } from "../layout.js";
import { Double, found, isInteger } from "../value.js";

/**
 * Encodes a batch that `complete` gave, with every column, and with those that were asked for.
 * @param {ReturnType<import("./model.js").complete>} batch
 * @param {{ keys: string[], columns: number[] }} setup
 */
export function encode(batch, setup = { keys: [], columns: [] }) {
  const encoder = new Encoder();
  encoder.batch(batch, setup.keys);
  const header = {
    ascii: encoder.isAscii,
    grouped: batch.traces !== undefined,
    spans: batch.spans.length,
    now: batch.now,
    headProbability: batch.headProbability ?? Number.NaN,
  };
  const write = (ids) => {
    const writer = new Writer();
    for (const id of ids) writer.column(COLUMN_OF_ID[id].name, encoder.column(COLUMN_OF_ID[id]));
    return writer.batch(header);
  };
  return { all: write(BATCH_COLUMNS), asked: write(setup.columns.length === 0 ? BATCH_COLUMNS : setup.columns) };
}

class Encoder {
  #columns = Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, []]));
  #texts = new Map();
  #keys = new Map();
  #groups = 0;
  #firstRows = [];
  isAscii = true;

  column({ name, view: View }) {
    return View.from(this.#columns[name]);
  }

  batch(batch, declared) {
    // Keys first, as the host orders texts.
    for (const span of batch.spans) for (const [key] of span.attributes) this.#key(key);
    for (const span of batch.spans) this.#span(span);
    for (const scope of batch.scopes) this.#scope(scope);
    for (const resource of batch.resources) {
      this.#put("resource-attributes", this.#group(resource.attributes));
      this.#putText("resource-schema-url", resource.schemaUrl);
      this.#put("resource-dropped-attributes", resource.droppedAttributes);
    }
    let end = 0;
    for (const trace of batch.traces ?? []) {
      this.#put("trace-end", (end += trace.spans));
      this.#put("trace-reason", trace.reason);
    }
    for (const text of batch.looseTexts) this.#text(text);
    for (const key of declared) {
      batch.spans.forEach((span, i) => {
        const place = span.attributes.findIndex(([k]) => k === key);
        this.#put("declared", place < 0 ? NONE : this.#firstRows[i] + place);
      });
    }
  }

  #span(span) {
    this.#put("span-trace-id", ...span.traceId);
    this.#put("span-id", ...span.id);
    this.#put("span-parent-id", ...span.parentId);
    this.#put("span-start", span.start);
    this.#put("span-end", span.end);
    this.#putText("span-name", span.name);
    this.#put("span-kind", span.kind);
    this.#put("span-status", span.status);
    this.#putText("span-message", span.message);
    this.#putText("span-tracestate", span.tracestate);
    this.#put("span-flags", span.flags);
    this.#put("span-scope", span.scope);
    this.#firstRows.push(this.#columns["row-kind"].length);
    this.#put("span-attributes", this.#group(span.attributes));
    for (const event of span.events) {
      this.#putText("event-name", event.name);
      this.#put("event-time", event.time);
      this.#put("event-attributes", this.#group(event.attributes));
      this.#put("event-dropped-attributes", event.droppedAttributes);
    }
    for (const link of span.links) {
      this.#put("link-trace-id", ...link.traceId);
      this.#put("link-span-id", ...link.spanId);
      this.#putText("link-tracestate", link.tracestate);
      this.#put("link-flags", link.flags);
      this.#put("link-attributes", this.#group(link.attributes));
      this.#put("link-dropped-attributes", link.droppedAttributes);
    }
    this.#put("span-events-end", this.#columns["event-name"].length);
    this.#put("span-links-end", this.#columns["link-flags"].length);
    this.#put("span-dropped-attributes", span.droppedAttributes);
    this.#put("span-dropped-events", span.droppedEvents);
    this.#put("span-dropped-links", span.droppedLinks);
  }

  #scope(scope) {
    this.#putText("scope-name", scope.name);
    this.#putText("scope-version", scope.version);
    this.#putText("scope-schema-url", scope.schemaUrl);
    this.#put("scope-attributes", this.#group(scope.attributes));
    this.#put("scope-dropped-attributes", scope.droppedAttributes);
    this.#put("scope-resource", scope.resource);
  }

  #put(name, ...values) {
    for (const value of values) this.#columns[name].push(value);
  }

  #putText(name, text) {
    this.#put(name, text === undefined ? NONE : this.#text(text));
  }

  #text(text) {
    if (typeof text !== "string") throw new TypeError(`expected a string, found ${found(text)}`);
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const bytes = new TextEncoder().encode(text);
    if (bytes.length !== text.length) this.isAscii = false;
    this.#put("texts", ...bytes, 0xff);
    this.#put("text-end", this.#columns.texts.length - 1);
    this.#texts.set(text, this.#texts.size);
    return this.#texts.size - 1;
  }

  #key(key) {
    if (!this.#keys.has(key)) {
      this.#put("keys", this.#text(key));
      this.#keys.set(key, this.#keys.size);
    }
    return this.#keys.get(key);
  }

  /** Writes the rows of a group, then those of the groups nested in it, level by level. */
  #group(attributes) {
    const group = this.#groups++;
    const queue = [attributes];
    for (const rows of queue) {
      for (const [key, value] of rows) {
        const [kind, number] = this.#value(value, queue);
        this.#put("row-key", key === undefined ? NONE : this.#key(key));
        this.#put("row-kind", kind);
        this.#put("row-value", number);
      }
      this.#put("group-end", this.#columns["row-kind"].length);
    }
    return group;
  }

  #value(value, queue) {
    const pool = (kind, name, number) => [kind, this.#columns[name].push(number) - 1];
    if (value === null) return [KIND.empty, 0];
    if (typeof value === "string") return [KIND.string, this.#text(value)];
    if (typeof value === "boolean") return [KIND.boolean, Number(value)];
    if (typeof value === "bigint") return pool(KIND.int, "ints", value);
    if (typeof value === "number") return isInteger(value) ? pool(KIND.int, "ints", BigInt(value)) : pool(KIND.double, "doubles", value);
    if (value instanceof Double) return pool(KIND.double, "doubles", value.value);
    if (value instanceof Uint8Array) {
      this.#put("bytes", ...value);
      return pool(KIND.bytes, "bytes-end", this.#columns.bytes.length);
    }
    if (typeof value !== "object") throw new TypeError(`a value of an attribute can't be ${found(value)}`);
    const rows = Array.isArray(value) ? value.map((item) => [undefined, item]) : value instanceof Map ? [...value] : Object.entries(value);
    queue.push(rows);
    return [Array.isArray(value) ? KIND.array : KIND.map, this.#groups++];
  }
}
