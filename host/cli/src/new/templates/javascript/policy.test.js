import assert from "node:assert/strict";
import { test } from "node:test";

import { TestPlugin } from "@spansieve/plugin/test";
import policy from "./policy.js";

test("failed requests get the team", () => {
  const plugin = new TestPlugin(policy, { team: "payments" });
  const after = plugin.run([
    { name: "GET /cart", status: "error", attributes: { "http.route": "/cart" } },
    { name: "GET /cart", attributes: { "http.route": "/cart" } },
    { name: "refresh", status: "error" },
  ]);
  assert.deepEqual(
    after.spans.map((span) => span.attributes.team),
    ["payments", undefined, undefined],
  );
});

test("a team that is there is replaced", () => {
  const plugin = new TestPlugin(policy, { team: "payments" });
  const after = plugin.run({ status: "error", attributes: { "http.route": "/cart", team: "nobody" } });
  assert.deepEqual(after.spans[0].attributes, { "http.route": "/cart", team: "payments" });
});

test("the team must be given", () => {
  assert.throws(() => new TestPlugin(policy, {}), { message: "team: missing" });
});
