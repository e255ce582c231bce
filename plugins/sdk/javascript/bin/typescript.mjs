// Lets Node run TypeScript: `node --import @spansieve/plugin/typescript --test policy.test.ts`. Newer versions of Node need no help.

import { register } from "node:module";

register("./typescript-hooks.mjs", import.meta.url);
process.setSourceMapsEnabled(true);
