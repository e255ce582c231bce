// The edits builder: whatever is called in whatever order, the rules of the layout hold and the later edit counts.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Batch } from "../src/batch.js";
import { Blob } from "../src/blob.js";
import { Edits } from "../src/edits.js";
import { COLUMNS } from "../src/layout.js";
import { apply, complete, encode } from "../src/test/index.js";
import { double } from "../src/value.js";

/** Edits a batch and applies what came out. */
function edit(before, change) {
  const { all } = encode(complete(before));
  const batch = new Batch().begin(all);
  const edits = new Edits();
  edits.begin(batch);
  change(batch, edits);
  const blob = edits.finish().slice();
  return { ...apply(all, blob), blob };
}

const attributesOf = (after, span = 0) => after.batch.spans[span].attributes;
const nested = ["a", new Map([["k", 1]])];

test("nothing to change is an empty blob", () => {
  const after = edit({ name: "a", attributes: { k: "v" } }, (batch, edits) => {
    const span = batch.span(0);
    edits.text("brought along but named by nothing");
    assert.equal(edits.update(span, "absent", 1), false);
    assert.equal(edits.remove(span, "absent"), false);
    assert.equal(edits.rename(span, "absent", "present"), false);
    assert.equal(edits.insert(span, "k", 1), false);
  });
  assert.equal(after.blob.length, 0);
});

test("attributes of everything are edited by key", () => {
  const before = {
    resources: [{ attributes: { r: 1 } }],
    scopes: [{ name: "s", attributes: { s: 1 } }],
    spans: [{ name: "a", attributes: { k: 1 }, events: [{ name: "e", attributes: { k: 1 } }], links: [{ attributes: { k: 1 } }] }],
  };
  const { batch } = edit(before, (batch, edits) => {
    const span = batch.span(0);
    edits.upsert(span, "k", "two");
    edits.upsert(span.events()[0], "k", 2.5);
    edits.insert(span.links()[0], "new", true);
    edits.remove(span.scope, "s");
    edits.add(span.resource, "more", { a: [1, null, "x"] });
  });
  assert.deepEqual(batch.spans[0].attributes, [["k", "two"]]);
  assert.deepEqual(batch.spans[0].events[0].attributes, [["k", 2.5]]);
  assert.deepEqual(batch.spans[0].links[0].attributes, [["k", 1], ["new", true]]);
  assert.deepEqual(batch.scopes[0].attributes, []);
  assert.deepEqual(batch.resources[0].attributes, [["r", 1], ["more", new Map([["a", [1, null, "x"]]])]]);
});

test("look-ups by key see the edits before them", () => {
  const after = edit({ attributes: { old: 1 } }, (batch, edits) => {
    const span = batch.span(0);
    assert.equal(edits.rename(span, "old", "new"), true);
    assert.equal(edits.insert(span, "old", 2), true, "the old key is free");
    assert.equal(edits.insert(span, "new", 3), false, "the new key is taken");
    edits.upsert(span, "old", 4);
    assert.equal(edits.remove(span, "new"), true);
    assert.equal(edits.insert(span, "new", 5), true);
    assert.equal(edits.rename(span, "new", "newer"), true, "what was added is renamed, too");
    assert.equal(edits.remove(span, "new"), false);
    assert.equal(edits.remove(span, "newer"), true);
    assert.equal(edits.remove(span, "newer"), false);
  });
  assert.deepEqual(attributesOf(after), [["old", 4]]);
});

test("upserting the same new key twice adds one row", () => {
  const after = edit([{ name: "a" }, { name: "b" }], (batch, edits) => {
    for (const value of [1, 2]) for (const span of batch.spans()) edits.upsert(span, "k", value);
  });
  assert.deepEqual([attributesOf(after, 0), attributesOf(after, 1)], [[["k", 2]], [["k", 2]]]);
});

