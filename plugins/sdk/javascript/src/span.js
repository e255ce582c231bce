// Views of spans and of what belongs to them: a batch and an index.

import { FLAG_HAS_IS_REMOTE, FLAG_IS_REMOTE, FLAG_SAMPLED, SPAN_KINDS, STATUSES, TRACE_REASONS } from "./layout.js";

const REMOTE = FLAG_HAS_IS_REMOTE | FLAG_IS_REMOTE;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The id at `index` of a column of ids of `size` bytes. */
function idBytes(batch, field, index, size) {
  const bytes = (batch[field] ?? batch._load(field)).subarray(index * size, (index + 1) * size);
  return bytes.length === size ? bytes : batch._missing(field, index);
}

function hex(bytes) {
  let digits = "";
  for (let i = 0; i < bytes.length; i++) digits += HEX[bytes[i]];
  return digits;
}

/** What has attributes. `_group` is the number of the group that they are, `_row` finds one of them. */
class Carrier {
  constructor(batch, index) {
    this.batch = batch;
    this.index = index;
  }

  _row(key) {
    return this.batch._find(this._group, typeof key === "string" ? key : key.key);
  }

  get(key) {
    const row = this._row(key);
    return row < 0 ? undefined : this.batch._value(row);
  }

  has(key) {
    return this._row(key) >= 0;
  }

  getString(key) {
    const { batch } = this;
    const row = this._row(key);
    if (row < 0 || (batch._rowKind ?? batch._load("_rowKind"))[row] !== 1) return undefined;
    return batch.text((batch._rowValue ?? batch._load("_rowValue"))[row]);
  }

  getNumber(key) {
    const { batch } = this;
    const row = this._row(key);
    if (row < 0) return undefined;
    const kind = (batch._rowKind ?? batch._load("_rowKind"))[row];
    if (kind === 4) return batch._number("_doubles", batch._number("_rowValue", row));
    return kind === 3 ? Number(batch._int(batch._number("_rowValue", row))) : undefined;
  }

  getBigInt(key) {
    const { batch } = this;
    const row = this._row(key);
    return row >= 0 && batch._number("_rowKind", row) === 3 ? batch._number("_ints", batch._number("_rowValue", row)) : undefined;
  }

  getBoolean(key) {
    const { batch } = this;
    const row = this._row(key);
    return row >= 0 && batch._number("_rowKind", row) === 2 ? batch._number("_rowValue", row) !== 0 : undefined;
  }

  attribute(key) {
    const row = this._row(key);
    return row < 0 ? undefined : this.batch.row(row);
  }

  attributes() {
    const { batch } = this;
    const group = this._group;
    return batch._rows(batch._start("_groupEnd", group), batch._number("_groupEnd", group));
  }

  get attributeCount() {
    const { batch } = this;
    const group = this._group;
    return batch._number("_groupEnd", group) - batch._start("_groupEnd", group);
  }
}

export class Span extends Carrier {
  get _group() {
    const { batch } = this;
    return (batch._spanAttributes ?? batch._load("_spanAttributes"))[this.index] ?? batch._missing("_spanAttributes", this.index);
  }

  _row(key) {
    return typeof key === "string" ? this.batch._find(this._group, key) : key._rows[this.index];
  }

  // As in Carrier, but without the calls in between: reading declared strings and numbers is what most policies do for most spans.

  getString(key) {
    if (typeof key === "string") return super.getString(key);
    const row = key._rows[this.index];
    const { batch } = this;
    return row >= 0 && batch._rowKind[row] === 1 ? batch.text(batch._rowValue[row]) : undefined;
  }

  getNumber(key) {
    if (typeof key === "string") return super.getNumber(key);
    const row = key._rows[this.index];
    if (row < 0) return undefined;
    const { batch } = this;
    const kind = batch._rowKind[row];
    if (kind === 3) {
      const number = batch._int(batch._rowValue[row]);
      return typeof number === "number" ? number : Number(number);
    }
    return kind === 4 ? batch._number("_doubles", batch._rowValue[row]) : undefined;
  }

  get traceId() {
    return hex(this.traceIdBytes);
  }

  get traceIdBytes() {
    return idBytes(this.batch, "_spanTraceId", this.index, 16);
  }

  get id() {
    return hex(this.idBytes);
  }

  get idBytes() {
    return idBytes(this.batch, "_spanId", this.index, 8);
  }

  get hasParent() {
    const bytes = idBytes(this.batch, "_spanParentId", this.index, 8);
    for (let i = 0; i < 8; i++) if (bytes[i] !== 0) return true;
    return false;
  }

  get parentId() {
    return this.hasParent ? hex(idBytes(this.batch, "_spanParentId", this.index, 8)) : undefined;
  }

