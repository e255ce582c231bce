// Texts that edits bring along.

import { Table } from "./table.js";
import { encode } from "../utf8.js";

/** Longer texts are not looked for: they hardly come twice. */
const SHORT = 64;

/** Short texts whose bytes are remembered, from batch to batch. */
const REMEMBERED = 1024;

/** The new texts of a batch: in one run, each followed by 0xFF. */
export class NewTexts {
  #base = 0;
  #ends = new Table({ end: Int32Array });
  #arena = new Table({ byte: Uint8Array });
  #strings = [];
  /** For short texts of this batch and those before: their bytes, and their number in the batch of a round. */
  #known = new Map();
  #round = 0;
  #last;
  #lastId = 0;

  /** Begins a batch, which has `base` texts. */
  begin(base) {
    this.#base = base;
    this.#ends.clear();
    this.#arena.clear();
    this.#strings.length = 0;
    this.#last = undefined;
    this.#round++;
    if (this.#known.size > REMEMBERED) this.#known.clear();
  }

  get count() {
    return this.#ends.length;
  }

  get ends() {
    return this.#ends.end.subarray(0, this.#ends.length);
  }

  get arena() {
    return this.#arena.byte.subarray(0, this.#arena.length);
  }

  /** The index of a new text that is equal to `text`. A short one that was brought along before is found again. */
  id(text) {
    if (text === this.#last) return this.#lastId;
    let id;
    if (text.length > SHORT) {
      id = this.#push(text, encode(text));
    } else {
      const known = this.#known.get(text);
      if (known === undefined) {
        const bytes = encode(text);
        id = this.#push(text, bytes);
        this.#known.set(text, { bytes, id, round: this.#round });
      } else if (known.round === this.#round) {
        id = known.id;
      } else {
        id = known.id = this.#push(text, known.bytes);
        known.round = this.#round;
      }
    }
    this.#last = text;
    this.#lastId = id;
    return id;
  }

  /** Whether the text with this index is one of these. */
  has(id) {
    return id >= this.#base && id - this.#base < this.#ends.length;
  }

  text(id) {
    return this.#strings[id - this.#base];
  }

  #push(text, bytes) {
    const arena = this.#arena;
    const ends = this.#ends;
    arena.reserve(bytes.length + 1);
    arena.byte.set(bytes, arena.length);
    const end = arena.length + bytes.length;
    arena.byte[end] = 0xff;
    arena.length = end + 1;
    ends.reserve();
    ends.end[ends.length] = end;
    this.#strings.push(text);
    return this.#base + ends.length++;
  }
}
