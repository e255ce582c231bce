// Edits applied to a batch, with the rules of `wit/layout.md` checked: what the host does, written for clarity.

import { Blob, Writer } from "../blob.js";
import { BATCH_COLUMNS, COLUMNS, COLUMN_OF_ID, FLAG_SAMPLED, KIND, MAX_DEPTH, NONE, SPAN_KINDS, STATUSES } from "../layout.js";
import { exactDouble } from "../value.js";
import { decode } from "./decode.js";

/** For each code of a field: its column, how high a code may be or what text it takes, and its name in a list of edits. */
const FIELDS = [
  undefined,
  ["span-name", "text", "span name"],
  ["span-message", "optional", "message"],
  ["span-tracestate", "optional", "span tracestate"],
  ["span-status", STATUSES, "status"],
  ["span-kind", SPAN_KINDS, "kind"],
  ["event-name", "text", "event name"],
  ["link-tracestate", "optional", "link tracestate"],
  ["scope-name", "text", "scope name"],
  ["scope-version", "optional", "scope version"],
  ["scope-schema-url", "optional", "scope schema URL"],
  ["resource-schema-url", "optional", "resource schema URL"],
];

/**
 * Applies edits to a batch that has every column. Gives the batch after them, with dropped spans still in it, and the edits one by one.
 * Throws where the edits break a rule.
 * @param {Uint8Array} batch
 * @param {Uint8Array} edits
 */
export function apply(batch, edits) {
  if (edits.length === 0) return { batch: decode(batch), edits: [] };
  const state = new State(new Blob().readBatch(batch), new Blob().readEdits(edits));
  const list = state.apply();
  const after = decode(state.write());
  // What was loose stays so; texts that the edits leave unused are not part of the batch.
  after.looseTexts = decode(batch).looseTexts.map((text) => state.replacementOf(text));
  return { batch: after, edits: list };
}

function check(holds, rule) {
  if (!holds) throw new Error(`the edits break a rule: ${rule}`);
}

function once(what, values) {
  check(new Set(values).size === values.length, `2: ${what} at most once`);
}

function strings(blob, arena, ends, gap, make) {
  const bytes = blob.view(COLUMNS[arena]);
  let start = 0;
  return Array.from(blob.view(COLUMNS[ends]), (end) => {
    const string = make(bytes.slice(start, end));
    start = end + gap;
    return string;
  });
}

const utf8 = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

/** Batch and edits in one numbering, open to change. */
class State {
  constructor(batch, edits) {
    const texts = (blob) => strings(blob, "texts", "text-end", 1, utf8);
    const byteStrings = (blob) => strings(blob, "bytes", "bytes-end", 0, (bytes) => bytes);
    const both = (name) => [...batch.view(COLUMNS[name]), ...edits.view(COLUMNS[name])];
    this.batch = batch;
    this.edits = edits;
    this.texts = [...texts(batch), ...texts(edits)];
    this.oldTexts = this.texts.length - edits.view(COLUMNS["text-end"]).length;
    this.originalTexts = this.texts.slice();
    this.ints = both("ints");
    this.doubles = both("doubles");
    this.bytes = [...byteStrings(batch), ...byteStrings(edits)];
    const keys = batch.view(COLUMNS.keys);
    const [kinds, values] = [batch.view(COLUMNS["row-kind"]), batch.view(COLUMNS["row-value"])];
    this.rows = Array.from(batch.view(COLUMNS["row-key"]), (key, row) => ({ key: key === NONE ? NONE : keys[key], kind: kinds[row], value: values[row] }));
    this.oldRows = this.rows.length;
    let start = 0;
    this.groups = Array.from(batch.view(COLUMNS["group-end"]), (end) => {
      const rows = [];
      for (; start < end; start++) rows.push(start);
      return rows;
    });
    this.oldGroups = this.groups.length;
    const newGroups = edits.view(COLUMNS["new-groups"]);
    check(newGroups.length <= 1, "1: new-groups has one element");
    for (let i = 0; i < (newGroups[0] ?? 0); i++) this.groups.push([]);
    this.fields = Object.fromEntries(FIELDS.slice(1).map(([column]) => [column, [...batch.view(COLUMNS[column])]]));
    this.flags = [...batch.view(COLUMNS["span-flags"])];
  }

