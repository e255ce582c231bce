// Spans by the value of a declared key, found without decoding anything: lengths differ mostly, and what is left is compared four bytes a step.

import { KIND } from "./layout.js";
import { encode } from "./utf8.js";

const STRING = KIND.string;

/** Texts that were looked for before: policies look for the same few in every batch. */
const needles = new Map();
const MOST = 256;

function needleOf(text) {
  let needle = needles.get(text);
  if (needle === undefined) {
    if (needles.size >= MOST) needles.clear();
    const bytes = encode(text);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const words = Int32Array.from({ length: bytes.length >> 2 }, (_, word) => view.getInt32(4 * word));
    needle = { bytes, words };
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
  const room = needle.bytes.length + 1;
  const rows = slot._rows;
  const rooms = slot._rooms ?? roomsOf(batch, slot);
  const values = batch._rowValue;
  const bounds = batch._textBounds;
  for (let i = rooms.indexOf(room); i >= 0; i = rooms.indexOf(room, i + 1)) {
    if (isAt(batch, bounds[values[rows[i]]] + 1, needle)) found.push(i);
  }
  return found;
}

/** For each span how many bytes the string of the slot takes with its separator, and 0 where there is none: looked through natively. */
function roomsOf(batch, slot) {
  const rows = slot._rows;
  const kinds = batch._rowKind;
  const values = batch._rowValue;
  const bounds = batch._textBounds ?? batch._loadTextBounds();
  const rooms = new Int32Array(rows.length);
  for (let i = 0, count = rows.length; i < count; i++) {
    const row = rows[i];
    if (row < 0 || kinds[row] !== STRING) continue;
    const index = values[row];
    rooms[i] = bounds[index + 1] - bounds[index];
  }
  return (slot._rooms = rooms);
}

function isAt(batch, start, { bytes, words }) {
  const arena = batch._arenaView ?? batch._loadArenaView();
  if (start + bytes.length > arena.byteLength) return false;
  for (let word = 0, at = start; word < words.length; word++, at += 4) if (arena.getInt32(at) !== words[word]) return false;
  for (let i = 4 * words.length; i < bytes.length; i++) if (arena.getUint8(start + i) !== bytes[i]) return false;
  return true;
}
