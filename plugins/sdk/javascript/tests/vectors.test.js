// The test vectors of `wit/vectors`, read through this SDK's views and written by its encoder: they have to say what the text beside each says.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Batch } from "../src/batch.js";
import { Blob } from "../src/blob.js";
import { COLUMNS, NONE, SPAN_KINDS, STATUSES, TRACE_REASONS } from "../src/layout.js";
import { apply, decode, encode } from "../src/test/index.js";
import { Double } from "../src/value.js";

const BATCHES = ["empty", "every-field", "nested", "traces", "resource", "before-edits"];

const file = (name) => readFileSync(new URL(`../../../../wit/vectors/${name}`, import.meta.url), "utf8");
const blob = (name) => Uint8Array.from(file(`${name}.hex`).match(/[0-9a-f]{2}/gi), (pair) => Number.parseInt(pair, 16));
const meaningOf = (name) => file(`${name}.txt`).split("\nmeaning\n")[1];

test("every batch says what its text says", () => {
  for (const name of BATCHES) assert.equal(meaning(new Batch().begin(blob(name))), meaningOf(name), name);
});

test("every column holds what its text says", () => {
  for (const name of [...BATCHES, "edits"]) {
    const read = name === "edits" ? new Blob().readEdits(blob(name)) : new Blob().readBatch(blob(name));
    const listed = file(`${name}.txt`).split("\ncolumns\n")[1].split("\nmeaning\n")[0].trim();
    for (const line of listed.split("\n").filter(Boolean)) {
      const [, column, values] = /^\s*\d+ ([a-z-]+): (.*)$/.exec(line);
      if (["texts", "bytes"].includes(column) || COLUMNS[column].size >= 16 || /id$/.test(column)) continue;
      const expected = values.split(" ").map((value) => (value === "none" ? String(NONE) : value));
      const found = Array.from(read.view(COLUMNS[column]), (n) => (column === "doubles" && Object.is(n, -0) ? "-0.0" : String(n)));
      assert.deepEqual(found, expected, `${name}: ${column}`);
    }
  }
});

test("the header and declared keys say what the text says", () => {
  const batch = new Batch().begin(blob("every-field"));
  assert.deepEqual([batch.now, batch.headProbability, batch.isAscii, batch.length], [1767225600005000000n, 0.25, false, 1]);
  const [first, second] = batch.column("declared");
  assert.deepEqual([batch.row(first).key, second], ["user.email", NONE]);
  assert.ok(batch.texts().some((text) => text.value === "named by nothing"));
  assert.equal(new Batch().begin(blob("empty")).headProbability, undefined);
});

test("what is decoded and encoded again is the same batch", () => {
  for (const name of BATCHES) {
    const batch = decode(blob(name));
    const { all } = encode(batch);
    assert.deepEqual(decode(all), batch, name);
    assert.equal(meaning(new Batch().begin(all)), meaningOf(name), name);
  }
});

test("the edits mean what their text says", () => {
  const { batch, edits } = apply(blob("before-edits"), blob("edits"));
  for (const { drop } of edits) if (drop !== undefined) batch.spans.splice(drop, 1);
  assert.equal(meaning(new Batch().begin(encode(batch).all)), meaningOf("edits"));
});

test("vectors are read wherever they lie in memory", () => {
  for (let shift = 1; shift < 8; shift++) {
    const bytes = blob("every-field");
    const shifted = new Uint8Array(bytes.length + 8).subarray(shift, shift + bytes.length);
    shifted.set(bytes);
    assert.equal(meaning(new Batch().begin(shifted)), meaningOf("every-field"));
  }
});

/** What the batch says, in the words of the vectors. */
function meaning(batch) {
  const lines = [];
  const put = (line) => lines.push(line);
  for (const resource of batch.resources()) {
    put(`  resource ${resource.index}: schema-url ${optional(resource.schemaUrl)}, dropped ${resource.droppedAttributes}`);
    attributes(put, "    ", resource);
  }
  for (const scope of batch.scopes()) {
    const fields = `name ${json(scope.name)}, version ${optional(scope.version)}, schema-url ${optional(scope.schemaUrl)}`;
    put(`  scope ${scope.index}: resource ${scope.resource.index}, ${fields}, dropped ${scope.droppedAttributes}`);
    attributes(put, "    ", scope);
  }
  for (const span of batch.spans()) {
    const parent = `0x${span.parentId ?? "0".repeat(16)}`;
    put(`  span ${span.index}: trace 0x${span.traceId}, id 0x${span.id}, parent ${parent}, start ${span.start}, end ${span.end},`);
    const [kind, status] = [SPAN_KINDS.indexOf(span.kind), STATUSES.indexOf(span.status)];
    const texts = `message ${optional(span.message)}, tracestate ${optional(span.tracestate)},`;
    put(`    name ${json(span.name)}, kind ${kind}, status ${status}, ${texts}`);
    const dropped = [span.droppedAttributes, span.droppedEvents, span.droppedLinks].join(", ");
    put(`    flags 0x${span.flags.toString(16)}, scope ${span.scope.index}, dropped [${dropped}]`);
    attributes(put, "    ", span);
    for (const event of span.events()) {
      put(`    event: name ${json(event.name)}, time ${event.time}, dropped ${event.droppedAttributes}`);
      attributes(put, "      ", event);
    }
    for (const link of span.links()) {
      const ids = `trace 0x${link.traceId}, id 0x${link.spanId}, tracestate ${optional(link.tracestate)}`;
      put(`    link: ${ids}, flags 0x${link.flags.toString(16)}, dropped ${link.droppedAttributes}`);
      attributes(put, "      ", link);
    }
  }
  for (const trace of batch.traces()) put(`  trace ${trace.index}: ${trace.length} spans, reason ${TRACE_REASONS.indexOf(trace.reason)}`);
  return lines.map((line) => `${line}\n`).join("");
}

function attributes(put, indent, of) {
  for (const attribute of of.attributes()) put(`${indent}${json(attribute.key)} = ${value(attribute.exactValue)}`);
}

function value(of) {
  if (typeof of === "string") return json(of);
  if (of instanceof Double) return `${of.value}.0`;
  if (Object.is(of, -0)) return "-0.0";
  if (of instanceof Uint8Array) return `0x${Buffer.from(of).toString("hex")}`;
  if (Array.isArray(of)) return `[${of.map(value).join(", ")}]`;
  if (of instanceof Map) return `{${[...of].map(([key, item]) => `${json(key)}: ${value(item)}`).join(", ")}}`;
  return String(of);
}

const json = (text) => JSON.stringify(text);
const optional = (text) => json(text ?? "");
