// What a policy wants changed.
//
// Whatever is called in whatever order, what comes out obeys the rules of `wit/layout.md`: of two edits of the same thing the later one counts, and a
// removed row stays removed.

import { Attribute, Text } from "./attribute.js";
import { DROP, KEEP, NOTHING, finish } from "./edits/finish.js";
import { Places } from "./edits/places.js";
import { Table } from "./edits/table.js";
import { NewTexts } from "./edits/texts.js";
import { Values } from "./edits/values.js";
import { COLUMNS, FIELD, KIND, NONE, SPAN_KINDS, STATUSES } from "./layout.js";
import { Slot } from "./setup.js";
import { Event, Link, Resource, Scope, Span } from "./span.js";
import { found } from "./value.js";

export class Edits {
  /** @type {import("./batch.js").Batch} */
  #batch;
  #texts = new NewTexts();
  #values = new Values(this);
  #newGroups = 0;
  /** A value that names new groups was superseded: they have to go before the edits are written. */
  #orphans = false;

  /** Added rows; group NONE for one that was removed again. */
  #added = new Table({ group: Int32Array, key: Int32Array, kind: Uint8Array, value: Int32Array });
  /** For look-ups by key: the place of the last row that was added to a group, and of the one before each. */
  #lastOfGroup = new Places();
  /** Added rows were removed again. */
  #hasRemoved = false;
  #previous = new Table({ place: Int32Array });
  /** The highest group of the batch to which a row was added. Spans are mostly looked at in their order, and nothing was added to the next one yet. */
  #highest = -1;
  /** Rows whose value changes, each once; row NONE for one that was removed later. */
  #set = new Table({ row: Int32Array, kind: Uint8Array, value: Int32Array });
  #setOf = new Places();
  /** Rows whose key changes, likewise. */
  #renamed = new Table({ row: Int32Array, key: Int32Array });
  #renameOf = new Places();
  #removed = new Table({ row: Int32Array });
  #removalOf = new Places();
  #replaced = new Table({ text: Int32Array, with: Int32Array });
  #replacementOf = new Places();
  /** Spans that were dropped or kept, each once, and which of the two was said last. */
  #decided = new Table({ span: Int32Array, decision: Uint8Array });
  #decisionOf = new Places();
  #fields = new Table({ code: Uint8Array, index: Int32Array, value: Int32Array });
  #fieldOf = Array.from({ length: 12 }, () => new Places());
  /** Something was written or made since the tables were cleared. */
  #isUsed = false;

  /**
   * Attributes are mostly added to many spans alike. Of a run of rows with the same key and value only the groups are taken down, and the rest is
   * filled in when the run ends.
   */
  #lastKey;
  #lastKeyText = 0;
  #lastValue = NO_VALUE;
  #lastKind = 0;
  #lastNumber = 0;
  #runStart = 0;

