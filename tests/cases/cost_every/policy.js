/** Every span gets an attribute. */
export function configure(_, setup) {
  setup.read("add");
  return {
    process(batch, edits) {
      for (const span of batch) edits.add(span, "team", "payments");
    },
  };
}