test("of two edits of the same thing the later counts", () => {
  const { batch, edits } = edit([{ name: "a", attributes: { k: 1 } }, { name: "b", attributes: { k: 1 } }], (batch, edits) => {
    const [a, b] = batch.spans();
    const row = a.attribute("k");
    for (const value of [2, 3]) edits.set(row, value);
    for (const key of ["x", "y"]) edits.rename(row, key);
    for (const name of ["first", "second"]) edits.setName(a, name);
    edits.setMessage(a, "text");
    edits.setMessage(a, null);
    for (const text of ["c", "d"]) edits.replaceText("b", text);
    edits.drop(a);
    edits.keep(a);
    edits.keep(b);
    edits.drop(b);
  });
  assert.deepEqual(batch.spans[0].attributes, [["y", 3]]);
  assert.deepEqual([batch.spans[0].name, batch.spans[0].message, batch.spans[1].name], ["second", undefined, "d"]);
  assert.deepEqual(edits.filter(({ drop, keep }) => drop ?? keep !== undefined), [{ drop: 1 }, { keep: 0 }]);
});

test("a removed row stays removed", () => {
  const { edits } = edit({ attributes: { k: 1, l: 2 } }, (batch, edits) => {
    const row = batch.span(0).attribute("k");
    edits.set(row, 2);
    edits.rename(row, "x");
    edits.remove(row);
    edits.remove(row);
    edits.set(row, [1]);
    edits.rename(row, "z");
  });
  assert.deepEqual(edits, [{ remove: 0 }]);
});

test("nested values that were superseded leave no groups behind", () => {
  const deep = [[["x"]], { k: [1] }];
  const after = edit({ attributes: { k: 1, l: 2 } }, (batch, edits) => {
    const span = batch.span(0);
    const row = span.attribute("k");
    edits.set(row, deep);
    edits.upsert(span, "n", deep);
    edits.set(row, deep);
    edits.upsert(span, "n", 1);
    edits.upsert(span, "m", deep);
    edits.remove(span, "m");
    edits.set(span.attribute("l"), deep);
    edits.remove(span, "l");
  });
  assert.deepEqual(attributesOf(after), [["k", [[["x"]], new Map([["k", [1]]])]], ["n", 1]]);
});

test("a copied attribute brings what is nested in it", () => {
  const after = edit([{ attributes: { k: nested, s: "text" } }, {}], (batch, edits) => {
    const [a, b] = batch.spans();
    for (const attribute of a.attributes()) edits.add(b, `copy.${attribute.key}`, attribute);
    edits.add(b, "text", a.attribute("s").text);
  });
  assert.deepEqual(attributesOf(after, 1), [["copy.k", nested], ["copy.s", "text"], ["text", "text"]]);
});

test("elements of nested values are edited as rows", () => {
  const after = edit({ attributes: { k: nested } }, (batch, edits) => {
    const [first, map] = batch.span(0).attribute("k").items();
    edits.set(first, "b");
    assert.throws(() => edits.rename(first, "x"), /an element of an array has no key/);
    edits.set(map.items()[0], "one");
    edits.rename(map.items()[0], "renamed");
  });
  assert.deepEqual(attributesOf(after), [["k", ["b", new Map([["renamed", "one"]])]]]);
});

test("a replaced text is replaced everywhere", () => {
  const before = { name: "x", message: "x", attributes: { x: "x", list: ["x"] }, events: [{ name: "x" }] };
  const { batch } = edit(before, (batch, edits) => {
    edits.replaceText("x", "[é]");
    edits.add(batch.span(0), batch.span(0).attribute("x").text, 1);
  });
  const [span] = batch.spans;
  assert.deepEqual([span.name, span.message, span.events[0].name], ["[é]", "[é]", "[é]"]);
  assert.deepEqual(span.attributes, [["[é]", "[é]"], ["list", ["[é]"]], ["[é]", 1]]);
});

