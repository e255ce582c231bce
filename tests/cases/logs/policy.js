import { log } from "@spansieve/plugin";

/** Writes a line of each level. */
export function configure() {
  return {
    process() {
      log.error("an error");
      log.warn("a warning");
      log.info("an info");
      log.debug("a debug");
    },
  };
}
