/** Each span gets a value with values in it. */
export function configure() {
  const nested = {
    a: [1, { b: [] }, null, new Uint8Array([0x00, 0xff])],
    c: {},
    "": "empty key",
    d: 2.5,
    e: false,
  };
  return {
    process(batch, edits) {
      for (const span of batch) edits.upsert(span, "nested", nested);
    },
  };
}
