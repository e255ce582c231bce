// Compiled, never run: what TypeScript makes of a policy.

import { choice, definePolicy, double, integer, json, list, number, object, record, string } from "@spansieve/plugin";
import type { ConfigOf, Slot, Span, Status, Value } from "@spansieve/plugin";
import { TestPlugin } from "@spansieve/plugin/test";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <T extends true>(): T => true as T;

const fields = {
  team: string({ description: "Who" }),
  count: integer({ default: 7, minimum: 0 }),
  ratio: number({ optional: true }),
  mode: choice(["one", "two"], { default: "one" }),
  steps: list(object({ key: string(), tags: list(string(), { default: [] }) }), { default: [] }),
  owners: record(string()),
  more: json<{ a: number }>({ optional: true }),
};

type Config = ConfigOf<typeof fields>;
same<
  Equal<
    Config,
    {
      team: string;
      count: number;
      mode: "one" | "two";
      steps: { key: string; tags: string[] }[];
      owners: Record<string, string>;
      ratio?: number;
      more?: { a: number };
    }
  >
>();

const policy = definePolicy({
  name: "types",
  about: "Compiles",
  config: fields,
  configure(config, setup) {
    same<Equal<typeof config, Config>>();
    const slot: Slot = setup.key("a");
    setup.read("attributes", "status");
    // @ts-expect-error there is no such part
    setup.read("stauts");
    // @ts-expect-error there is no such field
    void config.teem;
    return {
      process(batch, edits) {
        for (const span of batch) {
          const status: Status = span.status;
          const value: Value | undefined = span.get(slot);
          const text: string | undefined = span.getString("b");
          edits.upsert(span, "c", { a: [1, 2n, null, double(3)], b: new Map([["x", new Uint8Array(1)]]), status, text: text ?? null });
          if (value !== undefined) edits.add(span, slot, value);
          for (const attribute of span.attributes()) edits.add(span, `copy.${attribute.key}`, attribute.exactValue);
          // @ts-expect-error undefined is no value
          edits.add(span, "d", undefined);
          // @ts-expect-error not a status
          edits.setStatus(span, "fine");
          edits.setMessage(span, null);
          // @ts-expect-error a name can't be cleared
          edits.setName(span, null);
          edits.remove(span.attributes()[0]!);
          // @ts-expect-error read-only
          span.name = "x";
        }
        const slow: Span[] = batch.spans().filter((span) => span.milliseconds > 100);
        for (const { length, reason } of batch.traces()) void [length, reason === "late", slow];
      },
      save: () => "state",
      restore: (state) => void new TextDecoder().decode(state),
    };
  },
});

definePolicy({ name: "none", about: "Takes no configuration", configure: () => ({ process() {} }) });

// @ts-expect-error `process` is missing
definePolicy({ name: "none", about: "Lacks", configure: () => ({}) });

const after = new TestPlugin(policy, { team: "a" }).run([{ name: "a", kind: "server", attributes: { k: 1 } }]);
const name: string = after.spans[0]!.name;
void name;
// @ts-expect-error a span has no such field
new TestPlugin(policy).run({ nam: "a" });
