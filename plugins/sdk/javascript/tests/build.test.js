// The build: what it makes, and what it says when something is wrong.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const SDK = fileURLToPath(new URL("..", import.meta.url));
const WIT = fileURLToPath(new URL("../../../../wit", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "spansieve-build-"));
after(() => rmSync(folder, { recursive: true }));

const isInstalled = (() => {
  try {
    return ["esbuild", "componentize-qjs"].every((name) => createRequire(import.meta.url).resolve(name));
  } catch {
    return false;
  }
})();
const skip = isInstalled ? false : "esbuild and componentize-qjs are not installed: npm install";

/** Builds a project of these files. */
function build(files, { sdk = SDK, policy = "." } = {}) {
  const project = mkdtempSync(join(folder, "project-"));
  for (const [name, text] of Object.entries({ "package.json": '{"version": "1.2.3", "type": "module"}', ...files })) {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), text);
  }
  const out = join(project, "out", "policy.wasm");
  const args = [join(sdk, "bin/build.mjs"), policy, "--wit", WIT, "--out", out];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: "utf8" });
  return { status, stdout, stderr: stderr.trim().replaceAll(`${project}/`, ""), out, project };
}

const policy = (body) => `import { definePolicy } from "@spansieve/plugin";
export default definePolicy({ name: "test", about: "Tests", configure: () => ({ process() { ${body} } }) });
`;

test("a policy becomes a component that imports the host and nothing else", { skip }, () => {
  const { status, stdout, stderr, out } = build({ "policy.js": policy("") });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^out\/policy\.wasm: [\d,]+ bytes\n$/);
  assert.deepEqual(importsOf(readFileSync(out)), ["spansieve:policy/host@0.1.1"]);
});

test("TypeScript, packages and other modules are bundled", { skip }, () => {
  const files = {
    "policy.ts": `import { definePolicy } from "@spansieve/plugin";
      import { helper } from "./lib/helper.ts";
      import legacy from "legacy";
      import data from "./data.json";
      interface State { seen: number }
      export default definePolicy({ name: "test", about: \`Tests \${helper(legacy.n, data.k)}\`, configure: () => ({ process() { const s: State = { seen: 1 }; void s; } }) });`,
    "lib/helper.ts": "export const helper = (a: number, b: string): string => `${a}${b}`;",
    "data.json": '{"k": "v"}',
    "node_modules/legacy/package.json": '{"name": "legacy", "version": "1.0.0"}',
    "node_modules/legacy/index.js": "module.exports = { n: 1 };",
  };
  const { status, stderr } = build(files);
  assert.equal(status, 0, stderr);
});

test("what is wrong is told with its place", { skip }, () => {
  const says = (files, options) => {
    const { status, stderr } = build(files, options);
    assert.equal(status, 1);
    return stderr;
  };
  assert.equal(says({ "policy.js": "let x = ;" }), 'error: policy.js:1:9: Unexpected ";"');
  assert.equal(says({ "policy.js": 'import "./absent.js";' }), 'error: policy.js:1:8: Could not resolve "./absent.js"');
  assert.match(says({ "policy.js": "export const policy = 1;" }), /policy\.js has no default export/);
  assert.match(says({ "policy.js": "export default { name: 'x' };" }), /^error: the policy can't be loaded: TypeError: the default export must be what definePolicy\(\) gives, found an object/);
  assert.match(says({ "policy.js": policy("").replace('"test"', '"Not Kebab"') }), /definePolicy: `name`: expected a short name in kebab-case.* at policy\.js:2:16/);
  assert.match(says({ "policy.js": `const before = 1;\n  null.x;\n${policy("")}` }), /TypeError: .*, at policy\.js:2:/);
  assert.match(says({ "policy.js": `const now = Date.now();\n${policy("")}` }), /a policy has no clock; `batch\.now` is the time of the batch, at policy\.js:1:18/);
  assert.match(says({ "policy.js": `Math.random();\n${policy("")}` }), /a policy has no random numbers/);
  assert.match(says({ "policy.js": policy(""), "package.json": "{}" }), /^error: package\.json has no "version": it is the plugin's$/);
  assert.match(says({ "policy.js": policy(""), "package.json": "{" }), /^error: package\.json: /);
  assert.match(says({}), /no policy in .*: name its file as "main" in package\.json, or call it policy\.ts or policy\.js/);
  assert.match(says({}, { policy: "absent.js" }), /absent\.js is not there/);
});

test("missing packages are named, with what to run", () => {
  const sdk = join(folder, "sdk-alone");
  for (const part of ["src", "bin", "package.json"]) cpSync(join(SDK, part), join(sdk, part), { recursive: true });
  const { status, stderr, project } = build({ "policy.js": policy("") }, { sdk });
  assert.equal(status, 1);
  const command = "npm install --save-dev esbuild@0.28.2 componentize-qjs@0.4.5";
  assert.equal(stderr, `error: esbuild@0.28.2 and componentize-qjs@0.4.5 are not installed; in ${project} run: ${command}`);
});

test("an SDK that is linked into the project is the one that is built in", { skip }, () => {
  const { project } = build({});
  mkdirSync(join(project, "node_modules/@spansieve"), { recursive: true });
  symlinkSync(SDK, join(project, "node_modules/@spansieve/plugin"));
  writeFileSync(join(project, "policy.js"), policy(""));
  const args = [join(SDK, "bin/build.mjs"), project, "--wit", WIT, "--out", join(project, "out.wasm")];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
});

/** Names of what a component imports: those of its own import sections, not of the components in it. */
function importsOf(bytes) {
  let at = 8;
  const number = () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const names = [];
  while (at < bytes.length) {
    const section = bytes[at++];
    const end = number() + at;
    if (section === 10) {
      assert.equal(number(), 1, "one import a section");
      at++;
      const length = number();
      names.push(bytes.toString("utf8", at, at + length));
    }
    at = end;
  }
  return names;
}
