// A number for each index, all forgotten at once.

/** Says for some indices which number was put there since the last `clear`. */
export class Places {
  #places = new Int32Array(0);
  /** Indices from here on have nothing. */
  #used = 0;

  /** The number at `index`, or -1. */
  get(index) {
    return index < this.#used ? this.#places[index] : -1;
  }

  put(index, number) {
    if (index >= this.#used) {
      if (index >= this.#places.length) {
        const places = new Int32Array(Math.max(64, 2 * (index + 1))).fill(-1);
        places.set(this.#places.subarray(0, this.#used));
        this.#places = places;
      }
      this.#used = index + 1;
    }
    this.#places[index] = number;
  }

  clear() {
    if (this.#used > 0) this.#places.fill(-1, 0, this.#used);
    this.#used = 0;
  }
}
