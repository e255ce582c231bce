/**
 * Write a [spansieve](https://github.com/spansieve/spansieve) policy in JavaScript or TypeScript.
 *
 * ```js
 * import { definePolicy, string } from "@spansieve/plugin";
 *
 * export default definePolicy({
 *   name: "owners",
 *   about: "Marks failed requests with the team that looks after them",
 *   config: { team: string({ description: "Who looks after failed requests" }) },
 *
 *   configure({ team }, setup) {
 *     const route = setup.key("http.route");
 *     setup.read("status", "attributes");
 *     return {
 *       process(batch, edits) {
 *         for (const span of batch) {
 *           if (span.status === "error" && span.has(route)) edits.upsert(span, "team", team);
 *         }
 *       },
 *     };
 *   },
 * });
 * ```
 *
 * A policy may call nothing but {@link log}, {@link count} and {@link table}: there is no clock, no random numbers, no timers and no promises to wait for.
 * The same batch, configuration and state give the same edits.
 *
 * @packageDocumentation
 */

import type { ConfigOf, Field, FieldOptions, Fields, NumberOptions, TextOptions } from "./config.d.ts";

export type { ConfigOf, Field, FieldOptions, Fields, NumberOptions, TextOptions };

// === the policy ===

/** What a policy is. See {@link definePolicy}. */
export interface Policy<F extends Fields = Fields> {
  /** A short name in kebab-case, such as `redact`. */
  readonly name: string;
  /** One sentence for people. */
  readonly about: string;
  /** The configuration: its fields, each made by {@link string}, {@link list} and so on. Left out: the policy takes none. */
  readonly config?: F;
  /**
   * Takes the configuration, says in `setup` what the policy reads, and gives the policy's functions. Called once on each instance.
   *
   * An `Error` that is thrown refuses the configuration: its message goes to the operator. Say where in the configuration, and what was expected;
   * {@link ConfigError} does.
   */
  configure(config: ConfigOf<F>, setup: Setup): PolicyFunctions;
}

/** What {@link Policy.configure} gives: an object with these functions, or an instance of a class that has them. */
export interface PolicyFunctions {
  /** Looks at a batch and takes down edits. Not to be async: a policy can't wait for anything. */
  process(batch: Batch, edits: Edits): void;
  /** The state to hand to the instance that takes over. Left out: there is none. */
  save?(): string | Uint8Array;
  /**
   * Takes over a state that {@link PolicyFunctions.save} gave, perhaps in an older version of the policy. Called after `configure`, if at all.
   * An `Error` that is thrown means that the instance starts fresh; the operator reads its message. `new TextDecoder().decode(state)` gives a string.
   */
  restore?(state: Uint8Array): void;
}

/** Defines a policy. The module's default export must be what this gives. The plugin's version is that of package.json. */
export function definePolicy<const F extends Fields = {}>(policy: Policy<F>): Policy<F>;

// === configuration ===

/** A string. */
export function string<const O extends TextOptions>(options?: O): Field<string, O>;
/** A whole number that JavaScript holds exactly. */
export function integer<const O extends NumberOptions>(options?: O): Field<number, O>;
/** A number. */
export function number<const O extends NumberOptions>(options?: O): Field<number, O>;
/** `true` or `false`. */
export function boolean<const O extends FieldOptions<boolean>>(options?: O): Field<boolean, O>;
/** One of some strings: `choice(["drop", "keep"], { default: "keep" })`. */
export function choice<const V extends string, const O extends FieldOptions<V>>(values: readonly V[], options?: O): Field<V, O>;
/** Values of one sort, in order: `list(string())`. */
export function list<T, const O extends FieldOptions<readonly unknown[]>>(item: Field<T, any>, options?: O): Field<T[], O>;
/** Values of one sort by keys of any name. */
export function record<T, const O extends FieldOptions<object>>(item: Field<T, any>, options?: O): Field<Record<string, T>, O>;
/** An object with these fields and no others. */
export function object<const F extends Fields, const O extends FieldOptions<object>>(fields: F, options?: O): Field<ConfigOf<F>, O>;
/** Any JSON. `schema` says what, to people and to the host. */
export function json<T = unknown>(options: FieldOptions<T> & { readonly schema?: object; readonly optional: true }): Field<T, { optional: true }>;
export function json<T = unknown>(options?: FieldOptions<T> & { readonly schema?: object }): Field<T>;

/** Why a configuration cannot be used: where in it, and what was expected. */
export class ConfigError extends Error {
  /**
   * @param path the place, such as `actions[2].key`; empty for the whole
   * @param message what is wrong there
   */
  constructor(path: string, message: string);
  readonly path: string;
}

/** A part of a batch that a policy can ask for. */
export type Part =
  | "ids"
  | "times"
  | "name"
  | "kind"
  | "status"
  | "tracestate"
  | "flags"
  | "attributes"
  | "add"
  | "events"
  | "links"
  | "scope"
  | "resource"
  | "dropped";

