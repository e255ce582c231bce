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
  if (containsNone(added.group, added.length)) added.keep("group", live);
  if (removed.length > 0) {
    set.keep("row", live);
    renamed.keep("row", live);
  }
  const total = added.length + set.length + renamed.length + removed.length + replaced.length + decided.length + fields.length;
  if (total === 0) return NOTHING;

  writer.column("texts", texts.arena);
  writer.column("text-end", texts.ends);
  values.write(writer);
  if (newGroups > 0) writer.column("new-groups", new Uint32Array([newGroups]));
  writer.column("add-group", added.group, added.length);
  writer.column("add-key", added.key, added.length);
  writer.column("add-kind", added.kind, added.length);
  writer.column("add-value", added.value, added.length);
  writer.column("set-row", set.row, set.length);
  writer.column("set-kind", set.kind, set.length);
  writer.column("set-value", set.value, set.length);
  writer.column("rename-row", renamed.row, renamed.length);
  writer.column("rename-key", renamed.key, renamed.length);
  writer.column("remove-row", removed.row, removed.length);
  writer.column("replace-text", replaced.text, replaced.length);
  writer.column("replace-with", replaced.with, replaced.length);
  writer.column("drop-span", spans(decided, DROP));
  writer.column("keep-span", spans(decided, KEEP));
  writer.column("field-code", fields.code, fields.length);
  writer.column("field-index", fields.index, fields.length);
  writer.column("field-value", fields.value, fields.length);
  return writer.edits();
}

function spans(decided, decision) {
  return decided.span.subarray(0, decided.length).filter((_, place) => decided.decision[place] === decision);
}

/** Natively: a loop over what was added to every span would cost as much as adding it. */
function containsNone(groups, length) {
  return groups.subarray(0, length).includes(NONE);
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