  /** Begins the edits of a batch; whatever was taken down before is forgotten. */
  begin(batch) {
    this.#batch = batch;
    this.#texts.begin(batch.textCount);
    this.#values.begin(batch._count(COLUMNS.ints), batch._count(COLUMNS.doubles), batch._count(COLUMNS["bytes-end"]));
    this.#lastKey = undefined;
    this.#lastValue = NO_VALUE;
    if (this.#isUsed || !this.isEmpty) this.#clear();
  }

  #clear() {
    this.#isUsed = false;
    this.#newGroups = 0;
    this.#orphans = this.#hasRemoved = false;
    this.#added.clear();
    this.#runStart = 0;
    this.#lastOfGroup.clear();
    this.#previous.clear();
    this.#highest = -1;
    this.#set.clear();
    this.#setOf.clear();
    this.#renamed.clear();
    this.#renameOf.clear();
    this.#removed.clear();
    this.#removalOf.clear();
    this.#replaced.clear();
    this.#replacementOf.clear();
    this.#decided.clear();
    this.#decisionOf.clear();
    if (this.#fields.length > 0) for (const places of this.#fieldOf) places.clear();
    this.#fields.clear();
  }

  get isEmpty() {
    const { length } = this.#added;
    return length + this.#set.length + this.#renamed.length + this.#removed.length + this.#replaced.length + this.#decided.length + this.#fields.length === 0;
  }

  /** The edits as a blob; nothing to change gives nothing. Valid until the next batch. */
  finish() {
    if (this.isEmpty) return NOTHING;
    this.#endRun();
    this.#isUsed = true;
    return finish({
      texts: this.#texts,
      values: this.#values,
      baseGroups: this.#batch.groupCount,
      newGroups: this.#newGroups,
      orphans: this.#orphans,
      hasRemoved: this.#hasRemoved,
      added: this.#added,
      set: this.#set,
      renamed: this.#renamed,
      removed: this.#removed,
      replaced: this.#replaced,
      decided: this.#decided,
      fields: this.#fields,
    });
  }

  // === attributes, by key ===

  add(on, key, value) {
    const added = this.#added;
    if (key !== this.#lastKey || value !== this.#lastValue || added.length === added.room) this.#newRun(key, value);
    const group = on._group;
    if (group > this.#highest) this.#highest = group;
    added.group[added.length++] = group;
  }

  insert(on, key, value) {
    if (this.#find(on, key) !== NOWHERE) return false;
    this.add(on, key, value);
    return true;
  }

  upsert(on, key, value) {
    const place = this.#find(on, key);
    if (place === NOWHERE) this.add(on, key, value);
    else this.#setFound(place, value);
  }

  update(on, key, value) {
    const place = this.#find(on, key);
    if (place === NOWHERE) return false;
    this.#setFound(place, value);
    return true;
  }

  remove(on, key) {
    if (on instanceof Attribute) {
      this.#removeRow(on.row);
      return true;
    }
    let any = false;
    for (;;) {
      const place = this.#find(on, key);
      if (place === NOWHERE) return any;
      any = true;
      if (place >= 0) {
        this.#removeRow(place);
      } else {
        this.#orphan(this.#added.kind[~place]);
        this.#added.group[~place] = NONE;
        this.#hasRemoved = true;
      }
    }
  }

  rename(on, key, newKey) {
    if (on instanceof Attribute) {
      this.#renameRow(on.row, this.#textOfKey(key));
      return true;
    }
    const place = this.#find(on, key);
    if (place === NOWHERE) return false;
    if (place >= 0) this.#renameRow(place, this.#textOfKey(newKey));
    else this.#added.key[~place] = this.#textOfKey(newKey);
    return true;
  }

  set(attribute, value) {
    this.#values.bring(value);
    this.#setRow(attribute.row, this.#values.kind, this.#values.value);
  }

  // === texts ===

  text(text) {
    return new Text({ text: (id) => this.#texts.text(id) }, this._newText(text));
  }

  replaceText(text, replacement) {
    const isNew = replacement instanceof Text && this.#texts.has(replacement.index);
    const id = isNew ? replacement.index : this._newText(String(replacement));
    if (typeof text === "string") {
      for (const index of textsEqualTo(this.#batch, text)) this.#replace(index, id);
    } else {
      if (text.index >= this.#batch.textCount) throw new RangeError(`replaceText: text ${text.index} is not one of the batch`);
      this.#replace(text.index, id);
    }
  }

  // === spans ===

  drop(span) {
    this.#decide(span, DROP);
  }

  keep(span) {
    this.#decide(span, KEEP);
  }

  // === fields ===

  setName(on, name) {
    const code = on instanceof Span ? FIELD.spanName : on instanceof Event ? FIELD.eventName : on instanceof Scope ? FIELD.scopeName : 0;
    if (code === 0) throw new TypeError("setName: expected a span, an event or a scope");
    this._setField(code, on.index, this.#textOf(name));
  }

  setMessage(span, message) {
    this._setField(FIELD.spanMessage, span.index, this.#optionalTextOf(message));
  }

  setTracestate(on, tracestate) {
    const code = on instanceof Span ? FIELD.spanTracestate : on instanceof Link ? FIELD.linkTracestate : 0;
    if (code === 0) throw new TypeError("setTracestate: expected a span or a link");
    this._setField(code, on.index, this.#optionalTextOf(tracestate));
  }

  setStatus(span, status) {
    this._setField(FIELD.spanStatus, span.index, codeOf(STATUSES, status, "status"));
  }

  setKind(span, kind) {
    this._setField(FIELD.spanKind, span.index, codeOf(SPAN_KINDS, kind, "kind"));
  }

  setVersion(scope, version) {
    this._setField(FIELD.scopeVersion, scope.index, this.#optionalTextOf(version));
  }

  setSchemaUrl(on, url) {
    const code = on instanceof Scope ? FIELD.scopeSchemaUrl : on instanceof Resource ? FIELD.resourceSchemaUrl : 0;
    if (code === 0) throw new TypeError("setSchemaUrl: expected a scope or a resource");
    this._setField(code, on.index, this.#optionalTextOf(url));
  }

  // === for the SDK itself ===

  _newText(text) {
    if (typeof text !== "string") throw new TypeError(`expected a string, found ${found(text)}`);
    return this.#texts.id(text);
  }

  _newGroup() {
    this.#isUsed = true;
    return this.#batch.groupCount + this.#newGroups++;
  }

  /** A nested value was given up while it was made. */
  _giveUp() {
    this.#orphans = true;
  }

  /** Adds a row of a nested value. */
  _push(group, key, kind, value) {
    const added = this.#added;
    if (this.#runStart !== added.length) this.#endRun();
    if (added.length === added.room) added.reserve();
    const place = added.length++;
    added.group[place] = group;
    added.key[place] = key;
    added.kind[place] = kind;
    added.value[place] = value;
    this.#runStart = added.length;
  }

  _setField(code, index, value) {
    const fields = this.#fields;
    const place = this.#fieldOf[code].get(index);
    if (place >= 0) {
      fields.value[place] = value;
      return;
    }
    this.#fieldOf[code].put(index, fields.length);
    fields.reserve();
    fields.code[fields.length] = code;
    fields.index[fields.length] = index;
    fields.value[fields.length++] = value;
  }

  // === private ===

  /** Ends the run of rows that were added alike, and begins another. */
  #newRun(key, value) {
    this.#endRun();
    if (key !== this.#lastKey) {
      this.#lastKeyText = this.#textOfKey(key);
      this.#lastKey = key;
    }
    if (value !== this.#lastValue) {
      const values = this.#values;
      this.#lastValue = NO_VALUE;
      values.bring(value);
      this.#lastKind = values.kind;
      this.#lastNumber = values.value;
      // A nested value may be used once only, and 0 is not -0: such are not known again.
      if (typeof value === "string" || typeof value === "boolean") this.#lastValue = value;
    }
    this.#added.reserve();
    this.#runStart = this.#added.length;
  }

  #endRun() {
    const added = this.#added;
    const start = this.#runStart;
    const end = added.length;
    if (start === end) return;
    if (end - start === 1) {
      added.key[start] = this.#lastKeyText;
      added.kind[start] = this.#lastKind;
      added.value[start] = this.#lastNumber;
    } else {
      added.key.fill(this.#lastKeyText, start, end);
      added.kind.fill(this.#lastKind, start, end);
      added.value.fill(this.#lastNumber, start, end);
    }
    this.#runStart = end;
  }

  #orphan(kind) {
    if (kind >= KIND.array) this.#orphans = true;
  }

  #decide(span, decision) {
    if (!(span instanceof Span)) throw new TypeError(`expected a span, found ${found(span)}`);
    const decided = this.#decided;
    const place = this.#decisionOf.get(span.index);
    if (place >= 0) {
      decided.decision[place] = decision;
      return;
    }
    this.#decisionOf.put(span.index, decided.length);
    decided.reserve();
    decided.span[decided.length] = span.index;
    decided.decision[decided.length++] = decision;
  }

  #replace(text, id) {
    const replaced = this.#replaced;
    const place = this.#replacementOf.get(text);
    if (place >= 0) {
      replaced.with[place] = id;
      return;
    }
    this.#replacementOf.put(text, replaced.length);
    replaced.reserve();
    replaced.text[replaced.length] = text;
    replaced.with[replaced.length++] = id;
  }

  #setRow(row, kind, value) {
    if (this.#removed.length > 0 && this.#removalOf.get(row) >= 0) return this.#orphan(kind);
    const set = this.#set;
    let place = this.#setOf.get(row);
    if (place >= 0) {
      this.#orphan(set.kind[place]);
    } else {
      set.reserve();
      place = set.length++;
      this.#setOf.put(row, place);
      set.row[place] = row;
    }
    set.kind[place] = kind;
    set.value[place] = value;
  }

  #renameRow(row, key) {
    if (this.#batch._number("_rowKey", row) === NONE) throw new Error("rename: an element of an array has no key");
    if (this.#removalOf.get(row) >= 0) return;
    const renamed = this.#renamed;
    let place = this.#renameOf.get(row);
    if (place < 0) {
      renamed.reserve();
      place = renamed.length++;
      this.#renameOf.put(row, place);
      renamed.row[place] = row;
    }
    renamed.key[place] = key;
  }

  #removeRow(row) {
    const removed = this.#removed;
    if (this.#removalOf.get(row) >= 0) return;
    this.#removalOf.put(row, removed.length);
    removed.reserve();
    removed.row[removed.length++] = row;
    const set = this.#setOf.get(row);
    if (set >= 0) {
      this.#orphan(this.#set.kind[set]);
      this.#set.row[set] = NONE;
    }
    const renamed = this.#renameOf.get(row);
    if (renamed >= 0) this.#renamed.row[renamed] = NONE;
  }

  #setFound(place, value) {
    this.#values.bring(value);
    const { kind, value: number } = this.#values;
    if (place >= 0) return this.#setRow(place, kind, number);
    this.#orphan(this.#added.kind[~place]);
    this.#added.kind[~place] = kind;
    this.#added.value[~place] = number;
  }

  /** Looks for a key as it would stand after the edits so far: gives a row, the complement of a place in the added rows, or NOWHERE. */
  #find(on, key) {
    const text = typeof key === "string" ? key : key?.key;
    if (typeof text !== "string") throw new TypeError(`expected an attribute's key, found ${found(key)}`);
    if (this.#removed.length > 0 || this.#renamed.length > 0) {
      const group = on._group;
      return this.#findRow(group, text) ?? (group > this.#highest ? NOWHERE : this.#findAdded(group, text));
    }
    const row = on._row(key);
    if (row >= 0) return row;
    const group = on._group;
    return group > this.#highest ? NOWHERE : this.#findAdded(group, text);
  }

  #findRow(group, key) {
    const batch = this.#batch;
    const index = batch._keyIndex(key);
    const end = batch._number("_groupEnd", group);
    for (let row = batch._start("_groupEnd", group); row < end; row++) {
      if (this.#removalOf.get(row) >= 0) continue;
      const renamed = this.#renameOf.get(row);
      const same = renamed < 0 ? batch._number("_rowKey", row) === index : this.#stringOf(this.#renamed.key[renamed]) === key;
      if (same) return row;
    }
    return NOWHERE;
  }

  #findAdded(group, key) {
    this.#endRun();
    this.#chain();
    const { group: groups, key: keys } = this.#added;
    for (let place = this.#lastOfGroup.get(group); place >= 0; place = this.#previous.place[place]) {
      if (groups[place] === group && this.#stringOf(keys[place]) === key) return ~place;
    }
    return NOWHERE;
  }

  /** Takes the rows that were added since the last look-up into the chains of their groups. Who never looks up never pays. */
  #chain() {
    const previous = this.#previous;
    const { group, length } = this.#added;
    if (previous.length === length) return;
    previous.reserve(length - previous.length);
    for (let place = previous.length; place < length; place++) {
      if (group[place] === NONE) {
        previous.place[place] = -1;
        continue;
      }
      previous.place[place] = this.#lastOfGroup.get(group[place]);
      this.#lastOfGroup.put(group[place], place);
    }
    previous.length = length;
  }

  #stringOf(text) {
    return this.#texts.has(text) ? this.#texts.text(text) : this.#batch.text(text);
  }

  #textOf(text) {
    return text instanceof Text ? text.index : this._newText(text);
  }

  #optionalTextOf(text) {
    return text === null ? NONE : this.#textOf(text);
  }

  #textOfKey(key) {
    if (key instanceof Slot) return this._newText(key.key);
    if (key instanceof Text) return key.index;
    if (typeof key !== "string") throw new TypeError(`expected an attribute's key, found ${found(key)}`);
    return this.#texts.id(key);
  }
}

const NO_VALUE = Symbol("no value");

/** No row and no place: `??` goes on to what comes next. */
const NOWHERE = undefined;

function codeOf(names, name, what) {
  const code = names.indexOf(name);
  if (code < 0) throw new TypeError(`expected a ${what} (${names.join(", ")}), found ${found(name)}`);
  return code;
}

/** Indices of the texts of the batch that are equal to `text`. */
function* textsEqualTo(batch, text) {
  for (let index = 0; index < batch.textCount; index++) if (batch.text(index) === text) yield index;
}
