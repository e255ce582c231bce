/** Numbers spans, over all batches. */
export function configure() {
  let last = 0;
  return {
    process(batch, edits) {
      for (const span of batch) edits.add(span, "n", ++last);
    },

    save: () => String(last),

    restore(state) {
      const text = new TextDecoder().decode(state);
      if (!/^\d+$/.test(text)) throw new Error(`state: expected a number, found ${JSON.stringify(text)}`);
      last = Number(text);
    },
  };
}
