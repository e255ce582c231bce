// What a policy finds around it in a component. Imported before any of the author's code; tests run without it.
//
// The same batch, configuration and state give the same edits, so there is no clock and there are no random numbers: asking for them says so, where
// QuickJS would trap without a word. What libraries often expect and QuickJS lacks is there: console, TextEncoder, TextDecoder.

import { log } from "./host.js";
import { decode, encode } from "./utf8.js";

const refuse = (what, instead) => () => {
  throw new Error(`${what}: ${instead}`);
};

const noClock = (what) => refuse(what, "a policy has no clock; `batch.now` is the time of the batch");

const NativeDate = Date;

/** Dates of a given time work as ever. */
globalThis.Date = class Date extends NativeDate {
  constructor(...args) {
    if (args.length === 0) noClock("new Date()")();
    super(...args);
  }

  static now = noClock("Date.now()");
};

globalThis.performance = { now: noClock("performance.now()") };

Math.random = refuse("Math.random()", "a policy has no random numbers; decide by the trace id, which is random already");

const line = (...args) => args.map((arg) => (typeof arg === "object" && !(arg instanceof Error) ? JSON.stringify(arg) : String(arg))).join(" ");

globalThis.console = {
  error: (...args) => log.error(line(...args)),
  warn: (...args) => log.warn(line(...args)),
  info: (...args) => log.info(line(...args)),
  log: (...args) => log.info(line(...args)),
  debug: (...args) => log.debug(line(...args)),
};

globalThis.TextEncoder ??= class TextEncoder {
  encoding = "utf-8";
  encode(text = "") {
    return encode(String(text));
  }
};

globalThis.TextDecoder ??= class TextDecoder {
  encoding = "utf-8";
  constructor(encoding = "utf-8") {
    if (!/^utf-?8$/i.test(encoding)) throw new RangeError(`TextDecoder: only UTF-8 is there, not ${encoding}`);
  }
  decode(bytes = new Uint8Array(0)) {
    return decode(ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes));
  }
};
