// What is done to one prompt or completion, whatever its form: a text, JSON in a text, or arrays and maps.

import type { ExactValue } from "@spansieve/plugin";

export interface Pattern {
  readonly regex: RegExp;
  /** What is in every text that the pattern finds something in, if anything is known to be: looking for it is a hundred times cheaper. */
  readonly contains: string | undefined;
  readonly replacement: string;
}

/** Members of messages and their parts that say what they are, not what was said. */
const STRUCTURE = new Set(["type", "role", "id", "name", "mime_type", "modality", "finish_reason", "file_id", "index"]);

/** Applies patterns to the texts of one value, and cuts them where they have `length` characters together. */
export class Editor {
  isRedacted = false;
  isTruncated = false;
  readonly #patterns: readonly Pattern[];
  #left: number;

  constructor(patterns: readonly Pattern[], length = Infinity) {
    this.#patterns = patterns;
    this.#left = length;
  }

  get isChanged(): boolean {
    return this.isRedacted || this.isTruncated;
  }

  /** Whether a text stays as it is, told without parsing it; JSON may have written what patterns look for as escapes. */
  canStay(text: string): boolean {
    const isSuspect = ({ contains }: Pattern) => contains === undefined || text.includes(contains) || text.includes("\\u");
    return text.length <= this.#left && !this.#patterns.some(isSuspect);
  }

  edit(value: ExactValue, key = ""): ExactValue {
    if (typeof value === "string") return STRUCTURE.has(key) ? value : this.#text(value);
    if (value instanceof Uint8Array) return this.#bytes(value);
    if (Array.isArray(value)) return this.#items(value, key);
    if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, this.edit(item, key)]));
    return value;
  }

  #text(text: string): string {
    const json = parse(text);
    if (json === undefined) return this.#cut(this.#redact(text));
    const edited = this.edit(json);
    // Written anew only where something changed: a backend may compare prompts, and spaces are somebody's choice.
    return this.isChanged ? toJson(edited) : text;
  }

  // Patterns come first: of an address that is cut in two neither half is found.
  #redact(text: string): string {
    for (const { regex, contains, replacement } of this.#patterns) {
      if (contains !== undefined && !text.includes(contains)) continue;
      const redacted = text.replace(regex, () => replacement);
      if (redacted !== text) this.isRedacted = true;
      text = redacted;
    }
    return text;
  }

  #cut(text: string): string {
    const { length } = text;
    if (length > this.#left) {
      text = `${text.slice(0, boundary(text, this.#left))}…`;
      this.isTruncated = true;
    }
    this.#left = Math.max(0, this.#left - length);
    return text;
  }

  #bytes(bytes: Uint8Array): Uint8Array {
    if (bytes.length <= this.#left) return bytes;
    this.isTruncated = true;
    return bytes.slice(0, this.#left);
  }

  // Messages behind the last one that there is room for are left out, rather than kept as husks.
  #items(items: ExactValue[], key: string): ExactValue[] {
    const edited: ExactValue[] = [];
    for (const item of items) {
      if (this.#left === 0) {
        this.isTruncated = true;
        break;
      }
      edited.push(this.edit(item, key));
    }
    return edited;
  }
}

/** JSON as values with maps, so that both forms are edited alike; `undefined` where a text is no JSON, or only a number or so. */
function parse(text: string): ExactValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text, (_, value) =>
      value !== null && typeof value === "object" && !Array.isArray(value) ? new Map(Object.entries(value)) : value,
    );
  } catch {
    return undefined;
  }
}

/** A value as JSON. */
export function toJson(value: ExactValue): string {
  return JSON.stringify(value, (_, item) => {
    if (item instanceof Map) return Object.fromEntries(item);
    if (item instanceof Uint8Array) return [...item];
    return typeof item === "bigint" ? Number(item) : item;
  });
}

/** What is no character of its own: the second half of a pair, marks, joiners, tones of skin. */
const CONTINUES = /^[\udc00-\udfff\p{M}\u200d\u{1f3fb}-\u{1f3ff}]/u;

/** The last place up to `length` where a text can be cut without cutting a character. */
export function boundary(text: string, length: number): number {
  let at = length;
  while (at > 0 && (CONTINUES.test(text.slice(at, at + 2)) || text[at - 1] === "\u200d")) at--;
  return at;
}

/** The length of a text and a number that is the same for the same text. It tells repetitions; it hides nothing from who can guess. */
export function digest(text: string): string {
  // FNV-1a, twice with different beginnings. There is no cryptography in QuickJS, and without a key it would be of no more use.
  let a = 0x811c9dc5;
  let b = 0x01234567;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x01000193);
  }
  const hex = (number: number) => (number >>> 0).toString(16).padStart(8, "0");
  return `[${text.length} characters, ${hex(a)}${hex(b)}]`;
}
