/** The first span of each trace says how many there are, and why they are here. */
export function configure(_, setup) {
  setup.groupByTrace();
  return {
    process(batch, edits) {
      for (const trace of batch.traces()) {
        const [first] = trace;
        if (first === undefined) continue;
        edits.add(first, "spans", trace.length);
        edits.add(first, "reason", trace.reason);
      }
    },
  };
}
