// Spans by the value of a declared key, found without decoding anything: lengths differ mostly, and are looked through natively; what is left is
// compared eight bytes a step.

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
    needle = { bytes, steps: stepsOf(bytes) };
    needles.set(text, needle);
  }
  return needle;
}

/**
 * The bytes as doubles, to be compared by one instruction: offset and number in turn, the last step overlapping the one before. None where a number
 * would not be equal to its own bits and to no others (NaN, 0), which no ordinary text gives, and for less than 8 bytes.
 */
function stepsOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const steps = [];
  for (let at = 0; at < bytes.length; at += 8) {
    const offset = Math.min(at, bytes.length - 8);
    const number = offset < 0 ? Number.NaN : view.getFloat64(offset);
    if (Number.isNaN(number) || number === 0) return undefined;
    steps.push(offset, number);
  }
  return steps;
}

/**
 * The spans whose attribute of a declared key is the string `text`.
 * @param {import("./batch.js").Batch} batch
 * @param {import("./setup.js").Slot} slot
 * @param {string} text
 */
export function spansWhere(batch, slot, text) {
  const found = [];
  const needle = needleOf(text);
  const room = needle.bytes.length + 1;
  const rows = slot._rows;
  const rooms = slot._rooms ?? roomsOf(batch, slot);
  const { _rowKind: kinds, _rowValue: values, _textBounds: bounds } = batch;
  const arena = batch._arenaView ?? batch._loadArenaView();
  const { bytes, steps } = needle;
  const last = arena.byteLength - room;
  const count = steps?.length ?? 0;
  for (let i = rooms.indexOf(room); i >= 0; i = rooms.indexOf(room, i + 1)) {
    const row = rows[i];
    if (kinds[row] !== STRING) continue;
    const start = bounds[values[row]] + 1;
    if (start > last) continue;
    if (steps === undefined) {
      if (isAt(arena, start, bytes)) found.push(batch.span(i));
      continue;
    }
    // In line: a call costs as much as the comparison.
    let step = 0;
    while (step < count && arena.getFloat64(start + steps[step]) === steps[step + 1]) step += 2;
    if (step === count) found.push(batch.span(i));
  }
  return found;
}

/**
 * For each span how many bytes the string of the slot takes with its separator, and 0 where the span does not have the key. Where it is no string it is
 * some number: looking at the kind is left to who finds the right one.
 */
function roomsOf(batch, slot) {
  const rows = slot._rows;
  const values = batch._rowValue;
  const bounds = batch._textBounds ?? batch._loadTextBounds();
  const count = rows.length;
  const rooms = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const row = rows[i];
    if (row < 0) continue;
    const index = values[row];
    rooms[i] = bounds[index + 1] - bounds[index];
  }
  return (slot._rooms = rooms);
}

function isAt(arena, start, bytes) {
  for (let i = 0; i < bytes.length; i++) if (arena.getUint8(start + i) !== bytes[i]) return false;
  return true;
}