/** Takes down what a policy wants to be given. */
export class Setup {
  private constructor();
  /**
   * Declares an attribute key of spans, whose rows the host finds before the policy runs: the cheapest way to read an attribute.
   * The same key gives the same slot.
   */
  key(key: string): Slot;
  /**
   * Asks for parts of the batch; what is not asked for is not sent, and reading it throws. May be called several times. Without parts: only the
   * declared keys. Never called: everything. `status` is code and message. To find or set attributes of spans by key takes `attributes`; to
   * `edits.add` some without looking at those that are there, `add` is enough.
   */
  read(...parts: Part[]): void;
  /** Asks for whole traces of this process: see {@link Batch.traces}. */
  groupByTrace(): void;
  readonly slots: Slot[];
  readonly keys: string[];
  readonly groupsByTrace: boolean;
  /** Ids of the columns to be given; none means all. */
  readonly columns: number[];
}

/** A key that the policy declared. */
export class Slot {
  private constructor();
  /** Its number among the declared keys, from 0. */
  readonly index: number;
  readonly key: string;
}

// === the batch ===

/**
 * What an attribute holds.
 *
 * An integer is a `number` where JavaScript holds it exactly, else a `bigint`; a double is a `number`; a value that is not set is `null`; a map is a
 * `Map`, whose order and keys stay as they are.
 */
export type Value = string | number | bigint | boolean | null | Uint8Array | Value[] | Map<string, Value>;

/** As {@link Value}, but a double that is a whole number is a {@link Double}, so that written again it stays one. */
export type ExactValue = string | number | bigint | boolean | null | Uint8Array | Double | ExactValue[] | Map<string, ExactValue>;

/** What sort of value an attribute has. */
export type ValueKind = "empty" | "string" | "boolean" | "int" | "double" | "bytes" | "array" | "map";

/** What a span does for whom, as in OTLP. */
export type SpanKind = "unspecified" | "internal" | "server" | "client" | "producer" | "consumer";

/** Whether a span succeeded, as in OTLP. */
export type Status = "unset" | "ok" | "error";

/** Why a trace is in a batch. `late`: spans of a trace that was already given. */
export type TraceReason = "root-ended" | "timed-out" | "limit" | "flush" | "late";

/**
 * A batch of spans, with their events, links, scopes and resources. `for (const span of batch)` goes over the spans.
 *
 * Nothing is decoded before it is read. All views (spans, events, attributes) are valid until `process` returns; they then serve the next batch.
 * Views show the batch as it came; edits do not change them. Reading a part that the policy did not ask for throws, and says what to ask for.
 */
export class Batch {
  private constructor();
  /** How many spans there are. A batch may have resources and scopes but no spans. */
  readonly length: number;
  /** The time of the batch in Unix nanoseconds: a policy's only clock. */
  readonly now: bigint;
  /** The probability with which the application's head sampler samples, 0 to 1; `undefined` where the host does not know. */
  readonly headProbability: number | undefined;
  /** Whether the host knows that every text is ASCII. */
  readonly isAscii: boolean;
  /** Whether spans are grouped by trace. */
  readonly isGrouped: boolean;

  [Symbol.iterator](): IterableIterator<Span>;
  /** All spans, in order, in an array of its own: to be filtered, sorted, grouped. */
  spans(): Span[];
  span(index: number): Span;
  /** The spans whose attribute of a declared key is this string: the fastest way to the few spans that matter, as nothing is decoded. */
  where(slot: Slot, text: string): Span[];
  /** The traces, where the host groups by trace; else none. Together they hold every span, in order. */
  traces(): Trace[];
  /** All events, those of one span after those of the span before. */
  events(): Event[];
  /** All links, those of one span after those of the span before. */
  links(): Link[];
  scopes(): Scope[];
  resources(): Resource[];
  /** Every row: attributes of everything, and elements of nested values. */
  rows(): Attribute[];
  row(index: number): Attribute;
  readonly rowCount: number;
  readonly groupCount: number;

  readonly textCount: number;
  /** All texts: of keys, values, names, everything. The same text may be there several times. */
  texts(): Text[];
  text(index: number): string;

  /**
   * A column as it lies in the blob, for loops that want the last nanosecond; empty where it was not sent. `wit/layout.md` names them. Columns of u32
   * come as `Int32Array`, so that none is {@link NONE}, -1: QuickJS computes with such numbers much faster.
   */
  column(name: string): Uint8Array | Int32Array | BigInt64Array | BigUint64Array | Float64Array;
  /** For each span, the row of a declared key, or {@link NONE}. */
  declaredRows(slot: Slot): Int32Array;
  /** For each span, the value of a declared key; `undefined` where the span does not have it. */
  values(slot: Slot): (Value | undefined)[];
}

