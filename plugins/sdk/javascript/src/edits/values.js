// Values that edits put somewhere: from JavaScript's to kinds and pools.

import { Attribute, Text } from "../attribute.js";
import { KIND, MAX_DEPTH, NONE } from "../layout.js";
import { Double, found, isInteger } from "../value.js";
import { Table } from "./table.js";

const STRING = KIND.string;
const INT = KIND.int;
const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;

/** The pools of numbers and byte strings that edits bring along, and what turns a value into a row's kind and value. */
export class Values {
  #edits;
  /** Integers in halves of 32 bits, the lower first: a BigInt is dear to make. */
  #ints = new Table({ half: Int32Array });
  #doubles = new Table({ double: Float64Array });
  #bytes = new Table({ byte: Uint8Array });
  #bytesEnd = new Table({ end: Int32Array });
  #base = { ints: 0, doubles: 0, bytes: 0 };
  /** What the last `bring` gave. */
  kind = 0;
  value = 0;

  /** @param {import("../edits.js").Edits} edits */
  constructor(edits) {
    this.#edits = edits;
  }

  begin(ints, doubles, bytes) {
    this.#base = { ints, doubles, bytes };
    this.#ints.length = this.#doubles.length = this.#bytes.length = this.#bytesEnd.length = 0;
  }

  /** Brings along what the value needs. Its kind and `row-value` are then in `kind` and `value`. */
  bring(value, depth = 0) {
    const type = typeof value;
    if (type === "string") return this.#put(STRING, this.#edits._newText(value));
    if (type === "number") {
      // Small ones first, without -0, which is a double.
      if ((value | 0) === value && (value !== 0 || 1 / value > 0)) return this.#int(value, value >> 31);
      return isInteger(value) ? this.#int(value | 0, Math.floor(value / 2 ** 32)) : this.#double(value);
    }
    if (type === "boolean") return this.#put(KIND.boolean, value ? 1 : 0);
    if (value === null) return this.#put(KIND.empty, 0);
    if (type === "bigint") {
      if (value < MIN_INT || value > MAX_INT) throw new RangeError(`${value} does not fit in 64 bits; BigInt.asIntN(64, n) wraps around`);
      return this.#int(Number(BigInt.asIntN(32, value)), Number(value >> 32n));
    }
    if (value instanceof Attribute) return this.#copy(value.batch, value.row, depth);
    if (value instanceof Text) return this.#put(KIND.string, value.index);
    if (value instanceof Double) return this.#double(value.value);
    if (value instanceof Uint8Array) return this.#byteString(value);
    if (type !== "object") {
      const hint = value === undefined ? "; null is the empty value" : "";
      throw new TypeError(`a value of an attribute can't be ${found(value)}${hint}`);
    }
    // The host takes nothing deeper.
    if (depth >= MAX_DEPTH) return this.#put(KIND.empty, 0);
    try {
      this.#nested(value, depth);
    } catch (error) {
      this.#edits._giveUp();
      throw error;
    }
  }

  #nested(value, depth) {
    if (Array.isArray(value)) return this.#array(value, depth);
    if (value instanceof Map) return this.#map(value, depth);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === null || Object.getPrototypeOf(prototype) === null) return this.#object(value, depth);
    throw new TypeError(`a value of an attribute can't be an object of class ${prototype.constructor?.name}`);
  }

  /** Writes the pools' columns. */
  write(writer) {
    writer.column("ints", this.#ints.half, this.#ints.length);
    writer.column("doubles", this.#doubles.double, this.#doubles.length);
    writer.column("bytes", this.#bytes.byte, this.#bytes.length);
    writer.column("bytes-end", this.#bytesEnd.end, this.#bytesEnd.length);
  }

  #put(kind, value) {
    this.kind = kind;
    this.value = value;
  }

  #int(low, high) {
    const ints = this.#ints;
    const { length } = ints;
    if (length + 2 > ints.room) ints.reserve(2);
    ints.half[length] = low;
    ints.half[length + 1] = high;
    ints.length = length + 2;
    this.kind = INT;
    this.value = this.#base.ints + (length >> 1);
  }

  #double(number) {
    const doubles = this.#doubles;
    doubles.reserve();
    doubles.double[doubles.length] = number;
    this.#put(KIND.double, this.#base.doubles + doubles.length++);
  }

  #byteString(given) {
    const bytes = this.#bytes;
    const ends = this.#bytesEnd;
    bytes.reserve(given.length);
    bytes.byte.set(given, bytes.length);
    bytes.length += given.length;
    ends.reserve();
    ends.end[ends.length] = bytes.length;
    this.#put(KIND.bytes, this.#base.bytes + ends.length++);
  }

  #array(items, depth) {
    const group = this.#edits._newGroup();
    for (const item of items) {
      this.bring(item, depth + 1);
      this.#edits._push(group, NONE, this.kind, this.value);
    }
    this.#put(KIND.array, group);
  }

  #map(entries, depth) {
    const group = this.#edits._newGroup();
    for (const [key, item] of entries) {
      if (typeof key !== "string") throw new TypeError(`a key of a map must be a string, not ${found(key)}`);
      const text = this.#edits._newText(key);
      this.bring(item, depth + 1);
      this.#edits._push(group, text, this.kind, this.value);
    }
    this.#put(KIND.map, group);
  }

  #object(entries, depth) {
    const group = this.#edits._newGroup();
    const keys = Object.keys(entries);
    for (let i = 0; i < keys.length; i++) {
      const text = this.#edits._newText(keys[i]);
      this.bring(entries[keys[i]], depth + 1);
      this.#edits._push(group, text, this.kind, this.value);
    }
    this.#put(KIND.map, group);
  }

  /** The value of a row of the batch: nothing is copied but what nested values are made of. */
  #copy(batch, row, depth) {
    const kind = batch._number("_rowKind", row);
    const value = batch._number("_rowValue", row);
    if (kind < KIND.array) return this.#put(kind, value);
    if (depth >= MAX_DEPTH) return this.#put(KIND.empty, 0);
    const group = this.#edits._newGroup();
    const end = batch._number("_groupEnd", value);
    for (let item = batch._start("_groupEnd", value); item < end; item++) {
      const key = batch._number("_rowKey", item);
      this.#copy(batch, item, depth + 1);
      this.#edits._push(group, key === NONE ? NONE : batch._number("_keys", key), this.kind, this.value);
    }
    this.#put(kind, group);
  }
}
