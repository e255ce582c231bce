// Views over a batch, and how a policy is run.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Batch } from "../src/batch.js";
import { definePolicy, double, log, string } from "../src/index.js";
import { complete, encode, TestPlugin } from "../src/test/index.js";

const view = (given) => new Batch().begin(encode(complete(given)).all);

/** A policy that does `process`, having asked for `parts` and declared `keys`. */
const policy = (process, parts = [], keys = []) =>
  definePolicy({
    name: "test",
    about: "Tests",
    configure(_, setup) {
      setup.read(...parts);
      const slots = keys.map((key) => setup.key(key));
      return { process: (batch, edits) => process(batch, edits, slots) };
    },
  });

test("a span shows every field", () => {
  const batch = view({
    now: 9n,
    headProbability: 0.5,
    resources: [{ attributes: { host: "h" }, schemaUrl: "urn:r" }],
    scopes: [{ name: "lib", version: "2" }],
    spans: [
      {
        name: "GET",
        kind: "server",
        status: "error",
        message: "no",
        tracestate: "a=b",
        parentId: "07".repeat(8),
        hasRemoteParent: true,
        isSampled: false,
        milliseconds: 20.5,
        attributes: { k: 1 },
        events: [{ name: "e", attributes: { x: true } }],
        links: [{ tracestate: "c=d" }],
        droppedEvents: 3,
      },
    ],
  });
  assert.deepEqual([batch.now, batch.headProbability, batch.length, batch.isAscii], [9n, 0.5, 1, true]);
  const [span] = batch;
  assert.deepEqual([span.name, span.kind, span.status, span.message, span.tracestate], ["GET", "server", "error", "no", "a=b"]);
  assert.deepEqual([span.traceId, span.id, span.parentId], ["74726163652d69642d74726163652d31", "0000000000000001", "07".repeat(8)]);
  assert.deepEqual([span.duration, span.milliseconds, span.end - span.start], [20_500_000n, 20.5, 20_500_000n]);
  assert.deepEqual([span.isLocalRoot, span.hasRemoteParent, span.isSampled, span.flags], [true, true, false, 0x300]);
  assert.deepEqual(span.attributes().map(({ key, kind, value }) => [key, kind, value]), [["k", "int", 1]]);
  assert.deepEqual([span.attributeCount, span.droppedEvents, span.droppedLinks], [1, 3, 0]);
  const [event] = span.events();
  assert.deepEqual([event.name, event.get("x"), event.has("y")], ["e", true, false]);
  assert.deepEqual(span.links().map((link) => [link.spanId, link.tracestate, link.flags]), [["7370616e2d696432", "c=d", 1]]);
  assert.deepEqual([span.scope.name, span.scope.version, span.scope.schemaUrl], ["lib", "2", undefined]);
  assert.deepEqual([span.resource.get("host"), span.resource.schemaUrl], ["h", "urn:r"]);
});

test("a local root has no parent or a remote one", () => {
  const batch = view([{}, { parentId: "01".repeat(8) }, { hasRemoteParent: true }]);
  assert.deepEqual(batch.spans().map((span) => span.isLocalRoot), [true, false, true]);
});

test("a span that ends before it starts took no time", () => {
  assert.equal(view({ start: 5n, end: 3n }).span(0).duration, 0n);
});

test("values are read as what they are", () => {
  const bytes = new Uint8Array([1, 2]);
  const [span] = view({
    attributes: { s: "é", n: 1, big: 2n ** 62n, d: double(2), half: 0.5, t: true, e: null, b: bytes, l: [1, "x"], m: { 2: "two", 1: [] } },
  });
  const map = new Map([["2", "two"], ["1", []]]);
  const map2 = new Map([["1", []], ["2", "two"]]);
  const read = Object.fromEntries(span.attributes().map(({ key, value }) => [key, value]));
  assert.deepEqual({ ...read, m: undefined }, { s: "é", n: 1, big: 2n ** 62n, d: 2, half: 0.5, t: true, e: null, b: bytes, l: [1, "x"], m: undefined });
  assert.ok(read.m instanceof Map);
  assert.deepEqual(read.m, map2, "an object puts whole numbers first");
  assert.deepEqual(view({ attributes: { m: map } }).span(0).get("m"), map);
  assert.deepEqual(span.attribute("d").exactValue, double(2));
  assert.deepEqual([span.getString("s"), span.getString("n"), span.getString("absent")], ["é", undefined, undefined]);
  assert.deepEqual([span.getNumber("n"), span.getNumber("half"), span.getNumber("s")], [1, 0.5, undefined]);
  assert.deepEqual([span.getBigInt("n"), span.getBigInt("big"), span.getBigInt("d")], [1n, 2n ** 62n, undefined]);
  assert.deepEqual([span.getBoolean("t"), span.getBoolean("n")], [true, undefined]);
  assert.equal(span.attribute("absent"), undefined);
  assert.deepEqual(span.attribute("l").items().map((item) => [item.key, item.value]), [["", 1], ["", "x"]]);
  assert.deepEqual(span.attribute("s").items(), []);
});