test("every field can be set and those that may be absent cleared", () => {
  const before = {
    resources: [{ schemaUrl: "u" }],
    scopes: [{ name: "lib" }],
    spans: [{ events: [{ name: "e" }], links: [{ tracestate: "t=1" }] }],
  };
  const { batch } = edit(before, (batch, edits) => {
    const span = batch.span(0);
    edits.setName(span, "name");
    edits.setMessage(span, "message");
    edits.setTracestate(span, "t=2");
    edits.setStatus(span, "ok");
    edits.setKind(span, "consumer");
    edits.setName(span.events()[0], edits.text("event"));
    edits.setTracestate(span.links()[0], null);
    edits.setName(span.scope, "scope");
    edits.setVersion(span.scope, "9");
    edits.setSchemaUrl(span.scope, "v");
    edits.setSchemaUrl(span.resource, null);
    assert.throws(() => edits.setStatus(span, "fine"), /expected a status \(unset, ok, error\), found the string "fine"/);
    assert.throws(() => edits.setName(span, null), /expected a string, found null/);
    assert.throws(() => edits.setName(span.resource, "x"), /setName: expected a span, an event or a scope/);
  });
  const [span] = batch.spans;
  assert.deepEqual([span.name, span.message, span.tracestate, span.status, span.kind], ["name", "message", "t=2", 1, 5]);
  assert.deepEqual([span.events[0].name, span.links[0].tracestate], ["event", undefined]);
  const [{ name, version, schemaUrl }] = batch.scopes;
  assert.deepEqual([name, version, schemaUrl, batch.resources[0].schemaUrl], ["scope", "9", "v", undefined]);
});

test("every kind of value arrives as it was given", () => {
  const values = {
    empty: null,
    string: "é😀",
    long: "x".repeat(1000),
    half: "\ud800",
    yes: true,
    int: -7,
    big: 2n ** 63n - 1n,
    small: -(2n ** 63n),
    wide: 2 ** 53,
    whole: double(2),
    zero: -0,
    nan: Number.NaN,
    bytes: new Uint8Array([0, 255]),
    list: [1, [double(1)], {}],
    map: new Map([["", null]]),
  };
  const after = edit({}, (batch, edits) => {
    for (const key in values) edits.add(batch.span(0), key, values[key]);
  });
  const expected = { ...values, half: "\ufffd", wide: double(2 ** 53).value, list: [1, [double(1)], new Map()] };
  assert.deepEqual(Object.fromEntries(attributesOf(after)), expected);
  assert.deepEqual(attributesOf(after), Object.entries(expected));
});

test("what is no value is refused with its reason", () => {
  const refused = (value) => {
    let message;
    edit({}, (batch, edits) => assert.throws(() => edits.add(batch.span(0), "k", value), (error) => Boolean((message = error.message))));
    return message;
  };
  assert.equal(refused(undefined), "a value of an attribute can't be nothing; null is the empty value");
  assert.equal(refused(() => 1), "a value of an attribute can't be a function");
  assert.equal(refused(new Date(0)), "a value of an attribute can't be an object of class Date");
  assert.equal(refused(2n ** 63n), "9223372036854775808 does not fit in 64 bits; BigInt.asIntN(64, n) wraps around");
  assert.equal(refused(new Map([[1, 2]])), "a key of a map must be a string, not the number 1");
});

test("a nested value that was refused leaves nothing behind", () => {
  const after = edit({ attributes: { k: 1 } }, (batch, edits) => {
    const span = batch.span(0);
    for (const value of [[1, undefined], { a: [[undefined]] }, [undefined]]) assert.throws(() => edits.upsert(span, "k", value), TypeError);
    edits.add(span, "l", [2]);
  });
  assert.deepEqual(attributesOf(after), [["k", 1], ["l", [2]]]);
});

test("what a policy took down before it failed is forgotten in the next batch", () => {
  const [batch, edits] = [new Batch(), new Edits()];
  const { all } = encode(complete({ attributes: { k: 1 } }));
  edits.begin(batch.begin(all));
  edits.add(batch.span(0), "half", [1]);
  edits.begin(batch.begin(all));
  assert.equal(edits.finish().length, 0);
  edits.add(batch.span(0), "done", true);
  assert.deepEqual(attributesOf(apply(all, edits.finish())), [["k", 1], ["done", true]]);
});

