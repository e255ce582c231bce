// What a policy is, and an instance of it: what the host, or a test, calls.

import { Batch } from "./batch.js";
import { ConfigError, isField, readConfig, schemaOf } from "./config.js";
import { Edits } from "./edits.js";
import { Setup } from "./setup.js";
import { encode } from "./utf8.js";
import { found } from "./value.js";

const POLICY = Symbol.for("spansieve.policy");

const NO_BYTES = new Uint8Array(0);

/** Checks a policy and gives it back, marked as one. */
export function definePolicy(policy) {
  const wrong = (what, wanted, value) => new TypeError(`definePolicy: ${what}: expected ${wanted}, found ${found(value)}`);
  if (typeof policy !== "object" || policy === null) throw wrong("the policy", "an object", policy);
  const { name, about, config, configure } = policy;
  if (typeof name !== "string" || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) throw wrong("`name`", "a short name in kebab-case", name);
  if (typeof about !== "string" || about === "") throw wrong("`about`", "one sentence for people", about);
  if (typeof configure !== "function") throw wrong("`configure`", "a function that gives the policy's functions", configure);
  if (config !== undefined) {
    if (typeof config !== "object" || config === null) throw wrong("`config`", "an object of fields", config);
    for (const key in config) if (!isField(config[key])) throw wrong(`\`config.${key}\``, "a field, such as string()", config[key]);
  }
  return Object.freeze({ ...policy, [POLICY]: true });
}

/** The JSON Schema of a policy's configuration as text; empty where it takes none. */
export const schemaText = (policy) => (policy.config === undefined ? "" : JSON.stringify(schemaOf(policy.config)));

/** What the default export of a policy's module must be. */
export function checkPolicy(policy) {
  if (policy?.[POLICY] === true) return policy;
  throw new TypeError(`the default export must be what definePolicy() gives, found ${found(policy)}`);
}

/** The one instance of a policy in a component, or one in a test. */
export class Instance {
  #policy;
  #functions;
  #slots = [];
  #batch = new Batch();
  #edits = new Edits();

  constructor(policy) {
    this.#policy = checkPolicy(policy);
  }

  /** Configures the policy from JSON text; gives what it asked for. */
  configure(text) {
    const setup = new Setup();
    const config = readConfig(this.#policy.config, text);
    const functions = this.#policy.configure(config, setup);
    refusePromise("configure", functions);
    const wanted = "`configure` must return an object with the function `process`";
    if (typeof functions !== "object" || functions === null) throw new TypeError(`${wanted}, it returned ${found(functions)}`);
    if (typeof functions.process !== "function") throw new TypeError(`${wanted}: \`process\` is ${found(functions.process)}`);
    for (const name of ["save", "restore"]) {
      const { [name]: value } = functions;
      if (value !== undefined && typeof value !== "function") throw new TypeError(`\`${name}\` must be a function, it is ${found(value)}`);
    }
    this.#functions = functions;
    this.#slots = setup.slots;
    return setup;
  }

  /** Runs the policy over a batch. The edits that it gives are valid until the next call. */
  process(bytes) {
    const batch = this.#batch;
    const edits = this.#edits;
    const functions = this.#configured("process");
    try {
      batch.begin(bytes, this.#slots);
      edits.begin(batch);
      refusePromise("process", functions.process(batch, edits));
      return edits.finish();
    } finally {
      batch.end();
    }
  }

  /** The policy's state. */
  save() {
    const functions = this.#configured("save");
    if (functions.save === undefined) return NO_BYTES;
    const state = functions.save();
    refusePromise("save", state);
    if (typeof state === "string") return encode(state);
    if (state instanceof Uint8Array) return state;
    throw new TypeError(`\`save\` must return a string or a Uint8Array, it returned ${found(state)}`);
  }

  /** Hands the policy a state. */
  restore(state) {
    const functions = this.#configured("restore");
    if (functions.restore === undefined) {
      if (state.length === 0) return;
      throw new ConfigError("", "this policy keeps no state: it has no `restore`");
    }
    refusePromise("restore", functions.restore(state));
  }

  #configured(what) {
    if (this.#functions === undefined) throw new Error(`\`${what}\` was called before \`configure\` had succeeded`);
    return this.#functions;
  }
}

function refusePromise(what, value) {
  if (typeof value?.then === "function") throw new TypeError(`\`${what}\` returned a promise: a policy can't wait for anything, write it without async`);
}
