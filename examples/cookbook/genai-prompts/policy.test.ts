import assert from "node:assert/strict";
import { test } from "node:test";

import { TestPlugin } from "@spansieve/plugin/test";
import { boundary, digest } from "./content.ts";
import policy from "./policy.ts";

/** What becomes of one attribute of a span. */
function edit(value: any, config: object = {}, key = "gen_ai.input.messages") {
  return new TestPlugin(policy, config).run({ attributes: { [key]: value } }).spans[0]!.attributes;
}

const messages = (...contents: string[]) => contents.map((content) => ({ role: "user", parts: [{ type: "text", content }] }));

test("a text is cut at a character", () => {
  assert.equal(edit("Tell me a story", { max_length: 7 }, "gen_ai.prompt")["gen_ai.prompt"], "Tell me…");
  assert.equal(boundary("ab😀cd", 3), 2);
  assert.equal(boundary("ab😀cd", 4), 4);
  assert.equal(boundary("cafe\u0301s", 4), 3);
  assert.equal(boundary("a👩‍👩‍👧b", 4), 1);
  assert.equal(boundary("a👍🏽", 3), 1);
});

test("JSON in a text stays JSON, and its messages keep their form", () => {
  const cut = edit(JSON.stringify(messages("Weather in Paris?", "And in Rome?", "And in Oslo?")), { max_length: 20 });
  assert.deepEqual(JSON.parse(cut["gen_ai.input.messages"]), messages("Weather in Paris?", "And…"));
  assert.equal(cut["spansieve.genai"], "truncated");
});

test("values with structure keep it, and numbers their type", () => {
  const given = [{ role: "tool", parts: [{ type: "tool_call_response", id: "call_1", result: { city: "Paris", degrees: 57 } }] }];
  const cut = edit(given, { max_length: 3 });
  assert.deepEqual(cut["gen_ai.input.messages"], [
    { role: "tool", parts: [{ type: "tool_call_response", id: "call_1", result: { city: "Par…", degrees: 57 } }] },
  ]);
});

test("JSON within JSON stays JSON", () => {
  const call = [{ type: "tool_call", name: "book", arguments: JSON.stringify({ city: "Paris", note: "a window seat" }) }];
  const cut = JSON.parse(edit(JSON.stringify(call), { max_length: 8 })["gen_ai.input.messages"]);
  assert.deepEqual(JSON.parse(cut[0].arguments), { city: "Paris", note: "a w…" });
});

test("what is short enough stays to the byte", () => {
  const text = ' [ {"role": "user", "parts": []} ]';
  assert.deepEqual(edit(text), { "gen_ai.input.messages": text });
});

test("patterns see the whole text, before it is cut, and in every mode that keeps it", () => {
  const text = JSON.stringify(messages("write to ada@example.org"));
  assert.match(edit(text, { max_length: 12 })["gen_ai.input.messages"], /"write to \[em…"/);
  const kept = edit(text, { mode: "keep", redact: [{ name: "place", regex: "example\\.org" }] });
  assert.match(kept["gen_ai.input.messages"], /ada@\[place\]/);
  assert.equal(kept["spansieve.genai"], "redacted");
});

test("an address that JSON has as an escape is found", () => {
  assert.equal(edit('["ada\\u0040example.org"]')["gen_ai.input.messages"], '["[email]"]');
});

test("removed, or its length and a number in its place", () => {
  assert.deepEqual(edit("hello", { mode: "remove" }), { "spansieve.genai": "removed" });
  const hashed = edit("hello", { mode: "hash-length" })["gen_ai.input.messages"];
  assert.equal(hashed, digest("hello"));
  assert.match(hashed, /^\[5 characters, [0-9a-f]{16}\]$/);
  assert.notEqual(digest("hello"), digest("hellp"));
});

test("keys with numbers, overrides, and what is no content", () => {
  const attributes = {
    "gen_ai.prompt.0.content": "secret",
    "gen_ai.prompt.name": "summary",
    "gen_ai.usage.input_tokens": 12,
    "gen_ai.system_instructions": "Be kind",
  };
  const config = { mode: "remove", overrides: { "gen_ai.system_instructions": "keep" } };
  const { "gen_ai.prompt.0.content": gone, ...rest } = attributes;
  const after = new TestPlugin(policy, config).run({ attributes }).spans[0]!;
  assert.deepEqual(after.attributes, { ...rest, "spansieve.genai": "removed" });
});

test("events: attributes of the conventions anywhere, and of messages where they are events", () => {
  const plugin = new TestPlugin(policy, { mode: "remove" });
  const after = plugin.run({
    attributes: { content: "of a page" },
    events: [
      { name: "gen_ai.content.prompt", attributes: { "gen_ai.prompt": "secret" } },
      { name: "gen_ai.user.message", attributes: { content: "secret", role: "user" } },
      { name: "page", attributes: { content: "of a page" } },
    ],
  }).spans[0]!;
  assert.deepEqual(after.attributes, { content: "of a page" });
  assert.deepEqual(after.events.map((event) => event.attributes), [
    { "spansieve.genai": "removed" },
    { role: "user", "spansieve.genai": "removed" },
    { content: "of a page" },
  ]);
  assert.deepEqual(plugin.counters, { "genai.removed": 2 });
});

test("what can't be meant is refused", () => {
  const refuses = (config: object, message: RegExp) => assert.throws(() => new TestPlugin(policy, config), { message });
  refuses({ redact: [{ name: "x", regex: "(" }] }, /^redact\[0\]\.regex: expected a regular expression: /);
  refuses({ redact: [{ name: "x", regex: "a*" }] }, /^redact\[0\]\.regex: expected a pattern that does not match the empty text/);
  refuses({ overrides: { "gen_ai.promt": "keep" } }, /^overrides\.gen_ai\.promt: expected one of the keys/);
  refuses({ max_length: 0 }, /^max_length: expected at least 1/);
});