test("views of a batch are the same ones each time, and of the batch at hand", () => {
  const batch = new Batch();
  const spans = batch.begin(encode(complete([{ name: "a" }, { name: "b" }])).all).spans();
  assert.deepEqual(spans.map((span) => span.name), ["a", "b"]);
  spans.reverse();
  assert.deepEqual(batch.begin(encode(complete([{ name: "c" }, { name: "é" }, { name: "e" }])).all).spans().map((span) => span.name), ["c", "é", "e"]);
  assert.throws(() => batch.span(3), /span 3 of 3/);
});

test("many texts are decoded at once, whatever they are", () => {
  for (const [what, text] of [["ASCII", "text"], ["not ASCII", "tëxt 😀"], ["with U+0000", "te\0xt é"]]) {
    const spans = Array.from({ length: 300 }, (_, i) => ({ name: `${text} ${i}`, attributes: { k: `${i}` } }));
    const read = policy((batch, edits) => {
      for (const span of batch) edits.add(span, "seen", `${span.name}/${span.get("k")}`);
    }, ["name", "attributes"]);
    const after = new TestPlugin(read).run(spans);
    assert.deepEqual(after.spans.map((span) => span.attributes.seen), spans.map(({ name }, i) => `${name}/${i}`), what);
  }
});

test("traces are there only where the host groups", () => {
  assert.deepEqual(view({}).traces(), []);
  const batch = view({ spans: [{}, {}, { traceId: "02".repeat(16) }], traces: [{ spans: 2 }, { spans: 1, reason: "late" }] });
  assert.deepEqual(batch.traces().map((trace) => [trace.reason, trace.length, trace.id.slice(0, 2)]), [["root-ended", 2, "74"], ["late", 1, "02"]]);
  assert.deepEqual([...batch.traces()[1]].map((span) => span.index), [2]);
});

test("a policy gets the columns and rows that it asked for", () => {
  const seen = [];
  const read = policy((batch, _, [route]) => batch.spans().forEach((span) => seen.push([span.name, span.get(route), span.has(route)])), ["name"], ["http.route"]);
  const plugin = new TestPlugin(read);
  assert.deepEqual(plugin.setup.columns, [1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 25]);
  plugin.run([{ name: "a", attributes: { x: 1, "http.route": "/" } }, { name: "b" }]);
  assert.deepEqual(seen, [["a", "/", true], ["b", undefined, false]]);
});

test("parts are columns", () => {
  const columns = (parts, keys = [], byTrace = false) => {
    const asking = definePolicy({
      name: "test",
      about: "Asks",
      configure(_, setup) {
        if (parts !== undefined) setup.read(...parts);
        keys.forEach((key) => setup.key(key));
        if (byTrace) setup.groupByTrace();
        return { process() {} };
      },
    });
    return new TestPlugin(asking).setup.columns;
  };
  assert.deepEqual(columns(undefined, ["k"]), [], "never asking is asking for everything");
  assert.deepEqual(columns([]), [2, 3, 4, 6, 11]);
  assert.deepEqual(columns([], ["k"]), [1, 2, 3, 4, 5, 6, 9, 10, 11, 12]);
  assert.deepEqual(columns(["status"], [], true), [1, 2, 3, 4, 6, 11, 27, 28, 38, 39]);
  assert.deepEqual(columns(["resource"]), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 31, 65, 70, 71, 72]);
  assert.throws(() => columns(["stauts"]), /setup.read: no part "stauts"; there are ids, times, name/);
});

test("the same key is the same slot", () => {
  const slots = [];
  new TestPlugin(
    definePolicy({
      name: "test",
      about: "Declares",
      configure(_, setup) {
        slots.push(setup.key("a"), setup.key("b"), setup.key("a"));
        return { process() {} };
      },
    }),
  );
  assert.ok(slots[0] === slots[2] && slots[1].index === 1 && slots[1].key === "b");
});

test("reading what was not asked for says what to ask for", () => {
  const message = (process, ...asked) => {
    try {
      new TestPlugin(policy(process, ...asked)).run({ name: "a", attributes: { k: "v" }, events: [{}] });
    } catch (error) {
      return error.message;
    }
  };
  assert.equal(message((batch) => batch.span(0).status), 'the batch has no element 0 in column span-status: ask for it in `configure`: setup.read("status")');
  assert.match(message((batch) => batch.span(0).name), /setup.read\("name"\)/);
  assert.match(message((batch) => batch.span(0).get("k")), /setup.read\("attributes"\)/);
  assert.match(message((batch, edits) => edits.add(batch.span(0), "k", 1)), /setup.read\("attributes"\)/);
  assert.match(message((batch) => batch.span(0).events()), /setup.read\("events"\)/);
  assert.match(message((batch) => batch.span(0).resource.get("k"), ["scope"]), /setup.read\("resource"\)/);
  assert.match(message((batch) => batch.span(0).isLocalRoot), /setup.read\("ids"\)/);
  assert.match(message((batch) => batch.row(0).key), /setup.read\("attributes"\)/);
});

