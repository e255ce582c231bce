import { type Attribute, type Batch, ConfigError, type Edits, Event, type Span } from "@spansieve/plugin";
import { choice, count, definePolicy, integer, list, object, record, string } from "@spansieve/plugin";

import { Editor, type Pattern, digest, toJson } from "./content.ts";

const MODES = ["keep", "truncate", "remove", "hash-length"] as const;

/** Attributes that hold what was said, by the GenAI conventions of today and those before; `*` is a number. */
const KEYS = [
  "gen_ai.input.messages",
  "gen_ai.output.messages",
  "gen_ai.system_instructions",
  "gen_ai.tool.call.arguments",
  "gen_ai.tool.call.result",
  "gen_ai.retrieval.query.text",
  "gen_ai.retrieval.documents",
  "gen_ai.memory.query.text",
  "gen_ai.memory.records",
  // Until 1.37: on spans, and on the events gen_ai.content.prompt and gen_ai.content.completion.
  "gen_ai.prompt",
  "gen_ai.completion",
  // OpenLLMetry's, one attribute for each message.
  "gen_ai.prompt.*.content",
  "gen_ai.completion.*.content",
  "gen_ai.prompt.*.tool_calls.*.arguments",
  "gen_ai.completion.*.tool_calls.*.arguments",
];

/** Between 1.28 and 1.37 each message was an event, with keys that mean something there only. */
const MESSAGE_EVENTS = /^gen_ai\.((system|user|assistant|tool)\.message|choice)$/;
const EVENT_KEYS = new Set(["content", "message", "tool_calls"]);

const EMAIL = { name: "email", regex: "[\\w.+-]+@[\\w-]+(\\.[\\w-]+)+", contains: "@" };

export default definePolicy({
  name: "genai-prompts",
  about: "Shortens or removes prompts and completions, and redacts in them what patterns find",
  config: {
    mode: choice(MODES, { description: "What becomes of prompts and completions", default: "truncate" }),
    max_length: integer({ description: "How many characters the texts of one attribute keep together", default: 2000, minimum: 1 }),
    overrides: record(choice(MODES), { description: "Another mode for some of the keys", default: {} }),
    redact: list(
      object({
        name: string({ description: "Stands in brackets in the place of what was found", pattern: "^[a-z][a-z0-9_-]*$" }),
        regex: string({ description: "A pattern as in JavaScript, with flag u", minLength: 1 }),
        contains: string({ description: "A text without which the pattern finds nothing, looked for first", minLength: 1, optional: true }),
      }),
      { description: "What is taken out of texts that stay", default: [EMAIL] },
    ),
    keys: list(string({ description: "A key; `*` is a number", pattern: "^[^*]+(\\.\\*\\.[^*]+)*$" }), {
      description: "Attributes that hold what was said",
      default: KEYS,
    }),
    mark: string({ description: "The attribute that says what was done; on the span or the event", default: "spansieve.genai", minLength: 1 }),
  },

  configure({ mode, max_length: maxLength, overrides, redact, keys, mark }, setup) {
    const patterns = redact.map((pattern, i) => compile(pattern, `redact[${i}].regex`));
    for (const key of Object.keys(overrides)) {
      if (!keys.includes(key)) throw new ConfigError(`overrides.${key}`, "expected one of the keys");
    }
    const known = new Map<string, (typeof MODES)[number] | undefined>();
    const matchers = keys.map((key) => ({ regex: keyPattern(key), mode: overrides[key] ?? mode }));
    /** The mode of a key; `undefined` where it holds something else. Keys are few, so each is matched once. */
    const modeOf = (key: string) => {
      if (!known.has(key)) known.set(key, EVENT_KEYS.has(key) ? mode : matchers.find(({ regex }) => regex.test(key))?.mode);
      return known.get(key);
    };
    setup.read("attributes", "events");

    return {
      process(batch: Batch, edits: Edits) {
        const marks = new Map<Span | Event, Set<string>>();
        const counts = new Map<string, number>();
        const tell = (owner: Span | Event | undefined, what: string) => {
          counts.set(what, (counts.get(what) ?? 0) + 1);
          if (owner !== undefined) marks.set(owner, (marks.get(owner) ?? new Set()).add(what));
        };

        const owners = new Owners(batch);
        for (const attribute of attributesWith(batch, (key) => modeOf(key) !== undefined)) {
          const owner = owners.of(attribute);
          if (EVENT_KEYS.has(attribute.key) && !(owner instanceof Event && MESSAGE_EVENTS.test(owner.name))) continue;
          const mode = modeOf(attribute.key);
          if (mode === "remove") {
            edits.remove(attribute);
            tell(owner, "removed");
          } else if (mode === "hash-length") {
            const value = attribute.exactValue;
            edits.set(attribute, digest(typeof value === "string" ? value : toJson(value)));
            tell(owner, "hashed");
          } else {
            const editor = new Editor(patterns, mode === "truncate" ? maxLength : Infinity);
            const value = attribute.exactValue;
            if (typeof value === "string" && editor.canStay(value)) continue;
            const edited = editor.edit(value);
            if (editor.isChanged) edits.set(attribute, edited);
            if (editor.isRedacted) tell(owner, "redacted");
            if (editor.isTruncated) tell(owner, "truncated");
          }
        }
        for (const [owner, done] of marks) edits.upsert(owner, mark, [...done].sort().join(","));
        for (const [what, number] of counts) count(`genai.${what}`, number);
      },
    };
  },
});

const keyPattern = (key: string) => new RegExp(`^${key.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "\\d+")}$`);

function compile({ name, regex: text, contains }: { name: string; regex: string; contains?: string }, path: string): Pattern {
  let regex: RegExp;
  try {
    regex = new RegExp(text, "gu");
  } catch (error) {
    throw new ConfigError(path, `expected a regular expression: ${(error as Error).message}`);
  }
  if ("".replace(regex, "x") !== "") throw new ConfigError(path, "expected a pattern that does not match the empty text");
  return { regex, contains, replacement: `[${name}]` };
}

/**
 * The attributes whose keys are wanted. The batch lists its distinct keys, so one without a prompt costs a look at some dozen keys; and the column
 * of keys is searched natively, whatever the rows belong to. Of what has the same key within a value the outer one comes first, and is enough.
 */
function* attributesWith(batch: Batch, isWanted: (key: string) => boolean): Generator<Attribute> {
  const rowKeys = batch.column("row-key") as Int32Array;
  for (const [number, text] of (batch.column("keys") as Int32Array).entries()) {
    if (!isWanted(batch.text(text))) continue;
    for (let row = rowKeys.indexOf(number); row >= 0; row = rowKeys.indexOf(number, row + 1)) yield batch.row(row);
  }
}

/** Finds what attributes belong to. */
class Owners {
  readonly #batch: Batch;
  #events: Event[] | undefined;

  constructor(batch: Batch) {
    this.#batch = batch;
  }

  /** The span or event; `undefined` for elements of values, links and so on. */
  of({ row }: Attribute): Span | Event | undefined {
    const batch = this.#batch;
    const group = groupOf(batch.column("group-end") as Int32Array, row);
    const span = (batch.column("span-attributes") as Int32Array).indexOf(group);
    if (span >= 0) return batch.span(span);
    const event = (batch.column("event-attributes") as Int32Array).indexOf(group);
    return event < 0 ? undefined : (this.#events ??= batch.events())[event];
  }
}

/** The first group that ends behind a row. */
function groupOf(ends: Int32Array, row: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! > row) high = middle;
    else low = middle + 1;
  }
  return low;
}
