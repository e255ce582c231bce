#!/usr/bin/env node
// Builds a policy into a component:
//
//   node build.mjs POLICY --wit FOLDER --out FILE.wasm [--name NAME]
//
// POLICY is the module whose default export is the policy, or a folder: there it is the "main" of package.json, or policy.ts, or policy.js.
// FOLDER holds the contract: host.wit, plugin.wit, world.wit. The plugin's version is that of the package.json next to or above POLICY.

import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { placesOf } from "./places.mjs";

const SDK = fileURLToPath(new URL("..", import.meta.url));
const HOST = "spansieve:policy/host@0.1.1";

/** What the build needs, and the versions that it was tried with. */
const TOOLS = { esbuild: "0.28.2", "componentize-qjs": "0.4.5" };

class BuildError extends Error {}

try {
  const { values, positionals } = parseArgs({
    options: { wit: { type: "string" }, out: { type: "string" }, help: { type: "boolean" } },
    allowPositionals: true,
  });
  if (values.help || positionals.length !== 1 || !values.wit || !values.out) {
    throw new BuildError("usage: build.mjs POLICY --wit FOLDER --out FILE.wasm");
  }
  const { file, bytes } = await build(resolve(positionals[0]), resolve(values.wit), resolve(values.out));
  console.log(`${relative(process.cwd(), file)}: ${bytes.toLocaleString("en")} bytes`);
} catch (error) {
  console.error(error instanceof BuildError || error.code?.startsWith("ERR_PARSE_ARGS") ? `error: ${error.message}` : error);
  process.exitCode = 1;
}

async function build(given, wit, out) {
  const policy = policyFile(given);
  const project = projectOf(policy);
  const { esbuild, "componentize-qjs": quickjs } = await tools(policy);
  const isOwn = (source) => source !== "spansieve-entry.js" && !resolve(project.folder, source).startsWith(join(SDK, "src"));
  const { code, map } = await bundle(esbuild, policy, project);
  const source = `${code}\nfunction spansievePlaces() { return JSON.parse(${JSON.stringify(JSON.stringify(placesOf(map, isOwn)))}); }\n`;

  // componentize-qjs reads a file, and prints what is wrong with it to the standard output.
  const folder = await mkdtemp(join(tmpdir(), "spansieve-"));
  try {
    const module = join(folder, "policy.js");
    await writeFile(module, source);
    await evaluate(folder, source);
    const { component } = await quickjs
      .componentize({ witPath: wit, jsSource: source, jsPath: module, moduleRoot: folder, world: "policy", stubWasi: true, sync: true })
      .catch((error) => {
        throw new BuildError(`QuickJS can't take the policy: ${error.message}`);
      });
    await mkdir(dirname(out), { recursive: true });
    writeFileSync(out, component);
    return { file: out, bytes: component.length };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The policy's module: `given`, or what a folder says that it is. */
function policyFile(given) {
  if (!existsSync(given)) throw new BuildError(`${given} is not there`);
  if (statSync(given).isFile()) return given;
  const manifest = join(given, "package.json");
  const main = existsSync(manifest) ? json(manifest).main : undefined;
  for (const name of [main, "policy.ts", "policy.js", "src/policy.ts", "src/policy.js"]) {
    if (name !== undefined && existsSync(join(given, name))) return join(given, name);
  }
  throw new BuildError(`no policy in ${given}: name its file as "main" in package.json, or call it policy.ts or policy.js`);
}

/** The folder and the version of the package that a file belongs to. */
function projectOf(file) {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) {
      const { version } = json(manifest);
      if (typeof version !== "string") throw new BuildError(`${manifest} has no "version": it is the plugin's`);
      return { folder, version };
    }
    if (dirname(folder) === folder) throw new BuildError(`no package.json next to or above ${file}: its "version" is the plugin's`);
  }
}

function json(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new BuildError(`${file}: ${error.message}`);
  }
}

