import { count } from "@spansieve/plugin";

/** Counts spans, and those that failed. */
export function configure() {
  return {
    process(batch) {
      count("spans", batch.length);
      const errors = batch.spans().filter((span) => span.status === "error");
      if (errors.length > 0) count("errors", errors.length);
    },
  };
}