test("equal new texts are brought along once", () => {
  const { blob } = edit([{}, {}, {}], (batch, edits) => {
    for (const span of batch.spans()) edits.add(span, "team", "payments");
  });
  assert.equal(new Blob().readEdits(blob).view(COLUMNS["text-end"]).length, 2);
});

test("values nested deeper than the host takes become empty", () => {
  let deep = 1;
  for (let i = 0; i < 100; i++) deep = [deep];
  const [[, value]] = attributesOf(edit({}, (batch, edits) => edits.add(batch.span(0), "deep", deep)));
  assert.equal(JSON.stringify(value), `${"[".repeat(64)}null${"]".repeat(64)}`);
});

test("one builder serves many batches", () => {
  const [batch, edits] = [new Batch(), new Edits()];
  for (let round = 0; round < 4; round++) {
    const { all } = encode(complete({ attributes: { k: round } }));
    edits.begin(batch.begin(all));
    if (round !== 1) for (const key of ["k", "l"]) edits.upsert(batch.span(0), key, "v");
    const expected = round === 1 ? [["k", 1]] : [["k", "v"], ["l", "v"]];
    assert.deepEqual(attributesOf(apply(all, edits.finish())), expected);
  }
});

test("random edits do what they would do to a plain list", () => {
  let seed = 1n;
  const random = (below) => {
    seed = BigInt.asUintN(64, seed * 6364136223846793005n + 1442695040888963407n);
    return Number((seed >> 33n) % BigInt(below));
  };
  const KEYS = ["a", "b", "c", "d", "e", "f"];
  const make = (n) => [n, `text ${n}`, [n, [`${n}`], {}], { k: { l: [n] }, m: true }][n % 4];
  const plain = (n) => [n, `text ${n}`, [n, [`${n}`], new Map()], new Map([["k", new Map([["l", [n]]])], ["m", true]])][n % 4];
  const sorted = (entries) => entries.sort(([a], [b]) => (a < b ? -1 : 1));
  for (let round = 0; round < 2000; round++) {
    // The list: row where it is one of the batch, key, value.
    let list = KEYS.slice(0, random(4)).map((key, row) => [row, key, plain(row)]);
    const rows = list.length;
    const after = edit({ attributes: list.map(([, key, value]) => [key, value]) }, (batch, edits) => {
      const span = batch.span(0);
      const steps = random(12);
      for (let step = 0; step < steps; step++) {
        const [key, n] = [KEYS[random(KEYS.length)], step + 10];
        const entry = list.find(([, k]) => k === key);
        const what = random(rows > 0 ? 7 : 4);
        if (what === 0) {
          assert.equal(edits.insert(span, key, make(n)), entry === undefined);
          if (entry === undefined) list.push([undefined, key, plain(n)]);
        } else if (what === 1) {
          edits.upsert(span, key, make(n));
          if (entry === undefined) list.push([undefined, key, plain(n)]);
          else entry[2] = plain(n);
        } else if (what === 2) {
          assert.equal(edits.update(span, key, make(n)), entry !== undefined);
          if (entry !== undefined) entry[2] = plain(n);
        } else if (what === 3) {
          assert.equal(edits.remove(span, key), entry !== undefined);
          list = list.filter(([, k]) => k !== key);
        } else {
          const attribute = span.attributes()[random(rows)];
          const own = list.find(([row]) => row === attribute.row);
          if (what === 4) {
            edits.set(attribute, make(n));
            if (own !== undefined) own[2] = plain(n);
          } else if (what === 5) {
            // Two attributes of one key are another matter.
            if (entry !== undefined) continue;
            edits.rename(attribute, key);
            if (own !== undefined) own[1] = key;
          } else {
            edits.remove(attribute);
            list = list.filter(([row]) => row !== attribute.row);
          }
        }
      }
    });
    // The host puts added rows behind those of the batch, as the list does; renaming keeps the place.
    assert.deepEqual(sorted(attributesOf(after)), sorted(list.map(([, key, value]) => [key, value])));
  }
});
