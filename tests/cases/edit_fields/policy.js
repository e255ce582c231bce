/** Sets every field, or clears those that may be absent. */
export function configure({ argument }) {
  return { process: argument === "clear" ? clear : set };
}

function set(batch, edits) {
  for (const span of batch) {
    edits.setName(span, `${span.name}!`);
    edits.setMessage(span, `${span.message ?? ""}!`);
    edits.setTracestate(span, "a=b");
    edits.setStatus(span, span.status === "error" ? "ok" : "error");
    edits.setKind(span, "client");
  }
  for (const event of batch.events()) edits.setName(event, `${event.name}!`);
  for (const link of batch.links()) edits.setTracestate(link, "c=d");
  for (const scope of batch.scopes()) {
    edits.setName(scope, `${scope.name}!`);
    edits.setVersion(scope, "2");
    edits.setSchemaUrl(scope, "urn:scope");
  }
  for (const resource of batch.resources()) edits.setSchemaUrl(resource, "urn:resource");
}

function clear(batch, edits) {
  for (const span of batch) {
    edits.setMessage(span, null);
    edits.setTracestate(span, null);
  }
  for (const link of batch.links()) edits.setTracestate(link, null);
  for (const scope of batch.scopes()) {
    edits.setVersion(scope, null);
    edits.setSchemaUrl(scope, null);
  }
  for (const resource of batch.resources()) edits.setSchemaUrl(resource, null);
}