/** Stands where a text, a key or a row is absent in a column. */
export const NONE: -1;

/** What has attributes. */
interface Carrier {
  readonly batch: Batch;
  /** Its index among its like in the batch. */
  readonly index: number;
  /** The value of the first attribute with this key; `undefined` where there is none. A {@link Slot} is cheapest. */
  get(key: string | Slot): Value | undefined;
  /** Whether there is an attribute with this key. */
  has(key: string | Slot): boolean;
  /** The attribute's string; `undefined` where it is absent or holds something else. */
  getString(key: string | Slot): string | undefined;
  /** The attribute's number, an integer or a double; `undefined` where it is absent or holds something else. Integers beyond 2^53 are rounded. */
  getNumber(key: string | Slot): number | undefined;
  /** The attribute's integer, exactly; `undefined` where it is absent or holds something else. */
  getBigInt(key: string | Slot): bigint | undefined;
  /** The attribute's boolean; `undefined` where it is absent or holds something else. */
  getBoolean(key: string | Slot): boolean | undefined;
  /** The first attribute with this key. */
  attribute(key: string | Slot): Attribute | undefined;
  /** Its attributes, in order. */
  attributes(): Attribute[];
  readonly attributeCount: number;
  /** How many attributes the application's SDK dropped. */
  readonly droppedAttributes: number;
}

/** A span. Ids are hexadecimal digits, times Unix nanoseconds. */
export class Span implements Carrier {
  private constructor();
  readonly name: string;
  readonly kind: SpanKind;
  readonly status: Status;
  /** The message of its status. */
  readonly message: string | undefined;
  readonly tracestate: string | undefined;
  readonly traceId: string;
  /** The 16 bytes of its trace id, as they lie in the batch. */
  readonly traceIdBytes: Uint8Array;
  readonly id: string;
  /** The 8 bytes of its id, as they lie in the batch. */
  readonly idBytes: Uint8Array;
  readonly parentId: string | undefined;
  readonly hasParent: boolean;
  /** Whether its parent is known to be in another process. */
  readonly hasRemoteParent: boolean;
  /** Whether it is the root of its trace in this process: it has no parent, or one that is known to be remote. */
  readonly isLocalRoot: boolean;
  readonly start: bigint;
  readonly end: bigint;
  /** Nanoseconds; 0 where it ends before it starts. */
  readonly duration: bigint;
  /** The duration in milliseconds, with their fractions. */
  readonly milliseconds: number;
  /** As in OTLP: the W3C trace flags in bits 0 to 7. */
  readonly flags: number;
  /** Whether it is sampled. One that is not was only recorded, and is not exported unless a policy keeps it. */
  readonly isSampled: boolean;
  events(): Event[];
  links(): Link[];
  /** The instrumentation scope that made it. */
  readonly scope: Scope;
  /** The resource that it comes from. */
  readonly resource: Resource;
  readonly droppedEvents: number;
  readonly droppedLinks: number;
}
export interface Span extends Carrier {}

/** An event of a span. */
export class Event implements Carrier {
  private constructor();
  readonly name: string;
  /** Unix nanoseconds. */
  readonly time: bigint;
}
export interface Event extends Carrier {}

/** A link from a span to another. */
export class Link implements Carrier {
  private constructor();
  readonly traceId: string;
  readonly spanId: string;
  readonly tracestate: string | undefined;
  readonly flags: number;
}
export interface Link extends Carrier {}

/** An instrumentation scope: the library that made spans. */
export class Scope implements Carrier {
  private constructor();
  readonly name: string;
  readonly version: string | undefined;
  readonly schemaUrl: string | undefined;
  readonly resource: Resource;
}
export interface Scope extends Carrier {}

/** A resource: what produces the telemetry. */
export class Resource implements Carrier {
  private constructor();
  readonly schemaUrl: string | undefined;
}
export interface Resource extends Carrier {}

/** A trace of this process, or a part of it. `for (const span of trace)` goes over its spans. */
export class Trace {
  private constructor();
  readonly batch: Batch;
  readonly index: number;
  readonly reason: TraceReason;
  /** How many spans it has. */
  readonly length: number;
  /** `undefined` for a trace without spans. */
  readonly id: string | undefined;
  spans(): Span[];
  [Symbol.iterator](): IterableIterator<Span>;
}

/** One row: an attribute, or an element of a nested value. */
export class Attribute {
  private constructor();
  readonly batch: Batch;
  /** The row's index in the batch. */
  readonly row: number;
  /** Its key; the empty string for an element of an array. */
  readonly key: string;
  readonly kind: ValueKind;
  readonly value: Value;
  /** The value in a form that, written again, is the same to the last bit. */
  readonly exactValue: ExactValue;
  /** Its string as a text of the batch; `undefined` where it is none. */
  readonly text: Text | undefined;
  /** The rows of its array or map. */
  items(): Attribute[];
}

