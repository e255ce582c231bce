// What a policy may ask of its host. The component puts the real one in; tests a fake.

import { found } from "./value.js";

const silent = { log() {}, count() {}, table: () => null, texts: () => "" };

let host = silent;

/** Puts a host in place, and gives the one that was there. */
export function use(other) {
  const before = host;
  host = other;
  return before;
}

/** Writes to the host's log, under the plugin's name. */
export const log = Object.freeze({
  error: (message) => host.log("error", String(message)),
  warn: (message) => host.log("warn", String(message)),
  info: (message) => host.log("info", String(message)),
  debug: (message) => host.log("debug", String(message)),
});

/**
 * Adds to the plugin's own counter.
 * @param {string} name
 * @param {number | bigint} delta
 */
export function count(name, delta = 1) {
  const number = Number(delta);
  if (!Number.isSafeInteger(number) || number < 0) throw new RangeError(`count: expected a whole number from 0, found ${found(delta)}`);
  if (number > 0) host.count(name, number);
}

/**
 * A look-up table of the policy file, as bytes.
 * @param {string} name
 * @returns {Uint8Array | undefined}
 */
export const table = (name) => host.table(name) ?? undefined;

/** All texts of the batch in one string, U+0000 behind each. */
export const texts = () => host.texts();
