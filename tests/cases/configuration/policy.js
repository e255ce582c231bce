import { boolean, choice, double, integer, list, number, string } from "@spansieve/plugin";

/** What lies in `with`. */
export const fields = {
  text: string({ description: "Any text" }),
  number: integer({ description: "A whole number", default: 7 }),
  ratio: number({ description: "A number", default: 0.5 }),
  list: list(string(), { description: "Texts in order", default: [] }),
  flag: boolean({ description: "Yes or no", default: false }),
  choice: choice(["one", "two"], { description: "One of two", default: "one" }),
};

/** Each span gets the configuration. */
export function configure({ with: { text, number, ratio, list, flag, choice } }) {
  const attributes = { text, number, ratio: double(ratio), list, flag, choice };
  return {
    process(batch, edits) {
      for (const span of batch) {
        for (const [key, value] of Object.entries(attributes)) edits.add(span, key, value);
      }
    },
  };
}
