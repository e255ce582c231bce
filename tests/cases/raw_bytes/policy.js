/** Bytes are reversed, and 0xFF follows. */
export function configure() {
  return {
    process(batch, edits) {
      for (const span of batch) {
        for (const attribute of span.attributes()) {
          if (attribute.kind === "bytes") edits.set(attribute, new Uint8Array([...attribute.value.reverse(), 0xff]));
        }
      }
    },
  };
}
