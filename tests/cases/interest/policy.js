/** Declares two keys, and adds them up. */
export function configure(_, setup) {
  const a = setup.key("a");
  const b = setup.key("b");
  setup.read("attributes");
  return {
    process(batch, edits) {
      for (const span of batch) {
        const [x, y] = [span.getBigInt(a), span.getBigInt(b)];
        if (x !== undefined && y !== undefined) edits.add(span, "sum", BigInt.asIntN(64, x + y));
        else if (x !== undefined) edits.add(span, "missing", "b");
        else if (y !== undefined) edits.add(span, "missing", "a");
      }
    },
  };
}
