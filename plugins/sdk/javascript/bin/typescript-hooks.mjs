// Types are taken away by esbuild, which the build of a policy needs anyway. Errors keep their lines by a source map.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

export async function load(url, context, next) {
  if (!/\.m?ts$/.test(url)) return next(url, context);
  const sourcefile = fileURLToPath(url);
  const { transform } = createRequire(sourcefile)("esbuild");
  const options = { loader: "ts", format: "esm", target: `node${process.versions.node}`, sourcefile, sourcemap: "inline" };
  const { code } = await transform(await readFile(sourcefile, "utf8"), options);
  return { format: "module", source: code, shortCircuit: true };
}
