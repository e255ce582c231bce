// Configuration, the policy as a whole, and what is said when something is wrong.

import assert from "node:assert/strict";
import { test } from "node:test";

import { boolean, choice, count, definePolicy, integer, json, list, log, number, object, record, string, table } from "../src/index.js";
import { describe } from "../src/failure.js";
import { plugin as guest } from "../src/guest.js";
import { TestPlugin, complete, encode } from "../src/test/index.js";

const idle = () => ({ process() {} });

const policy = (more) => definePolicy({ name: "test", about: "Tests", configure: idle, ...more });

/** What a policy with these fields makes of a configuration. */
function read(config, given) {
  let found;
  new TestPlugin(policy({ config, configure: (config) => ((found = config), idle()) }), given);
  return found;
}

const message = (call) => {
  try {
    call();
  } catch (error) {
    return error.message ?? error;
  }
};

const steps = { steps: list(object({ key: string(), times: integer({ default: 1, minimum: 1 }) }), { default: [], description: "What to do, in order." }) };

test("a configuration is read with its defaults", () => {
  const fields = {
    text: string(),
    number: integer({ default: 7 }),
    ratio: number({ default: 0.5 }),
    names: list(string(), { default: [] }),
    flag: boolean({ default: false }),
    choice: choice(["one", "two"], { default: "one" }),
    owners: record(string(), { default: {} }),
    more: json({ optional: true }),
  };
  const defaults = { text: "t", number: 7, ratio: 0.5, names: [], flag: false, choice: "one", owners: {} };
  assert.deepEqual(read(fields, { text: "t" }), defaults);
  const given = { text: "", number: -1, ratio: 2, names: ["a"], flag: true, choice: "two", owners: { a: "b" }, more: [null] };
  assert.deepEqual(read(fields, given), given);
  assert.deepEqual(read({ steps: steps.steps }, null), { steps: [] }, "no configuration counts as an empty one");
  assert.deepEqual(read(undefined, null), {});
});

test("errors of a configuration name the path and what was expected", () => {
  const wrong = (given, fields = steps) => message(() => read(fields, given));
  assert.equal(wrong({ steps: [{ key: "a" }, { key: 3 }] }), "steps[1].key: expected a string, found the number 3");
  assert.equal(wrong({ steps: [{ kee: "a" }] }), "steps[0].kee: unknown key, expected one of key, times");
  assert.equal(wrong({ steps: [{}] }), "steps[0].key: missing");
  assert.equal(wrong({ step: [] }), "step: unknown key, expected one of steps");
  assert.equal(wrong(3), "expected an object, found the number 3");
  assert.equal(wrong({ steps: [{ key: "a", times: 0 }] }), "steps[0].times: expected at least 1, found 0");
  assert.equal(wrong({ steps: [{ key: "a", times: 1.5 }] }), "steps[0].times: expected a whole number, found the number 1.5");
  assert.equal(wrong({ steps: {} }), "steps: expected a list, found an object");
  assert.equal(message(() => read(undefined, { a: "x" })), "this policy takes no configuration");
  assert.equal(wrong({ c: "three" }, { c: choice(["one", "two"]) }), 'c: expected "one" or "two", found the string "three"');
  assert.equal(wrong({ s: "b" }, { s: string({ pattern: "^a+$" }) }), 's: expected a text that matches ^a+$, found "b"');
  assert.equal(wrong({ r: { x: 1 } }, { r: record(boolean()) }), "r.x: expected true or false, found the number 1");
  assert.equal(wrong({ b: null }, { b: boolean() }), "b: expected true or false, found null");
  assert.equal(wrong(JSON.parse('{"__proto__": 1}')), "__proto__: unknown key, expected one of steps");
});

test("the schema carries descriptions and refuses unknown keys", () => {
  const silent = { log() {}, count() {}, table() {}, texts: () => "" };
  const described = (config) => guest(policy({ config }), silent, "1.2.3", () => ({ sources: [], lines: {} })).describe();
  const { schema, ...rest } = described(steps);
  assert.deepEqual(rest, { name: "test", version: "1.2.3", about: "Tests", layout: 1 });
  assert.deepEqual(JSON.parse(schema), {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: {
      steps: {
        description: "What to do, in order.",
        type: "array",
        items: {
          type: "object",
          properties: { key: { type: "string" }, times: { type: "integer", minimum: 1, default: 1 } },
          required: ["key"],
          additionalProperties: false,
        },
        default: [],
      },
    },
    additionalProperties: false,
  });
  assert.equal(described(undefined).schema, "");
});

