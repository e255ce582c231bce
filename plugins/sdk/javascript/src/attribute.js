// Rows of the batch: attributes, and elements of nested values.

import { NONE, VALUE_KINDS } from "./layout.js";

/** A text of the batch, or one that edits brought along. Edits name it by its index instead of copying it. */
export class Text {
  constructor(batch, index) {
    this.batch = batch;
    this.index = index;
  }

  get value() {
    return this.batch.text(this.index);
  }

  toString() {
    return this.value;
  }
}

/** One row of the batch. */
export class Attribute {
  constructor(batch, row) {
    this.batch = batch;
    this.row = row;
  }

  get key() {
    const key = this.batch._number("_rowKey", this.row);
    return key === NONE ? "" : this.batch._keyText(key);
  }

  get kind() {
    return VALUE_KINDS[this.batch._number("_rowKind", this.row)] ?? "empty";
  }

  get value() {
    return this.batch._value(this.row);
  }

  get exactValue() {
    return this.batch._value(this.row, true);
  }

  get text() {
    const { batch, row } = this;
    return batch._number("_rowKind", row) === 1 ? new Text(batch, batch._number("_rowValue", row)) : undefined;
  }

  items() {
    const { batch, row } = this;
    if (batch._number("_rowKind", row) < 6) return [];
    const group = batch._number("_rowValue", row);
    return batch._rows(batch._start("_groupEnd", group), batch._number("_groupEnd", group));
  }
}
