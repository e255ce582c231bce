import { table } from "@spansieve/plugin";

/** Looks up who owns what a team does. */
export function configure() {
  const bytes = table("owners");
  const owners = bytes === undefined ? undefined : new Map(Object.entries(JSON.parse(new TextDecoder().decode(bytes))));
  return {
    process(batch, edits) {
      for (const span of batch) {
        const team = span.getString("team");
        if (owners === undefined) edits.upsert(span, "owner", "no table");
        else if (team !== undefined) edits.upsert(span, "owner", owners.get(team) ?? "unknown");
      }
    },
  };
}
