import assert from "node:assert/strict";
import { test } from "node:test";

import { TestPlugin } from "@spansieve/plugin/test";
import policy from "./policy.js";

/** What becomes of one failed span: `class`, and ` expected` behind it. */
function classify(span, config = {}) {
  const { attributes } = new TestPlugin(policy, config).run({ status: "error", ...span }).spans[0];
  return attributes["error.class"] + (attributes["error.expected"] ? " expected" : "");
}

const thrown = (type, message) => ({ events: [{ name: "exception", attributes: { "exception.type": type, "exception.message": message } }] });

for (const [what, span, expected] of [
  ["a status code", { attributes: { "http.response.status_code": 429 } }, "rate-limited"],
  ["an older key, and a code that is a text", { attributes: { "http.status_code": "504" } }, "timeout"],
  ["404 on GET", { attributes: { "http.response.status_code": 404, "http.request.method": "GET" } }, "not-found expected"],
  ["404 on PUT", { attributes: { "http.response.status_code": 404, "http.request.method": "PUT" } }, "not-found"],
  ["4xx of a server", { kind: "server", attributes: { "http.response.status_code": 422 } }, "client expected"],
  ["5xx of a server", { kind: "server", attributes: { "http.response.status_code": 500 } }, "bug"],
  ["5xx of another server", { kind: "client", attributes: { "http.response.status_code": 500 } }, "dependency"],
  ["a gRPC code by number", { attributes: { "rpc.grpc.status_code": 4 } }, "timeout"],
  ["a gRPC code by name", { attributes: { "rpc.response.status_code": "UNAUTHENTICATED" } }, "auth"],
  ["an SQLSTATE", { attributes: { "db.response.status_code": "08006" } }, "dependency"],
  ["an exception's type before the code 500", { attributes: { "http.response.status_code": 500 }, ...thrown("SocketTimeoutException", "") }, "timeout"],
  ["an exception's message", thrown("Error", "connect: connection refused"), "dependency"],
  ["error.type where there is no event", { attributes: { "error.type": "NullPointerException" } }, "bug"],
  ["the status message", { message: "thread 'main' panicked at src/main.rs:3" }, "bug"],
  ["nothing", {}, "unknown"],
]) {
  test(`${what} tells ${expected}`, () => assert.equal(classify(span), expected));
}

test("the last exception counts", () => {
  const events = [...thrown("TimeoutError", "").events, ...thrown("TypeError", "").events];
  assert.equal(classify({ events }), "bug");
});

test("own rules come first, and all conditions of one must hold", () => {
  const rules = [{ class: "card-declined", http: ["402"], message: "declined", expected: true }];
  assert.equal(classify({ message: "card declined", attributes: { "http.response.status_code": 402 } }, { rules }), "card-declined expected");
  assert.equal(classify({ message: "other", attributes: { "http.response.status_code": 402 } }, { rules }), "client");
  assert.equal(classify({ attributes: { "http.response.status_code": 402 } }, { rules, usual_rules: false }), "unknown");
});

test("what did not fail, and what the application classified, stays", () => {
  const after = new TestPlugin(policy).run([
    { attributes: { "http.response.status_code": 404 } },
    { status: "error", attributes: { "error.class": "ours" } },
  ]);
  assert.deepEqual(after.edits, []);
});

test("expected errors lose their status where that is wanted", () => {
  const missing = { status: "error", message: "Not Found", attributes: { "http.response.status_code": 404, "http.request.method": "GET" } };
  const keep = new TestPlugin(policy).run(missing).spans[0];
  assert.deepEqual([keep.status, keep.message], ["error", "Not Found"]);
  const unset = new TestPlugin(policy, { unset_expected: true }).run(missing).spans[0];
  assert.deepEqual([unset.status, unset.message], ["unset", undefined]);
});

test("errors are counted by class", () => {
  const plugin = new TestPlugin(policy);
  const failed = (code) => ({ status: "error", kind: "server", attributes: { "http.response.status_code": code } });
  plugin.run([failed(500), failed(500), failed(400)]);
  assert.deepEqual(plugin.counters, { "errors.bug": 2, "errors.client": 1, "errors.expected": 1 });
});

test("rules that can't be meant are refused", () => {
  const refuses = (rules, message) => assert.throws(() => new TestPlugin(policy, { rules }), { message });
  refuses([{ class: "odd", type: "(" }], /^rules\[0\]\.type: expected a regular expression, found "\(": /);
  refuses([{ class: "any" }], "rules[0]: expected at least one condition, such as http or type; it would match every error");
  refuses([{ class: "x", http: ["600"] }], /^rules\[0\]\.http\[0\]: expected a text that matches/);
  refuses([{ class: "With Spaces", http: ["500"] }], /^rules\[0\]\.class: expected a text that matches/);
});
