// Spans by the value of a declared key, found without decoding anything: lengths differ mostly, and what is left is compared four bytes a step.

import { KIND } from "./layout.js";
import { encode } from "./utf8.js";

/** Texts that were looked for before: policies look for the same few in every batch. */
const needles = new Map();
const MOST = 256;

function needleOf(text) {
  let needle = needles.get(text);
  if (needle === undefined) {
    if (needles.size >= MOST) needles.clear();
    const bytes = encode(text);
    needle = { length: bytes.length, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
    needles.set(text, needle);
  }
  return needle;
}

/**
 * Indices of the spans whose attribute of a declared key is the string `text`.
 * @param {import("./batch.js").Batch} batch
 * @param {import("./setup.js").Slot} slot
 * @param {string} text
 */
export function indicesWhere(batch, slot, text) {
  const found = [];
  const needle = needleOf(text);
  const { length } = needle;
  const rows = batch.declaredRows(slot);
  const kinds = batch._rowKind ?? batch._load("_rowKind");
  const values = batch._rowValue ?? batch._load("_rowValue");
  const ends = batch._textEnd ?? batch._load("_textEnd");
  for (let i = 0, count = rows.length; i < count; i++) {
    const row = rows[i];
    if (row < 0 || kinds[row] !== KIND.string) continue;
    const index = values[row];
    const start = index === 0 ? 0 : ends[index - 1] + 1;
    if (ends[index] - start === length && isAt(batch, start, needle)) found.push(i);
  }
  return found;
}

function isAt(batch, start, { length, view }) {
  const arena = batch._arenaView ?? batch._loadArenaView();
  if (start + length > arena.byteLength) return false;
  let at = 0;
  for (; at + 4 <= length; at += 4) if (arena.getInt32(start + at) !== view.getInt32(at)) return false;
  for (; at < length; at++) if (arena.getUint8(start + at) !== view.getUint8(at)) return false;
  return true;
}
