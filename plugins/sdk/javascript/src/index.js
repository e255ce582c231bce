// Write a spansieve policy in JavaScript or TypeScript. Everything is documented in index.d.ts.

export { Attribute, Text } from "./attribute.js";
export { Batch } from "./batch.js";
export { ConfigError, boolean, choice, integer, json, list, number, object, record, string } from "./config.js";
export { Edits } from "./edits.js";
export { count, log, table } from "./host.js";
export { NONE } from "./layout.js";
export { definePolicy } from "./policy.js";
export { Setup, Slot } from "./setup.js";
export { Event, Link, Resource, Scope, Span, Trace } from "./span.js";
export { Double, double } from "./value.js";
