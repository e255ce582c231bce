// The declarations say what the modules are: TypeScript compiles a policy with them, and every exported name and member is there.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import * as sdk from "../src/index.js";
import * as helpers from "../src/test/index.js";

const declarations = (path) => readFileSync(new URL(`../src/${path}`, import.meta.url), "utf8");

test("every export is declared and every declared value exported", () => {
  for (const [module, path] of [[sdk, "index.d.ts"], [helpers, "test/index.d.ts"]]) {
    const declared = [...declarations(path).matchAll(/^export (?:function|class|const) (\w+)/gm)].map(([, name]) => name);
    assert.deepEqual([...new Set(declared)].sort(), Object.keys(module).sort(), path);
  }
});

test("every member of a declared class is there", () => {
  const text = declarations("index.d.ts");
  const members = (name) => {
    const [, body] = new RegExp(`^(?:export class|interface) ${name}\\b[^]*?\\{\\n([^]*?)^\\}`, "m").exec(text);
    return [...body.matchAll(/^  (?:readonly )?(\w+)[(:]/gm)].map(([, member]) => member).filter((member) => member !== "private" && member !== "constructor");
  };
  const batch = new sdk.Batch();
  const instances = {
    Batch: batch,
    Span: new sdk.Span(batch, 0),
    Event: new sdk.Event(batch, 0),
    Link: new sdk.Link(batch, 0),
    Scope: new sdk.Scope(batch, 0),
    Resource: new sdk.Resource(batch, 0),
    Trace: new sdk.Trace(batch, 0),
    Attribute: new sdk.Attribute(batch, 0),
    Text: new sdk.Text(batch, 0),
    Edits: new sdk.Edits(),
    Setup: new sdk.Setup(),
    Slot: new sdk.Slot(0, "k"),
    Double: new sdk.Double(1),
  };
  for (const [name, instance] of Object.entries(instances)) {
    const declared = members(name);
    assert.ok(declared.length > 0 || name === "Resource", name);
    for (const member of declared) assert.ok(member in instance, `${name}.${member} is declared and missing`);
    const own = Object.getOwnPropertyNames(Object.getPrototypeOf(instance)).filter((member) => !/^_|^constructor$|^begin$|^end$|^finish$/.test(member));
    const inherited = members("Carrier");
    const missing = own.filter((member) => !declared.includes(member) && !inherited.includes(member));
    assert.deepEqual(missing, [], `${name} has undeclared members`);
  }
  for (const member of members("Carrier")) assert.ok(member in instances.Span, `Span.${member}`);
});

test("TypeScript infers the types of a policy", (t) => {
  let compiler;
  try {
    compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  } catch {
    return t.skip("typescript is not installed: npm install");
  }
  const { status, stdout } = spawnSync(process.execPath, [compiler, "--project", fileURLToPath(new URL("tsconfig.json", import.meta.url))], { encoding: "utf8" });
  assert.equal(status, 0, stdout);
});