/** The tools, as the policy's project has them installed, or else the SDK. */
async function tools(policy) {
  const found = {};
  const missing = [];
  for (const [name, version] of Object.entries(TOOLS)) {
    const from = [policy, join(SDK, "package.json")].map((file) => createRequire(file));
    const path = from.map((require) => tryTo(() => require.resolve(name))).find(Boolean);
    if (path === undefined) missing.push(`${name}@${version}`);
    else found[name] = await import(pathToFileURL(path)).then((module) => module.default ?? module);
  }
  if (missing.length > 0) {
    const { folder } = projectOf(policy);
    throw new BuildError(`${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not installed; in ${folder} run: npm install --save-dev ${missing.join(" ")}`);
  }
  return found;
}

function tryTo(call) {
  try {
    return call();
  } catch {
    return undefined;
  }
}

/** Everything in one module: the policy, what it imports, the SDK, and the entry that puts them together. */
async function bundle(esbuild, policy, { folder, version }) {
  const entry = `
    import "@spansieve/plugin/environment";
    import * as host from ${JSON.stringify(HOST)};
    import { plugin as make } from "@spansieve/plugin/guest";
    import policy from ${JSON.stringify(policy)};
    export const plugin = make(policy, host, ${JSON.stringify(version)}, spansievePlaces);`;
  try {
    const result = await esbuild.build({
      stdin: { contents: entry, resolveDir: folder, sourcefile: "spansieve-entry.js" },
      absWorkingDir: folder,
      outfile: join(folder, "policy.js"),
      bundle: true,
      write: false,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      conditions: ["spansieve", "import"],
      target: "es2023",
      external: [HOST],
      sourcemap: "external",
      sourcesContent: false,
      logLevel: "silent",
      plugins: [{ name: "spansieve", setup: resolveSdk }],
    });
    const output = (ending) => result.outputFiles.find((file) => file.path.endsWith(ending)).text;
    return { code: output("policy.js"), map: JSON.parse(output("policy.js.map")) };
  } catch (error) {
    if (error.errors === undefined) throw error;
    const lines = error.errors.map(({ text, location }) => {
      if (location?.file === "spansieve-entry.js" && text.includes('import "default"')) {
        return `${relative(folder, policy)} has no default export: the policy is \`export default definePolicy({ ... })\``;
      }
      return location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text;
    });
    throw new BuildError(lines.join("\n"));
  }
}

/** The SDK that policies import is the one that this script belongs to: two would not know each other's classes. */
function resolveSdk(build) {
  const { exports } = json(join(SDK, "package.json"));
  build.onResolve({ filter: /^@spansieve\/plugin(\/|$)/ }, ({ path }) => {
    const target = exports[`.${path.slice("@spansieve/plugin".length)}`];
    if (target === undefined) return { errors: [{ text: `the SDK has no ${path}` }] };
    return { path: join(SDK, target.default ?? target) };
  });
}

/** Runs the module once, away from this process's globals: what it throws is told better by Node than by what componentizes it. */
async function evaluate(folder, source) {
  const { Worker } = await import("node:worker_threads");
  const { describe } = await import("../src/failure.js");
  const module = join(folder, "evaluate.mjs");
  const places = placesIn(source);
  await writeFile(module, source.replace(/import\s*\*\s*as (\w+) from\s*"spansieve:policy[^"]*"/, "const $1={}"));
  const worker = new Worker(
    `import(process.argv[2]).then(() => {}, (error) => postMessage({ name: error?.name, message: error?.message ?? String(error), stack: error?.stack }));
     const { parentPort } = require("node:worker_threads");
     function postMessage(message) { parentPort.postMessage(message); }`,
    { eval: true, argv: [pathToFileURL(module).href], stdout: true },
  );
  const failed = await new Promise((done, fail) => worker.once("message", done).once("error", fail).once("exit", () => done(undefined)));
  if (failed === undefined) return;
  const error = Object.assign(new Error(failed.message), { name: failed.name, stack: failed.stack });
  throw new BuildError(`the policy can't be loaded: ${describe(error, places)}`);
}

function placesIn(source) {
  const line = source.trimEnd().split("\n").at(-1);
  return new Function(`${line} return spansievePlaces();`)();
}
