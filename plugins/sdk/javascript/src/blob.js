// Reading and writing the run of bytes that crosses: a header, a directory of columns, the columns.

import { COLUMN_OF_ID, COLUMNS, ENTRY_LENGTH, HEADER_LENGTH, VERSION } from "./layout.js";

const BATCH = 0x42565353; // "SSVB", little-endian
const EDITS = 0x45565353; // "SSVE"

const NO_BYTES = new Uint8Array(8);

/**
 * A blob whose header and directory hold what they promise. Values inside columns are not checked here.
 * The same object can read one blob after another.
 */
export class Blob {
  constructor() {
    this.offset = new Uint32Array(COLUMN_OF_ID.length);
    this.length = new Uint32Array(COLUMN_OF_ID.length);
    this.clear();
  }

  /** Lets go of the bytes. */
  clear() {
    this.bytes = NO_BYTES;
    this.ascii = this.grouped = false;
    this.spans = 0;
  }

  /**
   * Reads header and directory of a batch.
   * @param {Uint8Array} bytes
   */
  readBatch(bytes) {
    return this.#read(bytes, BATCH, false);
  }

  /**
   * Reads header and directory of edits, in which an unknown column is an error.
   * @param {Uint8Array} bytes
   */
  readEdits(bytes) {
    return this.#read(bytes, EDITS, true);
  }

  /** The view of a column; an empty one where the blob does not have it. */
  view(column) {
    const { id, view: View, size } = column;
    return new View(this.bytes.buffer, this.bytes.byteOffset + this.offset[id], this.length[id] / (View === Uint8Array ? 1 : size));
  }

  /** The time of the batch, Unix nanoseconds. */
  get now() {
    return new BigUint64Array(this.bytes.buffer, this.bytes.byteOffset + 24, 1)[0];
  }

  /** The head sampler's probability; NaN where unknown. */
  get headProbability() {
    return new Float64Array(this.bytes.buffer, this.bytes.byteOffset + 32, 1)[0];
  }

  #read(bytes, magic, onlyKnown) {
    if (bytes.length < HEADER_LENGTH) throw new Error(`${bytes.length} bytes are no blob: its header has ${HEADER_LENGTH}`);
    // Typed arrays must start at a multiple of their element's size, and columns do so only relative to the blob.
    if (bytes.byteOffset % 8 !== 0) bytes = bytes.slice();
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    if (words[0] !== magic) throw new Error(`the first bytes are not those of ${magic === BATCH ? "a batch" : "edits"}`);
    const version = words[1] & 0xffff;
    if (version !== VERSION) throw new Error(`layout version ${version}, expected ${VERSION}`);
    if (words[4] !== bytes.length) throw new Error(`the header says ${words[4]} bytes, there are ${bytes.length}`);
    const count = words[3];
    const start = HEADER_LENGTH + count * ENTRY_LENGTH;
    if (start > bytes.length) throw new Error(`no room for a directory of ${count} columns`);

    const { offset, length } = this;
    offset.fill(0);
    length.fill(0);
    let last = 0;
    for (let entry = HEADER_LENGTH / 4, i = 0; i < count; i++, entry += ENTRY_LENGTH / 4) {
      const id = words[entry];
      if (id <= last) throw new Error(`column ids do not ascend at ${id}`);
      last = id;
      const from = words[entry + 1];
      const size = words[entry + 2];
      if (from % 8 !== 0 || from < start || from + size > bytes.length) {
        throw new Error(`column ${id} does not lie in the blob: ${size} bytes at ${from}`);
      }
      const column = COLUMN_OF_ID[id];
      if (column === undefined) {
        if (onlyKnown) throw new Error(`unknown column ${id}`);
        continue;
      }
      if (size % column.size !== 0) throw new Error(`column ${column.name} does not hold whole elements: ${size} bytes`);
      offset[id] = from;
      length[id] = size;
    }
    this.bytes = bytes;
    this.ascii = (words[2] & 1) !== 0;
    this.grouped = (words[2] & 2) !== 0;
    this.spans = words[5];
    return this;
  }
}

/** Writes blobs, each into the same memory, which grows as needed. */
export class Writer {
  #bytes = new Uint8Array(4096);
  #words = new Int32Array(this.#bytes.buffer);
  /** Columns to write: their ids, and what they hold. */
  #ids = [];
  #columns = [];

  /** Adds a column, in ascending order of ids; an empty one is left out. */
  column(name, data, length = data.length) {
    if (length === 0) return;
    this.#ids.push(COLUMNS[name].id);
    this.#columns.push(length === data.length ? data : data.subarray(0, length));
  }

  /** The edits, valid until the next blob is written. */
  edits() {
    return this.#write(EDITS);
  }

  /** A batch, in memory of its own. */
  batch({ ascii = false, grouped = false, spans = 0, now = 0n, headProbability = 0 }) {
    const blob = this.#write(BATCH).slice();
    const view = new DataView(blob.buffer);
    view.setUint32(8, (ascii ? 1 : 0) | (grouped ? 2 : 0), true);
    view.setUint32(20, spans, true);
    view.setBigUint64(24, now, true);
    view.setFloat64(32, headProbability, true);
    return blob;
  }

  #write(magic) {
    const ids = this.#ids;
    const columns = this.#columns;
    let total = align(HEADER_LENGTH + ids.length * ENTRY_LENGTH);
    let at = total;
    for (let i = 0; i < columns.length; i++) total += align(columns[i].byteLength);
    if (this.#bytes.length < total) {
      this.#bytes = new Uint8Array(align(total + (total >> 1)));
      this.#words = new Int32Array(this.#bytes.buffer);
    }
    const bytes = this.#bytes;
    const words = this.#words;
    words.fill(0, 0, total >> 2);
    words[0] = magic;
    words[1] = VERSION;
    words[3] = ids.length;
    words[4] = total;
    for (let i = 0, entry = HEADER_LENGTH >> 2; i < ids.length; i++, entry += ENTRY_LENGTH >> 2) {
      const column = columns[i];
      const length = column.byteLength;
      words[entry] = ids[i];
      words[entry + 1] = at;
      words[entry + 2] = length;
      // Setting from an array of another element converts each number: only bytes and 32-bit columns are copied as they are.
      if (column instanceof Int32Array) words.set(column, at >> 2);
      else bytes.set(column instanceof Uint8Array ? column : new Uint8Array(column.buffer, column.byteOffset, length), at);
      at += align(length);
    }
    ids.length = columns.length = 0;
    return bytes.subarray(0, total);
  }
}

const align = (n) => (n + 7) & ~7;
