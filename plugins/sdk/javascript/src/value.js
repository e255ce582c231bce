// Values of attributes in JavaScript's terms.

/**
 * A double that stays one. JavaScript does not tell 2 from 2.0; in edits a whole number becomes an integer unless it comes as a Double.
 */
export class Double {
  /** @param {number} value */
  constructor(value) {
    this.value = value;
    Object.freeze(this);
  }

  valueOf() {
    return this.value;
  }

  toJSON() {
    return this.value;
  }
}

/**
 * Makes `value` a double even where it is a whole number.
 * @param {number} value
 */
export const double = (value) => new Double(value);

/** Whether a number is written as an integer: a whole one that JavaScript holds exactly, but not -0. */
export const isInteger = (number) => Number.isSafeInteger(number) && !Object.is(number, -0);

/** A double as it must be given to edits to stay one. */
export const exactDouble = (number) => (isInteger(number) ? new Double(number) : number);

/** What somebody gave, in the words of an error message. */
export function found(value) {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return `the string ${JSON.stringify(value)}`;
  if (typeof value === "object") return "an object";
  if (typeof value === "function") return "a function";
  return `the ${typeof value} ${String(value)}`;
}
