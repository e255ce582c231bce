/** Each integer is set to the next one, wrapping around. */
export function configure() {
  return {
    process(batch, edits) {
      for (const span of batch) {
        for (const attribute of span.attributes()) {
          if (attribute.kind === "int") edits.set(attribute, BigInt.asIntN(64, BigInt(attribute.value) + 1n));
        }
      }
    },
  };
}
