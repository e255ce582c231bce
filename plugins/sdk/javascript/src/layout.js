// The columns of `wit/layout.md`, by name, and what stands for what in them.

/** The layout version that this SDK reads and writes. */
export const VERSION = 1;

/** Stands where a text, key or row is absent: 0xFFFFFFFF, as the views of columns show it. */
export const NONE = -1;

/** Bytes before the directory of columns, and of one entry of the directory. */
export const HEADER_LENGTH = 48;
export const ENTRY_LENGTH = 12;

/** How deep values may be nested, in a batch or by edits. */
export const MAX_DEPTH = 64;

export const FLAG_SAMPLED = 1;
export const FLAG_HAS_IS_REMOTE = 0x100;
export const FLAG_IS_REMOTE = 0x200;

/** Names of span kinds, status codes and trace reasons, by their codes. */
export const SPAN_KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"];
export const STATUSES = ["unset", "ok", "error"];
export const TRACE_REASONS = ["root-ended", "timed-out", "limit", "flush", "late"];

/** Names of the kinds of values, by their codes. */
export const VALUE_KINDS = ["empty", "string", "boolean", "int", "double", "bytes", "array", "map"];
export const KIND = { empty: 0, string: 1, boolean: 2, int: 3, double: 4, bytes: 5, array: 6, map: 7 };

/** Codes of the fields that edits set. */
export const FIELD = {
  spanName: 1,
  spanMessage: 2,
  spanTracestate: 3,
  spanStatus: 4,
  spanKind: 5,
  eventName: 6,
  linkTracestate: 7,
  scopeName: 8,
  scopeVersion: 9,
  scopeSchemaUrl: 10,
  resourceSchemaUrl: 11,
};

// The views that columns are read through. Ids of 16 and 8 bytes stay bytes. What the layout calls u32 is read as i32: all such numbers but NONE and flags
// are below 2^31 (a blob is shorter), and QuickJS computes with numbers in 31 bits and a sign several times as fast as with others.
const element = (view, size) => ({ view, size });
const U8 = element(Uint8Array, 1);
const U32 = element(Int32Array, 4);
const U64 = element(BigUint64Array, 8);
const I64 = element(BigInt64Array, 8);
const F64 = element(Float64Array, 8);
const ID16 = element(Uint8Array, 16);
const ID8 = element(Uint8Array, 8);

/** Every column: its id in the directory and its elements. */
const table = {
  texts: [1, U8],
  "text-end": [2, U32],
  ints: [3, I64],
  doubles: [4, F64],
  bytes: [5, U8],
  "bytes-end": [6, U32],
  keys: [7, U32],
  "row-key": [8, U32],
  "row-kind": [9, U8],
  "row-value": [10, U32],
  "group-end": [11, U32],
  declared: [12, U32],
  "span-trace-id": [20, ID16],
  "span-id": [21, ID8],
  "span-parent-id": [22, ID8],
  "span-start": [23, U64],
  "span-end": [24, U64],
  "span-name": [25, U32],
  "span-kind": [26, U8],
  "span-status": [27, U8],
  "span-message": [28, U32],
  "span-tracestate": [29, U32],
  "span-flags": [30, U32],
  "span-scope": [31, U32],
  "span-attributes": [32, U32],
  "span-events-end": [33, U32],
  "span-links-end": [34, U32],
  "span-dropped-attributes": [35, U32],
  "span-dropped-events": [36, U32],
  "span-dropped-links": [37, U32],
  "trace-end": [38, U32],
  "trace-reason": [39, U8],
  "event-name": [40, U32],
  "event-time": [41, U64],
  "event-attributes": [42, U32],
  "event-dropped-attributes": [43, U32],
  "link-trace-id": [50, ID16],
  "link-span-id": [51, ID8],
  "link-tracestate": [52, U32],
  "link-flags": [53, U32],
  "link-attributes": [54, U32],
  "link-dropped-attributes": [55, U32],
  "scope-name": [60, U32],
  "scope-version": [61, U32],
  "scope-schema-url": [62, U32],
  "scope-attributes": [63, U32],
  "scope-dropped-attributes": [64, U32],
  "scope-resource": [65, U32],
  "resource-attributes": [70, U32],
  "resource-schema-url": [71, U32],
  "resource-dropped-attributes": [72, U32],
  "new-groups": [100, U32],
  "add-group": [101, U32],
  "add-key": [102, U32],
  "add-kind": [103, U8],
  "add-value": [104, U32],
  "set-row": [110, U32],
  "set-kind": [111, U8],
  "set-value": [112, U32],
  "rename-row": [115, U32],
  "rename-key": [116, U32],
  "remove-row": [118, U32],
  "replace-text": [120, U32],
  "replace-with": [121, U32],
  "drop-span": [125, U32],
  "keep-span": [126, U32],
  "field-code": [130, U8],
  "field-index": [131, U32],
  "field-value": [132, U32],
};

/** Columns by name: `{ name, id, view, size }`. */
export const COLUMNS = Object.fromEntries(
  Object.entries(table).map(([name, [id, { view, size }]]) => [name, { name, id, view, size }]),
);

/** The same by id. Without holes, which QuickJS looks up by name. */
export const COLUMN_OF_ID = new Array(COLUMNS["field-value"].id + 1).fill(undefined);
for (const column of Object.values(COLUMNS)) COLUMN_OF_ID[column.id] = column;

/** Ids of the columns that a batch can have, ascending. */
export const BATCH_COLUMNS = Object.values(COLUMNS)
  .map((column) => column.id)
  .filter((id) => id < COLUMNS["new-groups"].id);

// === parts: what a policy asks for ===

/** Edits number what they bring along from where the batch ends, so these are always needed. */
export const NUMBERING = [2, 3, 4, 6, 11];
/** Rows with their keys, values and texts. */
export const ROWS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
/** What a declared key needs: its rows are found by the host, so their keys need not be sent. */
export const DECLARED = [1, 2, 3, 4, 5, 6, 9, 10, 12];
/** What grouping by trace needs. */
export const TRACES = [38, 39];

const TEXTS = [1, 2];

/** The parts of a batch, and the columns that each is made of. */
export const PARTS = {
  ids: [20, 21, 22],
  times: [23, 24],
  name: [25, ...TEXTS],
  kind: [26],
  status: [27, 28, ...TEXTS],
  tracestate: [29, ...TEXTS],
  flags: [30],
  attributes: [32, ...ROWS],
  add: [32],
  events: [33, 40, 41, 42, 43, ...ROWS],
  links: [34, 50, 51, 52, 53, 54, 55, ...ROWS],
  scope: [31, 60, 61, 62, 63, 64, 65, ...ROWS],
  resource: [31, 65, 70, 71, 72, ...ROWS],
  dropped: [35, 36, 37],
};

/** What to ask for to be given a column, in the words of an error message. */
export function howToAskFor(column) {
  if (column.id === COLUMNS.declared.id) return "declare the key with `setup.key(...)`";
  if (TRACES.includes(column.id)) return "call `setup.groupByTrace()`";
  const part = Object.keys(PARTS).find((name) => PARTS[name].includes(column.id));
  return part === undefined ? "" : `ask for it in \`configure\`: setup.read(${JSON.stringify(part)})`;
}
