// What an error says to the operator: its message and its place in the author's own source.

/**
 * Where lines of the bundle come from, as the build wrote it down.
 *
 * `sources` are files; `lines[n]`, for line n of the bundle from 1, is a run of `column, source, line, column` in ascending order of the first column.
 * Columns and lines count from 1. Code of the SDK itself is not in it.
 * @typedef {{ sources: string[], lines: Record<string, number[]> }} Places
 */

/** Frames of a stack that are told. */
const FRAMES = 3;

/** `at name (/file.js:12:5)`, as QuickJS writes it. */
const FRAME = /^\s*at (?:(.*?) )?\(?([^()]*):(\d+):(\d+)\)?$/;

/**
 * An error as one line: `cannot read property 'x' of null, at policy.ts:12:5 (lookUp), called at policy.ts:30:9 (process)`.
 * @param {unknown} error
 * @param {Places} places
 */
export function describe(error, places) {
  if (!(error instanceof Error)) return String(error);
  const text = error.name === "Error" || error.name === "ConfigError" ? error.message : `${error.name}: ${error.message}`;
  const frames = framesOf(error.stack ?? "", places);
  const told = frames.slice(0, FRAMES).map((frame, i) => `${i === 0 ? "at" : "called at"} ${frame}`);
  const cause = error.cause === undefined ? [] : [`because of: ${describe(error.cause, places)}`];
  return [text || error.name, ...told, ...cause].join(", ");
}

/** Whether it is an error that JavaScript itself threw, or the SDK about how it is used: the author wants to know the place. */
export function isMistake(error) {
  return error instanceof Error && error.constructor !== Error && error.name !== "ConfigError" && error.constructor === globalThis[error.name];
}

function framesOf(stack, places) {
  const frames = [];
  for (const line of stack.split("\n")) {
    const [, name, , lineNumber, column] = FRAME.exec(line) ?? [];
    const place = lineNumber === undefined ? undefined : placeOf(Number(lineNumber), Number(column), places);
    if (place !== undefined) frames.push(name === undefined || name === "<anonymous>" ? place : `${place} (${name})`);
  }
  return frames;
}

function placeOf(line, column, { sources, lines }) {
  const segments = lines[line];
  if (segments === undefined) return undefined;
  let found = 0;
  for (let i = 4; i < segments.length && segments[i] <= column; i += 4) found = i;
  const [, source, sourceLine, sourceColumn] = segments.slice(found, found + 4);
  return source < 0 ? undefined : `${sources[source]}:${sourceLine}:${sourceColumn}`;
}
