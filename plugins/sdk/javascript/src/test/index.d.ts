/**
 * Unit tests of policies, natively, with `node --test` or any other runner:
 *
 * ```js
 * import { TestPlugin } from "@spansieve/plugin/test";
 * import owners from "./policy.js";
 *
 * const plugin = new TestPlugin(owners, { team: "payments" });
 * const after = plugin.run([{ name: "GET /cart", status: "error", attributes: { "http.route": "/cart" } }]);
 * assert.equal(after.spans[0].attributes.team, "payments");
 * ```
 *
 * The policy gets the columns that it asked for and no others, and edits that break a rule of the layout throw: a policy that passes here does the
 * same in the host.
 *
 * @packageDocumentation
 */

import type { Double, ExactValue, Policy, Setup, SpanKind, Status, TraceReason, Value } from "../index.d.ts";

/** A value of an attribute. Whole numbers are integers; `double(1)` is a double. */
export type GivenValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Double
  | Uint8Array
  | readonly GivenValue[]
  | ReadonlyMap<string, GivenValue>
  | { readonly [key: string]: GivenValue };

/** Attributes: an object, or `[key, value]` pairs where a key comes twice or the order matters. */
export type GivenAttributes = { readonly [key: string]: GivenValue } | ReadonlyMap<string, GivenValue> | readonly (readonly [string, GivenValue])[];

/** A span. What is left out has a value that does no harm: a sampled root span of kind internal that took a millisecond. */
export interface GivenSpan {
  name?: string;
  kind?: SpanKind;
  status?: Status;
  message?: string;
  tracestate?: string;
  /** 32 hexadecimal digits. All spans are of one trace unless something else is said. */
  traceId?: string | Uint8Array;
  /** 16 hexadecimal digits. */
  id?: string | Uint8Array;
  parentId?: string | Uint8Array;
  /** The parent is in another process. */
  hasRemoteParent?: boolean;
  /** Unix nanoseconds. */
  start?: bigint | number;
  end?: bigint | number;
  /** How long it took, in the place of `end`. */
  milliseconds?: number;
  /** `false`: only recorded. */
  isSampled?: boolean;
  /** All flags, as in OTLP. */
  flags?: number;
  attributes?: GivenAttributes;
  events?: readonly GivenEvent[];
  links?: readonly GivenLink[];
  /** Index of its scope among those of the batch. */
  scope?: number;
  droppedAttributes?: number;
  droppedEvents?: number;
  droppedLinks?: number;
}

export interface GivenEvent {
  name?: string;
  time?: bigint | number;
  attributes?: GivenAttributes;
  droppedAttributes?: number;
}

export interface GivenLink {
  traceId?: string | Uint8Array;
  spanId?: string | Uint8Array;
  tracestate?: string;
  flags?: number;
  attributes?: GivenAttributes;
  droppedAttributes?: number;
}

export interface GivenScope {
  name?: string;
  version?: string;
  schemaUrl?: string;
  attributes?: GivenAttributes;
  /** Index of its resource among those of the batch. */
  resource?: number;
  droppedAttributes?: number;
}

export interface GivenResource {
  schemaUrl?: string;
  attributes?: GivenAttributes;
  droppedAttributes?: number;
}

/** A batch: with one scope, `test`, and one resource unless something else is said. */
export interface GivenBatch {
  spans?: readonly GivenSpan[];
  scopes?: readonly GivenScope[];
  resources?: readonly GivenResource[];
  /** Where spans are grouped by trace: how many spans each trace has, in order. */
  traces?: readonly { spans: number; reason?: TraceReason }[];
  now?: bigint | number;
  headProbability?: number;
  /** Texts that nothing names. */
  looseTexts?: readonly string[];
}

/** Attributes after the edits. Maps are objects, integers and doubles numbers. */
export type Attributes = { [key: string]: any };

/** A span after the edits. One that was dropped is still there. */
export interface SpanAfter {
  name: string;
  kind: SpanKind;
  status: Status;
  message: string | undefined;
  tracestate: string | undefined;
  traceId: string;
  id: string;
  parentId: string | undefined;
  start: bigint;
  end: bigint;
  flags: number;
  attributes: Attributes;
  events: { name: string; time: bigint; attributes: Attributes; droppedAttributes: number }[];
  links: { traceId: string; spanId: string; tracestate: string | undefined; flags: number; attributes: Attributes; droppedAttributes: number }[];
  scope: number;
  isDropped: boolean;
  /** Whether the policy marked it as sampled. */
  isKept: boolean;
  droppedAttributes: number;
  droppedEvents: number;
  droppedLinks: number;
}

/** One edit, with texts and values spelt out. Numbers of rows, groups and spans are those of the batch before. */
export type Edit =
  | { add: number; key: string; value: ExactValue }
  | { set: number; value: ExactValue }
  | { rename: number; key: string }
  | { remove: number }
  | { replace: string; with: string }
  | { drop: number }
  | { keep: number }
  | { field: string; index: number; value: string | undefined };

/** What came of a batch. */
export interface Outcome {
  spans: SpanAfter[];
  scopes: { name: string; version: string | undefined; schemaUrl: string | undefined; attributes: Attributes; resource: number; droppedAttributes: number }[];
  resources: { schemaUrl: string | undefined; attributes: Attributes; droppedAttributes: number }[];
  traces: { spans: number; reason: TraceReason }[] | undefined;
  /** The edits, one by one; none where the policy changed nothing. */
  edits: Edit[];
  /** The edits as the host gets them. */
  blob: Uint8Array;
}

/** A configured policy. */
export class TestPlugin {
  /**
   * Configures a policy. Throws what the operator would read where it can't be configured so.
   * @param config as it would stand in a policy file
   */
  constructor(policy: Policy<any>, config?: unknown, options?: { tables?: { [name: string]: string | Uint8Array } });
  /** What it asked for. */
  readonly setup: Setup;
  /** Lines that it logged: `info: text`. */
  readonly log: string[];
  /** What it counted. */
  readonly counters: { [name: string]: number };
  /** Runs the policy over a batch, some spans or one span, and applies its edits. Throws what the policy throws, and where edits break a rule. */
  run(batch: GivenBatch | readonly GivenSpan[] | GivenSpan): Outcome;
  /** Calls the policy with a batch blob as it is and gives the edits blob: for test vectors and for measuring. */
  process(batch: Uint8Array): Uint8Array;
  save(): Uint8Array;
  restore(state: Uint8Array | string): void;
}

/** A batch with everything that was left out filled in. */
export interface PlainBatch {
  looseTexts: string[];
  [field: string]: unknown;
}

/** Fills in what a test leaves out of a batch. */
export function complete(given: GivenBatch | readonly GivenSpan[] | GivenSpan): PlainBatch;
/** A batch as blobs, with every column and with those that were asked for. */
export function encode(batch: PlainBatch, setup?: { keys: string[]; columns: number[] }): { all: Uint8Array; asked: Uint8Array };
/** A blob as a batch. */
export function decode(blob: Uint8Array): PlainBatch;
/** Applies edits to a batch that has every column. Throws where they break a rule. */
export function apply(batch: Uint8Array, edits: Uint8Array): { batch: PlainBatch; edits: Edit[] };
