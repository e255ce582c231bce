import { ConfigError, boolean, choice, count, definePolicy, list, object, string } from "@spansieve/plugin";

import { USUAL_RULES } from "./rules.js";

const GRPC = [
  "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
];

/** The status code in the column, as in OTLP. */
const ERROR = 2;

/** A message may be a whole page; its beginning says what went wrong, and a pattern has less to go through. */
const MESSAGE_LENGTH = 1000;

/** How many different errors are remembered with their class. */
const REMEMBERED = 1000;

const UNKNOWN = { class: "unknown", expected: false };

const rule = object({
  // Becomes an attribute and part of a counter's name: a few short words, no texts from elsewhere.
  class: string({ description: "What the error is called", pattern: "^[a-z][a-z0-9-]{0,31}$" }),
  expected: boolean({ description: "Whether nobody has to be woken by it", default: false }),
  http: list(string({ pattern: "^[1-5]([0-9]{2}|xx)$" }), { description: "Status codes: 404, or 4xx for a hundred of them", optional: true }),
  grpc: list(choice(GRPC), { description: "gRPC status codes", optional: true }),
  db: list(string({ minLength: 1 }), { description: "How the database's code begins, such as SQLSTATE 08", optional: true }),
  type: string({ description: "A pattern for exception.type, else error.type; case does not matter", minLength: 1, optional: true }),
  message: string({ description: "A pattern for exception.message, else the status message", minLength: 1, optional: true }),
  kind: list(choice(["internal", "server", "client", "producer", "consumer"]), { description: "Kinds of spans", optional: true }),
  method: list(string({ minLength: 1 }), { description: "HTTP methods", optional: true }),
});

export default definePolicy({
  name: "error-classes",
  about: "Says of failed spans what sort of error it was and whether it was to be expected",
  config: {
    rules: list(rule, { description: "The first rule of which all conditions hold counts; these come before the usual ones", default: [] }),
    usual_rules: boolean({ description: "Whether the usual rules follow", default: true }),
    unset_expected: boolean({ description: "Whether expected errors lose their error status, and its message", default: false }),
  },

  configure(config, setup) {
    const own = config.rules.map((rule, i) => compile(rule, `rules[${i}]`));
    const rules = config.usual_rules ? [...own, ...USUAL_RULES.map((rule, i) => compile(rule, `usual rule ${i}`))] : own;
    const factsOf = reader(setup);
    const errorClass = setup.key("error.class");
    const errorExpected = setup.key("error.expected");
    setup.read("status", "kind", "attributes", "events");

    // Errors repeat, and going through forty rules costs as much as the rest of the policy many times over.
    const known = new Map();
    const classify = (facts) => {
      const key = Object.values(facts).join("\n");
      let found = known.get(key);
      if (found === undefined) {
        found = rules.find((rule) => rule.conditions.every((holds) => holds(facts))) ?? UNKNOWN;
        // Messages may be different each time: what is remembered has a bound.
        if (known.size >= REMEMBERED) known.clear();
        known.set(key, found);
      }
      return found;
    };

    return {
      process(batch, edits) {
        const counts = new Map();
        const add = (name) => counts.set(name, (counts.get(name) ?? 0) + 1);
        // Most spans did not fail. The column tells which did, without a look at each of the others.
        const statuses = batch.column("span-status");
        for (let i = statuses.indexOf(ERROR); i >= 0; i = statuses.indexOf(ERROR, i + 1)) {
          const span = batch.span(i);
          if (span.has(errorClass)) continue; // the application knows better
          const found = classify(factsOf(span));
          edits.add(span, errorClass, found.class);
          edits.upsert(span, errorExpected, found.expected);
          if (found.expected && config.unset_expected) {
            edits.setStatus(span, "unset");
            edits.setMessage(span, null);
          }
          add(found.class);
          if (found.expected) add("expected");
        }
        for (const [name, number] of counts) count(`errors.${name}`, number);
      },
    };
  },
});

/** Gives a function that reads off a span what rules ask for. Each fact has its name by today's conventions, and the one before. */
function reader(setup) {
  const slots = (...keys) => keys.map((key) => setup.key(key));
  const http = slots("http.response.status_code", "http.status_code");
  const method = slots("http.request.method", "http.method");
  const grpc = slots("rpc.response.status_code", "rpc.grpc.status_code");
  const db = slots("db.response.status_code");
  const error = slots("error.type");
  const first = (span, slots) => {
    for (const slot of slots) if (span.has(slot)) return span.get(slot);
  };

  return (span) => {
    // Of several exceptions the last one is what the span failed of.
    const exception = span.events().findLast((event) => event.name === "exception");
    const code = first(span, grpc);
    return {
      kind: span.kind,
      http: Number(first(span, http) ?? NaN),
      method: first(span, method),
      grpc: typeof code === "number" ? GRPC[code] : code,
      db: String(first(span, db) ?? ""),
      type: String(exception?.getString("exception.type") ?? first(span, error) ?? ""),
      message: (exception?.getString("exception.message") ?? span.message ?? "").slice(0, MESSAGE_LENGTH),
    };
  };
}

/** Makes functions of a rule's conditions. */
function compile({ class: name, expected = false, kind, method, http, grpc, db, type, message }, path) {
  const conditions = [];
  if (kind) conditions.push((facts) => kind.includes(facts.kind));
  if (http) {
    const ranges = http.map((code) => (code.endsWith("xx") ? [code[0] * 100, code[0] * 100 + 99] : [+code, +code]));
    conditions.push((facts) => ranges.some(([first, last]) => facts.http >= first && facts.http <= last));
  }
  if (method) conditions.push((facts) => method.includes(facts.method));
  if (grpc) conditions.push((facts) => grpc.includes(facts.grpc));
  if (db) conditions.push((facts) => db.some((start) => facts.db.startsWith(start)));
  if (type) conditions.push(pattern("type", type, path));
  if (message) conditions.push(pattern("message", message, path));
  if (conditions.length === 0) throw new ConfigError(path, "expected at least one condition, such as http or type; it would match every error");
  return { class: name, expected, conditions };
}

function pattern(fact, text, path) {
  try {
    const regex = new RegExp(text, "iu");
    return (facts) => facts[fact] !== "" && regex.test(facts[fact]);
  } catch (error) {
    throw new ConfigError(`${path}.${fact}`, `expected a regular expression, found ${JSON.stringify(text)}: ${error.message}`);
  }
}
