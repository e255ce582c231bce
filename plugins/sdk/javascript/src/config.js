// Configuration: declared once, as fields; the JSON Schema, the checks and (in index.d.ts) the TypeScript types follow from them.

import { found } from "./value.js";

/** Why a configuration cannot be used: where in it, and what was expected. */
export class ConfigError extends Error {
  constructor(path, message) {
    super(path === "" ? message : `${path}: ${message}`);
    this.name = "ConfigError";
    this.path = path;
  }
}

/** One value of a configuration: its schema, and how it is read from JSON. */
class Field {
  constructor(options, schema, read) {
    this.options = options;
    this.schema = {
      ...(options.description === undefined ? {} : { description: options.description }),
      ...schema,
      ...(options.default === undefined ? {} : { default: options.default }),
    };
    this.read = read;
  }

  get isRequired() {
    return this.options.optional !== true && this.options.default === undefined;
  }
}

const field = (type, what, is, more) => (options = {}) => {
  const { description, default: _, optional, ...bounds } = options;
  return new Field(options, { type, ...bounds }, (value, path) => {
    if (!is(value)) throw new ConfigError(path, `expected ${what}, found ${found(value)}`);
    more?.(value, path, bounds);
    return value;
  });
};

function checkText(text, path, { minLength, maxLength, pattern }) {
  const length = [...text].length;
  if (length < minLength) throw new ConfigError(path, `expected at least ${minLength} characters, found ${length}`);
  if (length > maxLength) throw new ConfigError(path, `expected at most ${maxLength} characters, found ${length}`);
  if (pattern !== undefined && !new RegExp(pattern, "u").test(text)) {
    throw new ConfigError(path, `expected a text that matches ${pattern}, found ${JSON.stringify(text)}`);
  }
}

function checkNumber(number, path, { minimum, maximum }) {
  if (number < minimum) throw new ConfigError(path, `expected at least ${minimum}, found ${number}`);
  if (number > maximum) throw new ConfigError(path, `expected at most ${maximum}, found ${number}`);
}

export const string = field("string", "a string", (value) => typeof value === "string", checkText);
export const integer = field("integer", "a whole number", Number.isSafeInteger, checkNumber);
export const number = field("number", "a number", (value) => typeof value === "number", checkNumber);
export const boolean = field("boolean", "true or false", (value) => typeof value === "boolean");

/** One of some strings. */
export function choice(values, options = {}) {
  const names = values.map((value) => JSON.stringify(value)).join(" or ");
  return new Field(options, { enum: [...values] }, (value, path) => {
    if (!values.includes(value)) throw new ConfigError(path, `expected ${names}, found ${found(value)}`);
    return value;
  });
}

/** Values of one sort, in order. */
export function list(item, options = {}) {
  return new Field(options, { type: "array", items: item.schema }, (value, path) => {
    if (!Array.isArray(value)) throw new ConfigError(path, `expected a list, found ${found(value)}`);
    return value.map((element, i) => item.read(element, `${path}[${i}]`));
  });
}

/** Values of one sort by keys of any name. */
export function record(item, options = {}) {
  return new Field(options, { type: "object", additionalProperties: item.schema }, (value, path) => {
    if (!isObject(value)) throw new ConfigError(path, `expected an object, found ${found(value)}`);
    return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, item.read(element, at(path, key))]));
  });
}

/** An object with these fields and no others. */
export function object(fields, options = {}) {
  return new Field(options, objectSchema(fields), (value, path) => readObject(fields, value, path));
}

/** Any JSON; `schema` says what, to people and to the host. */
export function json(options = {}) {
  return new Field(options, options.schema ?? {}, (value) => value);
}

/** The JSON Schema of a configuration with these fields. */
export function schemaOf(fields) {
  return { $schema: "https://json-schema.org/draft/2020-12/schema", ...objectSchema(fields) };
}

/** Reads a configuration from JSON text. `null` counts as `{}`. */
export function readConfig(fields, text) {
  let value;
  try {
    value = JSON.parse(text) ?? {};
  } catch (error) {
    throw new ConfigError("", `the configuration is not JSON: ${error.message}`);
  }
  if (fields === undefined) {
    if (isObject(value) && Object.keys(value).length === 0) return {};
    throw new ConfigError("", "this policy takes no configuration");
  }
  return readObject(fields, value, "");
}

function objectSchema(fields) {
  const properties = Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.schema]));
  const required = Object.keys(fields).filter((key) => fields[key].isRequired);
  return { type: "object", properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false };
}

function readObject(fields, value, path) {
  if (!isObject(value)) throw new ConfigError(path, `expected an object, found ${found(value)}`);
  for (const key of Object.keys(value)) {
    if (Object.hasOwn(fields, key)) continue;
    const known = Object.keys(fields).join(", ");
    throw new ConfigError(at(path, key), `unknown key, expected ${known === "" ? "none" : `one of ${known}`}`);
  }
  const config = {};
  for (const [key, field] of Object.entries(fields)) {
    if (Object.hasOwn(value, key)) {
      config[key] = field.read(value[key], at(path, key));
    } else if (field.isRequired) {
      throw new ConfigError(at(path, key), "missing");
    } else if (field.options.default !== undefined) {
      // Read as if it had been given, which also gives each reader an object of its own.
      config[key] = field.read(field.options.default, at(path, key));
    }
  }
  return config;
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

const at = (path, key) => (path === "" ? key : `${path}.${key}`);

/** Whether something was made by `string()`, `list()` and so on. */
export const isField = (value) => value instanceof Field;
