// What stands between the component's exports and a policy. The build's entry module puts the two together; no part of the API.

import { describe, isMistake } from "./failure.js";
import * as hosts from "./host.js";
import { VERSION } from "./layout.js";
import { Instance, checkPolicy, schemaText } from "./policy.js";

/**
 * The exported interface `plugin`.
 * @param {unknown} policy the default export of the policy's module
 * @param {object} host the imported interface `host`
 * @param {string} version the plugin's version
 * @param {() => import("./failure.js").Places} places where lines of the bundle come from
 */
export function plugin(policy, host, version, places) {
  hosts.use(host);
  const { name, about } = checkPolicy(policy);
  const schema = schemaText(policy);
  const instance = new Instance(policy);

  /** Something failed that nobody planned: the host is told what and where, and ends the call. */
  const guarded = (call) => {
    try {
      return call();
    } catch (error) {
      host.fail(describe(error, places()));
      throw error;
    }
  };

  /** Something was refused, in one message for the operator. Where it is a mistake of the program the author reads the place in the log. */
  const refusable = (call) => {
    try {
      return call();
    } catch (error) {
      if (isMistake(error)) host.log("error", describe(error, places()));
      throw error instanceof Error ? error.message || error.name : String(error);
    }
  };

  return {
    describe: () => ({ name, version, about, layout: VERSION, schema }),
    configure: (text) =>
      refusable(() => {
        const setup = instance.configure(text);
        return { columns: setup.columns, keys: setup.keys, grouping: setup.groupsByTrace ? "trace" : "span" };
      }),
    process: (batch) => guarded(() => instance.process(batch)),
    save: () => guarded(() => instance.save()),
    restore: (state) => refusable(() => instance.restore(state)),
  };
}
