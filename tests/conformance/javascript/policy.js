// The behaviours of tests/cases in JavaScript, one plugin: its configuration says which of them it is.

import { ConfigError, choice, definePolicy, object, string } from "@spansieve/plugin";

import * as big_integers from "../../cases/big_integers/policy.js";
import * as configuration from "../../cases/configuration/policy.js";
import * as cost_every from "../../cases/cost_every/policy.js";
import * as cost_few from "../../cases/cost_few/policy.js";
import * as counters from "../../cases/counters/policy.js";
import * as drop_and_keep from "../../cases/drop_and_keep/policy.js";
import * as edit_attributes from "../../cases/edit_attributes/policy.js";
import * as edit_fields from "../../cases/edit_fields/policy.js";
import * as errors from "../../cases/errors/policy.js";
import * as interest from "../../cases/interest/policy.js";
import * as logs from "../../cases/logs/policy.js";
import * as nested from "../../cases/nested/policy.js";
import * as raw_bytes from "../../cases/raw_bytes/policy.js";
import * as read_fields from "../../cases/read_fields/policy.js";
import * as read_values from "../../cases/read_values/policy.js";
import * as sizes from "../../cases/sizes/policy.js";
import * as state from "../../cases/state/policy.js";
import * as tables from "../../cases/tables/policy.js";
import * as traces from "../../cases/traces/policy.js";

const behaviours = {
  big_integers,
  configuration,
  cost_every,
  cost_few,
  counters,
  drop_and_keep,
  edit_attributes,
  edit_fields,
  errors,
  interest,
  logs,
  nested,
  raw_bytes,
  read_fields,
  read_values,
  sizes,
  state,
  tables,
  traces,
};

export default definePolicy({
  name: "conformance",
  about: "Does what its configuration says, as do its siblings in other languages",
  config: {
    behaviour: choice(Object.keys(behaviours), { description: "The folder in tests/cases" }),
    argument: string({ description: "Which variant of it", optional: true }),
    with: object(configuration.fields, { description: "The configuration of `configuration`", optional: true }),
  },

  configure(config, setup) {
    if (config.behaviour === "configuration" && config.with === undefined) throw new ConfigError("with", "missing");
    return behaviours[config.behaviour].configure(config, setup);
  },
});
