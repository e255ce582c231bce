// What a policy asks of its host while it is configured.

import { BATCH_COLUMNS, DECLARED, NUMBERING, PARTS, TRACES } from "./layout.js";
import { found } from "./value.js";

const NO_ROWS = new Int32Array(0);

/** A key that the policy declared: the host has found its row in each span. */
export class Slot {
  constructor(index, key) {
    this.index = index;
    this.key = key;
    // For the batch at hand: the row in each span, and, once that was asked for, how much room its string takes. They stand here, and not in the
    // batch, because every step on the way to a row is paid for each span.
    this._rows = NO_ROWS;
    this._rooms = undefined;
  }

  _begin(rows) {
    this._rows = rows;
    this._rooms = undefined;
  }
}

/** Takes down what the policy wants to be given. */
export class Setup {
  #slots = [];
  #columns = new Set();
  #reads = false;
  #byTrace = false;

  key(key) {
    if (typeof key !== "string") throw new TypeError(`setup.key: expected an attribute's key, found ${found(key)}`);
    let slot = this.#slots.find((slot) => slot.key === key);
    if (slot === undefined) this.#slots.push((slot = new Slot(this.#slots.length, key)));
    return slot;
  }

  read(...parts) {
    this.#reads = true;
    for (const part of parts) {
      if (!Object.hasOwn(PARTS, part)) {
        throw new TypeError(`setup.read: no part ${JSON.stringify(part)}; there are ${Object.keys(PARTS).join(", ")}`);
      }
      for (const id of PARTS[part]) this.#columns.add(id);
    }
  }

  groupByTrace() {
    this.#byTrace = true;
  }

  get slots() {
    return this.#slots;
  }

  /** The declared keys, by slot. */
  get keys() {
    return this.#slots.map((slot) => slot.key);
  }

  get groupsByTrace() {
    return this.#byTrace;
  }

  /** Ids of the columns to be given, ascending; none means all. */
  get columns() {
    if (!this.#reads) return [];
    const ids = new Set([...this.#columns, ...NUMBERING]);
    if (this.#slots.length > 0) for (const id of DECLARED) ids.add(id);
    if (this.#byTrace) for (const id of TRACES) ids.add(id);
    return BATCH_COLUMNS.filter((id) => ids.has(id));
  }
}
