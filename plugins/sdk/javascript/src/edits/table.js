// Parallel columns that grow together. They keep their memory from batch to batch.

/** Parallel columns of numbers: `new Table({ row: Int32Array, kind: Uint8Array })` has `row`, `kind` and `length`. */
export class Table {
  #columns;

  constructor(columns) {
    this.#columns = columns;
    this.names = Object.keys(columns);
    this.length = 0;
    /** How many elements there is room for. */
    this.room = 256;
    for (const name in columns) this[name] = new columns[name](this.room);
  }

  clear() {
    this.length = 0;
  }

  /** Makes room for `more` elements behind those that there are. */
  reserve(more = 1) {
    if (this.length + more <= this.room) return;
    this.room = Math.max(2 * this.room, this.length + more);
    for (const name in this.#columns) {
      const grown = new this.#columns[name](this.room);
      grown.set(this[name].subarray(0, this.length));
      this[name] = grown;
    }
  }

  /** Keeps the elements for which `live` is true of the number in column `name`. */
  keep(name, live) {
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      if (!live(this[name][i])) continue;
      for (const column in this.#columns) this[column][kept] = this[column][i];
      kept++;
    }
    this.length = kept;
  }
}