/** A text of the batch, or one that {@link Edits.text} gave. Edits name it instead of copying it. */
export class Text {
  private constructor();
  readonly index: number;
  readonly value: string;
  toString(): string;
}

// === edits ===

/** A double that stays one in edits, even where it is a whole number. */
export class Double {
  constructor(value: number);
  readonly value: number;
  valueOf(): number;
  toJSON(): number;
}

/** Makes `value` a double even where it is a whole number: `edits.add(span, "ratio", double(1))`. */
export function double(value: number): Double;

/**
 * A value to put somewhere.
 *
 * A `number` that is whole and safe is written as an integer, any other (also -0) as a double; {@link double} makes it a double in any case. A `bigint`
 * is an integer and must fit in 64 bits. `null` is a value that is not set. An {@link Attribute} is copied with what is nested in it, a {@link Text}
 * named again; neither costs decoding.
 */
export type NewValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Double
  | Uint8Array
  | Attribute
  | Text
  | readonly NewValue[]
  | ReadonlyMap<string, NewValue>
  | { readonly [key: string]: NewValue };

/** What attributes belong to. */
export type Owner = Span | Event | Link | Scope | Resource;

/**
 * Takes down what is to change in a batch.
 *
 * Calls may come in any order: of two edits of the same thing the later one counts, and a removed attribute stays removed. Edits that look for a key
 * see the edits before them. A policy that calls nothing changes nothing, and costs nothing more.
 */
export class Edits {
  private constructor();
  readonly isEmpty: boolean;

  /** Adds an attribute, whether or not there is one with this key. The cheapest way, where the policy knows that there is none. */
  add(on: Owner, key: string | Slot | Text, value: NewValue): void;
  /** Adds an attribute if there is none with this key. Says whether it did. */
  insert(on: Owner, key: string | Slot, value: NewValue): boolean;
  /** Sets the attribute with this key, or adds it. */
  upsert(on: Owner, key: string | Slot, value: NewValue): void;
  /** Sets the attribute with this key, if there is one. Says whether it did. */
  update(on: Owner, key: string | Slot, value: NewValue): boolean;
  /** Removes every attribute with this key. Says whether there was one. */
  remove(on: Owner, key: string | Slot): boolean;
  /** Removes a row, and what is nested in its value. */
  remove(attribute: Attribute): true;
  /** Gives the attribute with this key another key. Says whether there was one. */
  rename(on: Owner, key: string | Slot, newKey: string | Slot | Text): boolean;
  /** Gives a row another key. It must not be an element of an array. */
  rename(attribute: Attribute, newKey: string | Slot | Text): true;
  /** Changes the value of a row: an attribute, or an element of a nested value. */
  set(attribute: Attribute, value: NewValue): void;

  /** A new text, which may be used any number of times in this batch. */
  text(text: string): Text;
  /** Replaces a text of the batch wherever it stands: as a key, a value, a name, anywhere. A string stands for all texts equal to it. */
  replaceText(text: Text | string, replacement: Text | string): void;

  /** Drops a span: it is sampled out. */
  drop(span: Span): void;
  /** Marks a span as sampled. One that was only recorded is exported only so. */
  keep(span: Span): void;

  setName(on: Span | Event | Scope, name: string | Text): void;
  /** Sets the message of a span's status; `null` clears it. */
  setMessage(span: Span, message: string | Text | null): void;
  /** Sets the tracestate, in W3C form; `null` clears it. */
  setTracestate(on: Span | Link, tracestate: string | Text | null): void;
  setStatus(span: Span, status: Status): void;
  setKind(span: Span, kind: SpanKind): void;
  /** Sets a scope's version; `null` clears it. */
  setVersion(scope: Scope, version: string | Text | null): void;
  /** Sets the schema URL; `null` clears it. */
  setSchemaUrl(on: Scope | Resource, url: string | Text | null): void;
}

// === the host ===

/**
 * Lines for the host's log, under the plugin's name. The host drops and counts lines over the plugin's limit. `console.log` and its like end here, too.
 */
export const log: {
  /** Something failed that the operator should look at. */
  error(message: unknown): void;
  /** Something is wrong but was handled. */
  warn(message: unknown): void;
  /** Worth knowing. */
  info(message: unknown): void;
  /** For the policy's author. */
  debug(message: unknown): void;
};

/**
 * Adds `delta` (1 where left out) to the plugin's own counter `name`, which shows up in the host's statistics. Count in a variable, and call once a
 * batch: a call costs more than looking at a span.
 */
export function count(name: string, delta?: number | bigint): void;

/** The look-up table that the policy file gives the plugin under `name`, whole; `undefined` where it names no such table. */
export function table(name: string): Uint8Array | undefined;