  apply() {
    const column = (name) => Array.from(this.edits.view(COLUMNS[name]), (n) => (n === NONE ? NONE : n >>> 0));
    const parallel = (...names) => {
      const columns = names.map(column);
      check(columns.every((c) => c.length === columns[0].length), `1: ${names.join(", ")} have the same number of elements`);
      return columns[0].map((_, i) => columns.map((c) => c[i]));
    };
    const added = parallel("add-group", "add-key", "add-kind", "add-value");
    const set = parallel("set-row", "set-kind", "set-value");
    const renamed = parallel("rename-row", "rename-key");
    const removed = column("remove-row");
    const replaced = parallel("replace-text", "replace-with");
    const [dropped, kept] = [column("drop-span"), column("keep-span")];
    const fields = parallel("field-code", "field-index", "field-value");

    const rowsOf = (edits) => edits.map(([row]) => row);
    once("a row is set", rowsOf(set));
    once("a row is renamed", rowsOf(renamed));
    once("a row is removed, and a removed one is not set", [...removed, ...rowsOf(set)]);
    once("a row is removed, and a removed one is not renamed", [...removed, ...rowsOf(renamed)]);
    once("a text is replaced", rowsOf(replaced));
    once("a span is dropped or kept", [...dropped, ...kept]);
    once("a field is set", fields.map(([code, index]) => `${code} ${index}`));

    this.named = new Map();
    const list = [];
    for (const [row, kind, value] of set) {
      this.#row(row);
      this.#checkValue(-1, kind, value);
      Object.assign(this.rows[row], { kind, value });
    }
    for (const [row, key] of renamed) {
      check(this.#row(row).key !== NONE, "4: an element of an array has no key");
      this.#text(key);
      this.rows[row].key = key;
    }
    for (const [group, key, kind, value] of added) {
      check(group < this.groups.length, `1: there is no group ${group}`);
      if (key !== NONE) this.#text(key);
      this.#checkValue(group, kind, value);
      this.groups[group].push(this.rows.push({ key, kind, value }) - 1);
    }
    for (let group = this.oldGroups; group < this.groups.length; group++) {
      check(this.named.get(group) === 1, `3: the new group ${group} is named once`);
    }
    added.forEach(([group], i) => {
      if (group < this.oldGroups) list.push({ add: group, ...this.#spelt(this.oldRows + i) });
    });
    for (const [row] of set) list.push({ set: row, value: this.#spelt(row).value });
    for (const [row, key] of renamed) list.push({ rename: row, key: this.texts[key] });
    for (const row of removed) {
      this.#row(row);
      list.push({ remove: row });
    }
    for (const row of removed) this.rows[row] = undefined;
    for (const [text, replacement] of replaced) list.push({ replace: this.texts[text], with: this.texts[replacement] });
    for (const span of dropped) {
      check(span < this.batch.spans, `1: there is no span ${span}`);
      list.push({ drop: span });
    }
    for (const span of kept) {
      check(span < this.batch.spans, `1: there is no span ${span}`);
      this.flags[span] |= FLAG_SAMPLED;
      list.push({ keep: span });
    }
    for (const [code, index, value] of fields) list.push(this.#field(code, index, value));
    for (const [text, replacement] of replaced) {
      check(text < this.oldTexts && replacement >= this.oldTexts, `2: text ${text} is replaced with a new text, not ${replacement}`);
      this.#text(replacement);
      this.texts[text] = this.texts[replacement];
    }
    return list;
  }

  replacementOf(text) {
    return this.texts[this.originalTexts.indexOf(text)];
  }

  /** The batch as it stands. */
  write() {
    const arena = this.texts.map((text) => new TextEncoder().encode(text));
    const run = (parts, gap) => {
      const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length + gap, 0)).fill(0xff);
      let at = 0;
      const ends = parts.map((part) => {
        bytes.set(part, at);
        at += part.length + gap;
        return at - gap;
      });
      return [bytes, Int32Array.from(ends)];
    };
    const [texts, textEnd] = run(arena, 1);
    const [bytes, bytesEnd] = run(this.bytes, 0);
    const [keys, rowKey, rowKind, rowValue, groupEnd] = [[], [], [], [], []];
    for (const group of this.groups) {
      for (const row of group.map((row) => this.rows[row]).filter(Boolean)) {
        rowKey.push(row.key === NONE ? NONE : keys.push(row.key) - 1);
        rowKind.push(row.kind);
        rowValue.push(row.value);
      }
      groupEnd.push(rowKind.length);
    }
    const changed = { ...this.fields, "span-flags": this.flags, ints: this.ints, doubles: this.doubles, keys, declared: [] };
    Object.assign(changed, { "row-key": rowKey, "row-kind": rowKind, "row-value": rowValue, "group-end": groupEnd });
    Object.assign(changed, { texts, "text-end": textEnd, bytes, "bytes-end": bytesEnd });
    const writer = new Writer();
    for (const { name, view: View } of BATCH_COLUMNS.map((id) => COLUMN_OF_ID[id])) {
      writer.column(name, name in changed ? View.from(changed[name]) : this.batch.view(COLUMNS[name]));
    }
    const { grouped, spans, now, headProbability } = this.batch;
    return writer.batch({ grouped, spans, now, headProbability });
  }

  #row(row) {
    check(row < this.oldRows, `1: row ${row} is not one of the batch`);
    return this.rows[row];
  }

  #text(text) {
    check(text < this.texts.length, `1: there is no text ${text}`);
    return this.texts[text];
  }

  #checkValue(inside, kind, value) {
    const { texts, ints, doubles, bytes, groups } = this;
    const bound = [1, texts.length, 2, ints.length, doubles.length, bytes.length, groups.length, groups.length][kind];
    check(bound !== undefined && value < bound, `1: value ${value} of kind ${kind}`);
    if (kind < KIND.array) return;
    check(value >= this.oldGroups, `3: a nested value names a new group, not ${value}`);
    check(inside < this.oldGroups || value > inside, `3: group ${value} stands in group ${inside}`);
    this.named.set(value, (this.named.get(value) ?? 0) + 1);
  }

  #spelt(row) {
    const { key } = this.rows[row];
    return { key: key === NONE ? "" : this.texts[key], value: this.#value(this.rows[row], 0) };
  }

  #value({ kind, value }, depth) {
    check(depth <= MAX_DEPTH, `3: nothing is nested deeper than ${MAX_DEPTH}`);
    const rows = () => this.groups[value].map((row) => this.rows[row]).filter(Boolean);
    switch (kind) {
      case KIND.string:
        return this.texts[value];
      case KIND.boolean:
        return value !== 0;
      case KIND.int:
        return Number.isSafeInteger(Number(this.ints[value])) ? Number(this.ints[value]) : this.ints[value];
      case KIND.double:
        return exactDouble(this.doubles[value]);
      case KIND.bytes:
        return this.bytes[value];
      case KIND.array:
        check(rows().every((row) => row.key === NONE), "4: elements of an array have no key");
        return rows().map((row) => this.#value(row, depth + 1));
      case KIND.map:
        check(rows().every((row) => row.key !== NONE), "4: entries of a map have a key");
        return new Map(rows().map((row) => [this.texts[row.key], this.#value(row, depth + 1)]));
      default:
        return null;
    }
  }

  #field(code, index, value) {
    check(FIELDS[code] !== undefined, `1: there is no field ${code}`);
    const [column, takes, name] = FIELDS[code];
    check(index < this.fields[column].length, `1: ${name} of ${index}`);
    this.fields[column][index] = value;
    if (Array.isArray(takes)) {
      check(value < takes.length, `1: ${name} ${value}`);
      return { field: name, index, value: takes[value] };
    }
    if (value === NONE) {
      check(takes === "optional", `1: a ${name} can't be cleared`);
      return { field: name, index, value: undefined };
    }
    return { field: name, index, value: this.#text(value) };
  }
}