test("a policy that lacks something is told what", () => {
  const without = (more) => message(() => policy(more));
  assert.equal(without({ name: "Not Kebab" }), 'definePolicy: `name`: expected a short name in kebab-case, found the string "Not Kebab"');
  assert.equal(without({ about: undefined }), "definePolicy: `about`: expected one sentence for people, found nothing");
  assert.equal(without({ configure: undefined }), "definePolicy: `configure`: expected a function that gives the policy's functions, found nothing");
  assert.equal(without({ config: { team: "string" } }), 'definePolicy: `config.team`: expected a field, such as string(), found the string "string"');
  const configured = (configure) => message(() => new TestPlugin(policy({ configure })));
  assert.equal(configured(() => {}), "`configure` must return an object with the function `process`, it returned nothing");
  assert.equal(configured(() => ({ proces() {} })), "`configure` must return an object with the function `process`: `process` is nothing");
  assert.equal(configured(() => ({ process() {}, save: "x" })), '`save` must be a function, it is the string "x"');
  assert.match(configured(async () => ({ process() {} })), /`configure` returned a promise/);
  const processed = (process) => message(() => new TestPlugin(policy({ configure: () => ({ process }) })).run({}));
  assert.match(processed(async () => {}), /`process` returned a promise: a policy can't wait for anything, write it without async/);
  assert.equal(message(() => new TestPlugin({ name: "x" })), "the default export must be what definePolicy() gives, found an object");
  assert.match(message(() => new TestPlugin(policy({ configure: () => ({ process() {}, save: () => 3 }) })).save()), /it returned the number 3/);
  assert.equal(message(() => new TestPlugin(policy()).restore("x")), "this policy keeps no state: it has no `restore`");
});

test("a policy may be a class's instance", () => {
  class Seen {
    seen = 0;
    process(batch) {
      this.seen += batch.length;
    }
    save() {
      return `${this.seen}`;
    }
  }
  const plugin = new TestPlugin(policy({ configure: () => new Seen() }));
  plugin.run([{}, {}]);
  assert.equal(new TextDecoder().decode(plugin.save()), "2");
});

test("logs, counters and tables are faked", () => {
  const telling = policy({
    configure: () => ({
      process(batch) {
        log.error("an error");
        log.debug(1);
        count("spans", batch.length);
        count("spans");
        count("none", 0);
        log.info(String(table("absent")));
        log.warn(new TextDecoder().decode(table("owners")));
        assert.throws(() => count("x", -1), /expected a whole number from 0, found the number -1/);
      },
    }),
  });
  const plugin = new TestPlugin(telling, null, { tables: { owners: "{}" } });
  plugin.run([{}, {}]);
  assert.deepEqual(plugin.log, ["error: an error", "debug: 1", "info: undefined", "warn: {}"]);
  assert.deepEqual(plugin.counters, { spans: 3 });
});

test("failures of a component are told with their place, refusals are one message", () => {
  const lines = [];
  const host = { log: (level, line) => lines.push(`${level}: ${line}`), count() {}, table() {}, texts: () => "", fail: (line) => lines.push(`fail: ${line}`) };
  const failing = policy({
    config: { what: string() },
    configure({ what }) {
      if (what === "refuse") throw new Error("what: not this");
      if (what === "mistake") null.x;
      return {
        process() {
          throw new Error("on purpose");
        },
        restore() {
          throw "a string";
        },
      };
    },
  });
  const component = guest(failing, host, "1.0.0", () => ({ sources: [], lines: {} }));
  const thrown = (call) => {
    try {
      call();
    } catch (error) {
      return error;
    }
  };
  assert.equal(thrown(() => component.configure('{"what": "refuse"}')), "what: not this");
  assert.deepEqual(lines, []);
  assert.match(thrown(() => component.configure('{"what": "mistake"}')), /of null/);
  assert.match(lines.pop(), /^error: TypeError: .*null/);
  assert.match(thrown(() => component.process(new Uint8Array(0))).message, /called before `configure` had succeeded/);
  assert.deepEqual(component.configure('{"what": "x"}'), { columns: [], keys: [], grouping: "span" });
  lines.length = 0;
  assert.equal(thrown(() => component.process(encode(complete([])).all)).message, "on purpose");
  assert.deepEqual(lines, ["fail: on purpose"]);
  assert.equal(thrown(() => component.restore(new Uint8Array(1))), "a string");
});

test("the place of an error is that in the author's source", () => {
  const error = Object.assign(new TypeError("not a function"), {
    stack: "    at look (/policy.js:100:9)\n    at get (/policy.js:7:3)\n    at <anonymous> (/policy.js:101:2)\n    at native\n    at x (/policy.js:102:30)\n",
  });
  const places = { sources: ["policy.ts", "lib.ts"], lines: { 100: [1, 0, 12, 5], 101: [1, 1, 3, 1, 8, 1, 3, 20], 102: [1, -1, 1, 1, 20, 0, 40, 2] } };
  const expected = "TypeError: not a function, at policy.ts:12:5 (look), called at lib.ts:3:1, called at policy.ts:40:2 (x)";
  assert.equal(describe(error, places), expected);
  assert.equal(describe("text", places), "text");
  error.cause = new Error("the first");
  error.cause.stack = "";
  assert.equal(describe(error, places), `${expected}, because of: the first`);
});
