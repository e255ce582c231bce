// A batch of spans as a policy sees it. Nothing is decoded before it is asked for.
//
// One Batch serves one batch after another, and so do the views that it hands out: in QuickJS, making an object costs ten times as much as reading
// an element of a column. A view is valid until `process` returns.

import { Attribute, Text } from "./attribute.js";
import { Blob } from "./blob.js";
import * as host from "./host.js";
import { COLUMNS, NONE, howToAskFor } from "./layout.js";
import { Event, Link, Resource, Scope, Span, Trace } from "./span.js";
import { byteLength, decode } from "./utf8.js";
import { exactDouble, found } from "./value.js";
import { spansWhere } from "./where.js";

/** Views that are kept for the next batch; more are made anew when a batch has so many. */
const KEPT_VIEWS = 8192;

/**
 * Decoding a text by itself takes as long as being handed so many bytes of ASCII as one string, or as cutting so many other texts out of one. A batch
 * in which more is read is decoded at once, and the next one, too; every sixteenth is looked at anew.
 */
const BYTES_PER_TEXT = 2000;
const TEXTS_PER_TEXT = 8;
const ANEW = 16;

/** The names of columns as fields of a Batch: `span-status` is `_spanStatus`. */
const COLUMN_OF_FIELD = Object.fromEntries(
  Object.values(COLUMNS)
    .filter((column) => column.id < 100)
    .map((column) => [`_${column.name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())}`, column]),
);

const FIRST_OF_SPANS = COLUMNS["span-trace-id"].id;
const LAST_OF_SPANS = COLUMNS["span-dropped-links"].id;

export class Batch {
  #blob = new Blob();
  #loaded = [];
  #views = { spans: [], events: [], links: [], scopes: [], resources: [], traces: [], rows: [] };
  /** Texts of keys, by key; and the other way round for those that were looked for. */
  #keyTexts = [];
  #keyIndices = new Map();
  #lastKey;
  #lastKeyIndex = -1;
  /** Texts to be decoded one by one before all are asked for at once. */
  #patience = 0;
  /** For so many batches more, all texts are asked for when one is read. */
  #eager = 0;
  /** All texts in one string, where they are ASCII; or one by one. */
  #arena;
  #allTexts;
  /** There are more views than are kept. */
  #hasMany = false;

  constructor() {
    /** How many spans there are. A field, not a getter: each look at a declared key reads it. */
    this.length = 0;
    // Columns that were looked at, as fields: `batch._spanStatus ?? batch._load("_spanStatus")`.
    for (const field of Object.keys(COLUMN_OF_FIELD)) this[field] = undefined;
    this._intHalves = this._arenaView = this._textBounds = undefined;
  }

  /**
   * Begins a batch.
   * @param {Uint8Array} bytes
   * @param {import("./setup.js").Slot[]} slots the keys that were declared
   */
  begin(bytes, slots = []) {
    if (this.#loaded.length > 0) this.end();
    const { ascii, length } = this.#blob.readBatch(bytes);
    const reads = --this.#eager > 0 ? 0 : ascii ? length[1] / BYTES_PER_TEXT : length[2] / 4 / TEXTS_PER_TEXT;
    this.#patience = 1 + Math.ceil(reads);
    this.length = this.#blob.spans;
    if (slots.length > 0) this.#beginSlots(slots);
    return this;
  }

  #beginSlots(slots) {
    const { length } = this;
    const declared = this._load("_declared");
    if (declared.length !== slots.length * length) throw new Error(`column declared has not ${slots.length} rows for each of ${length} spans`);
    for (const slot of slots) slot._begin(declared.subarray(slot.index * length, (slot.index + 1) * length));
    this._load("_rowKind");
    this._load("_rowValue");
  }

