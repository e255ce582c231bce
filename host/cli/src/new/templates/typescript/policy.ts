import { definePolicy, string } from "@spansieve/plugin";

export default definePolicy({
  name: "{{name}}",
  about: "Marks failed requests with the team that looks after them",
  config: {
    team: string({ description: "Who looks after failed requests" }),
  },

  configure({ team }, setup) {
    // The host finds this attribute before the policy runs, and sends nothing but what is asked for.
    const route = setup.key("http.route");
    setup.read("status", "attributes");

    return {
      process(batch, edits) {
        for (const span of batch) {
          if (span.status === "error" && span.has(route)) edits.upsert(span, "team", team);
        }
      },
    };
  },
});