  get hasRemoteParent() {
    return (this.flags & REMOTE) === REMOTE && this.hasParent;
  }

  get isLocalRoot() {
    return !this.hasParent || (this.flags & REMOTE) === REMOTE;
  }

  get start() {
    return this.batch._number("_spanStart", this.index);
  }

  get end() {
    return this.batch._number("_spanEnd", this.index);
  }

  get duration() {
    const { start, end } = this;
    return end > start ? end - start : 0n;
  }

  get milliseconds() {
    return Number(this.duration) / 1e6;
  }

  get name() {
    return this.batch.text(this.batch._number("_spanName", this.index));
  }

  get kind() {
    return SPAN_KINDS[this.batch._number("_spanKind", this.index)] ?? "unspecified";
  }

  get status() {
    const { batch } = this;
    const code = (batch._spanStatus ?? batch._load("_spanStatus"))[this.index] ?? batch._missing("_spanStatus", this.index);
    return STATUSES[code] ?? "unset";
  }

  get message() {
    return this.batch._optionalText("_spanMessage", this.index);
  }

  get tracestate() {
    return this.batch._optionalText("_spanTracestate", this.index);
  }

  get flags() {
    return this.batch._number("_spanFlags", this.index) >>> 0;
  }

  get isSampled() {
    return (this.flags & FLAG_SAMPLED) !== 0;
  }

  events() {
    const { batch, index } = this;
    return batch._events(batch._start("_spanEventsEnd", index), batch._number("_spanEventsEnd", index));
  }

  links() {
    const { batch, index } = this;
    return batch._links(batch._start("_spanLinksEnd", index), batch._number("_spanLinksEnd", index));
  }

  get scope() {
    return this.batch._scope(this.batch._number("_spanScope", this.index));
  }

  get resource() {
    return this.scope.resource;
  }

  get droppedAttributes() {
    return this.batch._number("_spanDroppedAttributes", this.index) >>> 0;
  }

  get droppedEvents() {
    return this.batch._number("_spanDroppedEvents", this.index) >>> 0;
  }

  get droppedLinks() {
    return this.batch._number("_spanDroppedLinks", this.index) >>> 0;
  }
}

export class Event extends Carrier {
  get _group() {
    return this.batch._number("_eventAttributes", this.index);
  }

  get name() {
    return this.batch.text(this.batch._number("_eventName", this.index));
  }

  get time() {
    return this.batch._number("_eventTime", this.index);
  }

  get droppedAttributes() {
    return this.batch._number("_eventDroppedAttributes", this.index) >>> 0;
  }
}

export class Link extends Carrier {
  get _group() {
    return this.batch._number("_linkAttributes", this.index);
  }

  get traceId() {
    return hex(idBytes(this.batch, "_linkTraceId", this.index, 16));
  }

  get spanId() {
    return hex(idBytes(this.batch, "_linkSpanId", this.index, 8));
  }

  get tracestate() {
    return this.batch._optionalText("_linkTracestate", this.index);
  }

  get flags() {
    return this.batch._number("_linkFlags", this.index) >>> 0;
  }

  get droppedAttributes() {
    return this.batch._number("_linkDroppedAttributes", this.index) >>> 0;
  }
}

export class Scope extends Carrier {
  get _group() {
    return this.batch._number("_scopeAttributes", this.index);
  }

  get name() {
    return this.batch.text(this.batch._number("_scopeName", this.index));
  }

  get version() {
    return this.batch._optionalText("_scopeVersion", this.index);
  }

  get schemaUrl() {
    return this.batch._optionalText("_scopeSchemaUrl", this.index);
  }

  get resource() {
    return this.batch._resource(this.batch._number("_scopeResource", this.index));
  }

  get droppedAttributes() {
    return this.batch._number("_scopeDroppedAttributes", this.index) >>> 0;
  }
}

export class Resource extends Carrier {
  get _group() {
    return this.batch._number("_resourceAttributes", this.index);
  }

  get schemaUrl() {
    return this.batch._optionalText("_resourceSchemaUrl", this.index);
  }

  get droppedAttributes() {
    return this.batch._number("_resourceDroppedAttributes", this.index) >>> 0;
  }
}

export class Trace {
  constructor(batch, index) {
    this.batch = batch;
    this.index = index;
  }

  get reason() {
    return TRACE_REASONS[this.batch._number("_traceReason", this.index)] ?? "flush";
  }

  get length() {
    const { batch, index } = this;
    return batch._number("_traceEnd", index) - batch._start("_traceEnd", index);
  }

  spans() {
    const { batch, index } = this;
    return batch._spans(batch._start("_traceEnd", index), batch._number("_traceEnd", index));
  }

  [Symbol.iterator]() {
    return this.spans()[Symbol.iterator]();
  }

  get id() {
    return this.spans()[0]?.traceId;
  }
}
