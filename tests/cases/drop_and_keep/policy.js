/** Drops and keeps spans as their attributes say. */
export function configure() {
  return {
    process(batch, edits) {
      for (const span of batch) {
        if (span.get("drop") === true) edits.drop(span);
        else if (span.get("keep") === true) edits.keep(span);
      }
    },
  };
}
