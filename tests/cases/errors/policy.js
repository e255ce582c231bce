import { ConfigError } from "@spansieve/plugin";

/** Fails where the argument says so. */
export function configure({ argument }) {
  if (argument === "configure") throw new ConfigError("argument", "not this one");
  return {
    process() {
      if (argument === "process") throw new Error("failed on purpose");
    },

    save: () => (argument === "restore" ? "x" : ""),

    restore() {
      if (argument === "restore") throw new Error("state: not this one");
    },
  };
}
