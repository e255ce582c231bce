// Turning what was taken down into a blob.

import { Writer } from "../blob.js";
import { KIND, NONE } from "../layout.js";

/** What is decided of a span. */
export const DROP = 1;
export const KEEP = 2;

/** No edits. */
export const NOTHING = new Uint8Array(0);

const writer = new Writer();

/** Writes the edits. What it is given is the tables of `Edits`. */
export function finish(edits) {
  const { texts, values, added, set, renamed, removed, replaced, decided, fields } = edits;
  const newGroups = edits.orphans ? dropOrphans(edits) : edits.newGroups;
  const live = (number) => number !== NONE;
  if (edits.orphans || edits.hasRemoved) added.keep("group", live);
  if (removed.length > 0) {
    set.keep("row", live);
    renamed.keep("row", live);
  }
  const total = added.length + set.length + renamed.length + removed.length + replaced.length + decided.length + fields.length;
  if (total === 0) return NOTHING;

  // A column costs a view even where it is empty, so each sort of edit is looked at once.
  if (texts.count > 0) {
    writer.column("texts", texts.arena);
    writer.column("text-end", texts.ends);
  }
  values.write(writer);
  if (newGroups > 0) writer.column("new-groups", new Int32Array([newGroups]));
  if (added.length > 0) writeTable(added, ["add-group", "add-key", "add-kind", "add-value"]);
  if (set.length > 0) writeTable(set, ["set-row", "set-kind", "set-value"]);
  if (renamed.length > 0) writeTable(renamed, ["rename-row", "rename-key"]);
  if (removed.length > 0) writeTable(removed, ["remove-row"]);
  if (replaced.length > 0) writeTable(replaced, ["replace-text", "replace-with"]);
  if (decided.length > 0) {
    writer.column("drop-span", spans(decided, DROP));
    writer.column("keep-span", spans(decided, KEEP));
  }
  if (fields.length > 0) writeTable(fields, ["field-code", "field-index", "field-value"]);
  return writer.edits();
}

/** Writes a table's columns, which stand in it in the same order. */
function writeTable(table, names) {
  for (let i = 0; i < names.length; i++) writer.column(names[i], table[table.names[i]], table.length);
}

function spans({ span, decision, length }, wanted) {
  const found = [];
  for (let i = 0; i < length; i++) if (decision[i] === wanted) found.push(span[i]);
  return new Int32Array(found);
}

/**
 * Takes out new groups that no row names any more, with their rows, and numbers the others anew; gives how many are left. Rare: a nested value was
 * put somewhere and then superseded.
 */
function dropOrphans({ added, set, baseGroups: base, newGroups }) {
  const live = new Uint8Array(newGroups);
  const nested = (kind) => kind >= KIND.array;
  for (let i = 0; i < set.length; i++) if (set.row[i] !== NONE && nested(set.kind[i])) live[set.value[i] - base] = 1;
  // A nested group has a higher number than the one it stands in, but its rows may come earlier: go on until nothing changes.
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 0; i < added.length; i++) {
      const group = added.group[i];
      const stands = group !== NONE && (group < base || live[group - base] === 1);
      if (!stands || !nested(added.kind[i]) || live[added.value[i] - base] === 1) continue;
      live[added.value[i] - base] = 1;
      changed = true;
    }
  }
  let count = 0;
  const number = Array.from(live, (alive) => (alive ? base + count++ : NONE));
  for (let i = 0; i < added.length; i++) {
    const group = added.group[i];
    if (group !== NONE && group >= base) added.group[i] = number[group - base];
    if (added.group[i] !== NONE && nested(added.kind[i])) added.value[i] = number[added.value[i] - base];
  }
  for (let i = 0; i < set.length; i++) {
    if (set.row[i] !== NONE && nested(set.kind[i])) set.value[i] = number[set.value[i] - base];
  }
  return count;
}
