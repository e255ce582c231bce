/** Every edit of attributes, on everything that has some. */
export function configure() {
  return {
    process(batch, edits) {
      const owners = [batch.spans(), batch.events(), batch.links(), batch.scopes(), batch.resources()].flat();
      for (const owner of owners) {
        edits.insert(owner, "inserted", "new");
        edits.upsert(owner, "upserted", 1);
        edits.update(owner, "updated", true);
        edits.rename(owner, "old", "renamed");
        edits.remove(owner, "removed");
        const row = owner.attribute("set");
        if (row !== undefined) edits.set(row, 2.5);
      }
      edits.replaceText("secret", "[gone]");
    },
  };
}