test("spans are found by the string of a declared key", () => {
  const texts = ["/a", "/healthz/deep", "/healthz/deeq", "", "/é", "/healthz/deep", 3, undefined];
  const spans = texts.map((k) => ({ attributes: k === undefined ? {} : { k } }));
  const find = policy((batch, edits, [k]) => {
    for (const text of ["/healthz/deep", "", "/é", "/a", "absent", "/\u00ee"]) {
      for (const span of batch.where(k, text)) edits.add(span, "is", text);
    }
    assert.throws(() => batch.where(k, 3), /where: expected a string, found the number 3/);
  }, ["attributes"], ["k"]);
  const after = new TestPlugin(find).run(spans);
  assert.deepEqual(after.spans.map((span) => span.attributes.is), ["/a", "/healthz/deep", undefined, "", "/é", "/healthz/deep", undefined, undefined]);
});

test("columns are there for who wants the last nanosecond", () => {
  const plugin = new TestPlugin(
    policy(
      (batch, edits, [k, l]) => {
        assert.deepEqual([...batch.declaredRows(k)], [0, -1, 1]);
        assert.deepEqual([batch.values(k), batch.values(l)], [["x", undefined, 2], [undefined, undefined, undefined]]);
        assert.deepEqual([...batch.column("span-kind")], [1, 3, 1]);
        assert.throws(() => batch.column("span-colour"), /a batch has no column "span-colour"/);
      },
      ["kind"],
      ["k", "l"],
    ),
  );
  plugin.run([{ attributes: { k: "x" } }, { kind: "client" }, { attributes: { k: 2 } }]);
});

test("the host is there, and state goes from one instance to the next", () => {
  const counting = definePolicy({
    name: "counting",
    about: "Counts",
    config: { text: string() },
    configure({ text }) {
      let seen = 0;
      return {
        process(batch) {
          seen += batch.length;
          log.info(`${text} ${seen}`);
        },
        save: () => String(seen),
        restore(state) {
          seen = Number(new TextDecoder().decode(state));
          if (Number.isNaN(seen)) throw new Error("expected a number");
        },
      };
    },
  });
  const first = new TestPlugin(counting, { text: "seen" });
  first.run([{}, {}]);
  const second = new TestPlugin(counting, { text: "now" });
  second.restore(first.save());
  second.run([{}]);
  assert.deepEqual([first.log, second.log], [["info: seen 2"], ["info: now 3"]]);
  assert.throws(() => second.restore("x"), /^Error: expected a number$/);
});

test("a batch that is cut or of another version is an error", () => {
  const { all } = encode(complete({ name: "a", attributes: { k: ["v"] } }));
  const plugin = new TestPlugin(policy((batch) => void batch.spans().map((span) => span.name), ["name"]));
  const changed = (at, value) => {
    const bytes = all.slice();
    bytes[at] = value;
    return bytes;
  };
  assert.throws(() => plugin.process(changed(4, 9)), /^Error: layout version 9, expected 1$/);
  assert.throws(() => plugin.process(changed(0, 0)), /the first bytes are not those of a batch/);
  assert.throws(() => plugin.process(changed(12, 255)), /no room|ascend|does not lie/);
  assert.throws(() => plugin.process(changed(20, 7)), /has not one element for each of 7 spans/);
  for (let length = 0; length < all.length; length++) {
    assert.throws(() => plugin.process(all.subarray(0, length)), /no blob|the header says/);
  }
});

test("a batch with wrong numbers in it is an error or another batch, never a crash", () => {
  const { all } = encode(complete([{ name: "a", message: "m", attributes: { k: ["v", { l: 1 }], b: new Uint8Array(3), d: 0.5 }, events: [{ name: "e" }], links: [{}] }]));
  const look = policy((batch, edits) => {
    for (const span of batch) {
      void [span.name, span.message, span.kind, span.scope.name, span.resource.schemaUrl, span.traceId, span.duration];
      for (const of of [span, ...span.events(), ...span.links()]) for (const attribute of of.attributes()) edits.add(span, attribute.key, attribute.value);
    }
  });
  const plugin = new TestPlugin(look);
  for (let at = 48; at < all.length; at++) {
    for (const value of [0, 1, 7, 0x80, 0xff]) {
      const bytes = all.slice();
      bytes[at] = value;
      try {
        plugin.process(bytes);
      } catch (error) {
        assert.ok(error instanceof Error, String(error));
      }
    }
  }
});