  /** Lets go of the batch, so that its memory serves the next one. */
  end() {
    this.#blob.clear();
    this.length = 0;
    this.#arena = this.#allTexts = undefined;
    if (this.#loaded.length === 0) return;
    for (const field of this.#loaded) this[field] = undefined;
    this.#loaded.length = 0;
    if (this.#lastKey !== undefined) {
      this.#lastKey = undefined;
      this.#keyIndices.clear();
    }
    this.#keyTexts.length = 0;
    if (this.#hasMany) {
      for (const kind in this.#views) if (this.#views[kind].length > KEPT_VIEWS) this.#views[kind].length = KEPT_VIEWS;
      this.#hasMany = false;
    }
  }

  get now() {
    return this.#blob.now;
  }

  get headProbability() {
    const probability = this.#blob.headProbability;
    return Number.isNaN(probability) ? undefined : probability;
  }

  get isAscii() {
    return this.#blob.ascii;
  }

  get isGrouped() {
    return this.#blob.grouped;
  }

  // === spans and what belongs to them ===


  spans() {
    return this.#some(this.#views.spans, Span, 0, this.#blob.spans);
  }

  span(index) {
    const span = this.#views.spans[index];
    if (span !== undefined && index < this.length) return span;
    return this.#one(this.#views.spans, Span, index, this.#blob.spans, "span");
  }

  [Symbol.iterator]() {
    return this.spans()[Symbol.iterator]();
  }

  where(slot, text) {
    if (typeof text !== "string") throw new TypeError(`where: expected a string, found ${found(text)}`);
    return spansWhere(this, slot, text);
  }

  traces() {
    if (!this.#blob.grouped) return [];
    return this.#some(this.#views.traces, Trace, 0, (this._traceEnd ?? this._load("_traceEnd")).length);
  }

  events() {
    return this._events(0, (this._eventName ?? this._load("_eventName")).length);
  }

  links() {
    return this._links(0, (this._linkFlags ?? this._load("_linkFlags")).length);
  }

  scopes() {
    return this.#some(this.#views.scopes, Scope, 0, (this._scopeName ?? this._load("_scopeName")).length);
  }

  resources() {
    const attributes = this._resourceAttributes ?? this._load("_resourceAttributes");
    return this.#some(this.#views.resources, Resource, 0, attributes.length);
  }

  rows() {
    return this._rows(0, this.rowCount);
  }

  row(index) {
    return this.#one(this.#views.rows, Attribute, index, this.rowCount, "row");
  }

  get rowCount() {
    const ends = this._groupEnd ?? this._load("_groupEnd");
    return ends.length === 0 ? 0 : ends[ends.length - 1];
  }

  get groupCount() {
    return this._count(COLUMNS["group-end"]);
  }

  // === texts ===

  get textCount() {
    return this._count(COLUMNS["text-end"]);
  }

  texts() {
    const texts = [];
    for (let index = 0; index < this.textCount; index++) texts.push(new Text(this, index));
    return texts;
  }

  text(index) {
    const bounds = this._textBounds ?? this._loadTextBounds();
    const start = bounds[index] + 1;
    const end = bounds[index + 1];
    // Also false where the batch has no such text.
    if (!(start <= end)) this._missing("_texts", index);
    if (this.#arena !== undefined) return this.#arena.slice(start, end);
    return this.#decode(index, start, end);
  }

  // === the last nanosecond ===

  column(name) {
    const column = COLUMNS[name];
    if (column === undefined || column.id >= 100) throw new TypeError(`column: a batch has no column ${JSON.stringify(name)}`);
    return this.#blob.view(column);
  }

  declaredRows(slot) {
    return slot._rows;
  }

  values(slot) {
    const rows = this.declaredRows(slot);
    const values = [];
    for (let i = 0; i < rows.length; i++) values.push(rows[i] < 0 ? undefined : this._value(rows[i]));
    return values;
  }

  // === private, but for the views ===

  /** Looks at a column for the first time in this batch. */
  _load(field) {
    const column = COLUMN_OF_FIELD[field];
    const view = this.#blob.view(column);
    this.#check(column, view);
    this[field] = view;
    this.#loaded.push(field);
    return view;
  }

  /** How many elements a column has. */
  _count(column) {
    return this.#blob.length[column.id] / column.size;
  }

  /** Throws: the column was not asked for, or the host wrote a batch that points outside itself. */
  _missing(field, index) {
    const column = COLUMN_OF_FIELD[field];
    const how = this.#blob.length[column.id] === 0 ? howToAskFor(column) : "";
    throw new Error(`the batch has no element ${index} in column ${column.name}${how && `: ${how}`}`);
  }

  /** Element `index` of a column of numbers. */
  _number(field, index) {
    return (this[field] ?? this._load(field))[index] ?? this._missing(field, index);
  }

  /** Where run `index` of a column of ends starts. */
  _start(field, index) {
    return index === 0 ? 0 : this._number(field, index - 1);
  }

  _optionalText(field, index) {
    const text = this._number(field, index);
    return text < 0 ? undefined : this.text(text);
  }

  _events(start, end) {
    return this.#some(this.#views.events, Event, start, end, (this._eventName ?? this._load("_eventName")).length);
  }

  _links(start, end) {
    return this.#some(this.#views.links, Link, start, end, (this._linkFlags ?? this._load("_linkFlags")).length);
  }

  _scope(index) {
    return this.#one(this.#views.scopes, Scope, index, Infinity, "scope");
  }

  _resource(index) {
    return this.#one(this.#views.resources, Resource, index, Infinity, "resource");
  }

  _spans(start, end) {
    return this.#some(this.#views.spans, Span, start, end, this.#blob.spans);
  }

  _rows(start, end) {
    return this.#some(this.#views.rows, Attribute, start, end, this.rowCount);
  }

  /** The row of a key or slot in a group of attributes, or NONE. */
  _find(group, key) {
    const index = this._keyIndex(key);
    if (index < 0) return NONE;
    const keys = this._rowKey ?? this._load("_rowKey");
    const end = this._number("_groupEnd", group);
    for (let row = this._start("_groupEnd", group); row < end; row++) if (keys[row] === index) return row;
    return NONE;
  }

  /** The number of a key among those of the batch, or -1. */
  _keyIndex(key) {
    if (key === this.#lastKey) return this.#lastKeyIndex;
    let index = this.#keyIndices.get(key);
    if (index === undefined) {
      index = this.#searchKey(key);
      this.#keyIndices.set(key, index);
    }
    this.#lastKey = key;
    this.#lastKeyIndex = index;
    return index;
  }

  _keyText(key) {
    return (this.#keyTexts[key] ??= this.text(this._number("_keys", key)));
  }

  /** What a row holds, as a value of JavaScript. */
  _value(row, exact = false) {
    const value = this._number("_rowValue", row);
    switch ((this._rowKind ?? this._load("_rowKind"))[row]) {
      case 0:
        return null;
      case 1:
        return this.text(value);
      case 2:
        return value !== 0;
      case 3:
        return this._int(value);
      case 4: {
        const number = this._number("_doubles", value);
        return exact ? exactDouble(number) : number;
      }
      case 5:
        return this._byteString(value).slice();
      case 6: {
        const items = [];
        const end = this._number("_groupEnd", value);
        for (let item = this._start("_groupEnd", value); item < end; item++) items.push(this._value(item, exact));
        return items;
      }
      case 7: {
        const entries = new Map();
        const end = this._number("_groupEnd", value);
        for (let item = this._start("_groupEnd", value); item < end; item++) {
          entries.set(this._keyText(this._number("_rowKey", item)), this._value(item, exact));
        }
        return entries;
      }
      case undefined:
        return this._missing("_rowKind", row);
      default:
        return null;
    }
  }

  /** An integer of the pool: a number where JavaScript holds it exactly, else a BigInt. */
  _int(index) {
    const halves = this._intHalves ?? this.#loadHalves();
    const low = halves[2 * index] ?? this._missing("_ints", index);
    // Most integers are small: of those the upper half is all sign. A BigInt is dear to make.
    if (halves[2 * index + 1] === low >> 31) return low;
    const big = (this._ints ?? this._load("_ints"))[index];
    const number = Number(big);
    return number >= -Number.MAX_SAFE_INTEGER && number <= Number.MAX_SAFE_INTEGER ? number : big;
  }

  _byteString(index) {
    const end = this._number("_bytesEnd", index);
    return (this._bytes ?? this._load("_bytes")).subarray(this._start("_bytesEnd", index), end);
  }

  // === private ===

  /** What a column must be before anything is made of it: hosts keep to it, and what is no host's batch is refused with a reason. */
  #check({ id, name, size }, view) {
    const { length, spans } = this.#blob;
    if (id >= FIRST_OF_SPANS && id <= LAST_OF_SPANS && view.length !== 0 && length[id] !== spans * size) {
      throw new Error(`column ${name} has not one element for each of ${spans} spans`);
    }
    if (id === 2 && length[1] > 0 && view[view.length - 1] + 1 !== length[1]) throw new Error("column text-end does not end where texts does");
  }

  #one(views, View, index, count, what) {
    if (!(index >= 0 && index < count)) throw new RangeError(`${what} ${index} of ${count}`);
    return index < views.length ? views[index] : index < KEPT_VIEWS ? this.#make(views, View, index + 1)[index] : new View(this, index);
  }

  #some(views, View, start, end, limit = end) {
    if (end > limit) throw new RangeError(`${View.name.toLowerCase()} ${end} of ${limit}`);
    if (end > views.length) this.#make(views, View, end);
    return views.slice(start, end);
  }

  #make(views, View, count) {
    while (views.length < count) views.push(new View(this, views.length));
    this.#hasMany ||= count > KEPT_VIEWS;
    return views;
  }

  /** A text by itself, or, once that would have cost more, all texts at once. */
  #decode(index, start, end) {
    if (this.#allTexts !== undefined) return this.#allTexts[index];
    if (--this.#patience !== 0) return this.#decodeAlone(index, start, end);
    if (this.#eager <= 0) this.#eager = ANEW;
    const arena = host.texts();
    // Every text is ASCII: offsets of bytes are offsets of characters.
    if (arena.length === (this._texts ?? this._load("_texts")).length) return (this.#arena = arena).slice(start, end);
    const texts = arena.split("\0");
    // One more than texts, unless one of them has a U+0000 in it.
    if (texts.length !== this.textCount + 1) return this.#decodeAlone(index, start, end);
    return (this.#allTexts = texts)[index];
  }

  /** The integers in halves of 32 bits, the lower first. */
  #loadHalves() {
    const { buffer, byteOffset, length } = this._ints ?? this._load("_ints");
    this.#loaded.push("_intHalves");
    return (this._intHalves = new Int32Array(buffer, byteOffset, 2 * length));
  }

  /** Where the separators of texts lie, and -1 before the first: text i is what lies between element i and the next. */
  _loadTextBounds() {
    const ends = this._textEnd ?? this._load("_textEnd");
    const bounds = new Int32Array(ends.length + 1);
    bounds[0] = -1;
    bounds.set(ends, 1);
    this.#loaded.push("_textBounds");
    return (this._textBounds = bounds);
  }

  /** The texts as a view that reads several bytes at once, wherever they lie. */
  _loadArenaView() {
    const { buffer, byteOffset, length } = this._texts ?? this._load("_texts");
    this.#loaded.push("_arenaView");
    return (this._arenaView = new DataView(buffer, byteOffset, length));
  }

  #decodeAlone(index, start, end) {
    const arena = this._texts ?? this._load("_texts");
    if (end > arena.length) this._missing("_texts", index);
    return decode(arena.subarray(start, end), this.#blob.ascii);
  }

  #searchKey(key) {
    const keys = this._keys ?? this._load("_keys");
    const bounds = this._textBounds ?? this._loadTextBounds();
    const room = byteLength(key) + 1;
    for (let index = 0; index < keys.length; index++) {
      const text = keys[index];
      // Comparing lengths first: hardly any key needs to be decoded.
      if (bounds[text + 1] - bounds[text] === room && this._keyText(index) === key) return index;
    }
    return -1;
  }
}
