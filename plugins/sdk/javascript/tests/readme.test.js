// The policy and the test in the README are what they say: they run.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("the README's policy passes the README's test", () => {
  const folder = mkdtempSync(join(tmpdir(), "spansieve-readme-"));
  try {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const blocks = [...readme.matchAll(/^```js (\S+)\n([^]*?)^```$/gm)];
    assert.deepEqual(blocks.map(([, name]) => name), ["policy.js", "policy.test.js"]);
    for (const [, name, text] of blocks) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, "package.json"), '{"type": "module"}');
    mkdirSync(join(folder, "node_modules/@spansieve"), { recursive: true });
    symlinkSync(fileURLToPath(new URL("..", import.meta.url)), join(folder, "node_modules/@spansieve/plugin"));
    // Without this the runner would report to the one that runs this test.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--test", "policy.test.js"], { cwd: folder, encoding: "utf8", env });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /pass 1/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
