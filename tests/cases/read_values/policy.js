/** Each attribute is read as a value of JavaScript and written again under another key. */
export function configure() {
  return {
    process(batch, edits) {
      for (const span of batch) {
        for (const { key, exactValue } of span.attributes()) edits.add(span, `copy.${key}`, exactValue);
      }
    },
  };
}
