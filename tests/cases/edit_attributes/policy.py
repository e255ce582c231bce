"""Edits attributes of everything in every way, and replaces a text wherever it stands."""

from itertools import chain

from spansieve_plugin import Batch, Edits, Policy


class EditAttributes(Policy[None]):
    def process(self, batch: Batch, edits: Edits) -> None:
        for on in chain(batch.spans(), batch.events(), batch.links(), batch.scopes(), batch.resources()):
            edits.insert(on, "inserted", "new")
            edits.upsert(on, "upserted", 1)
            edits.update(on, "updated", True)
            edits.rename_key(on, "old", "renamed")
            edits.remove_key(on, "removed")
            if row := on.attributes.row("set"):
                edits.set(row, 2.5)
        edits.replace_text("secret", "[gone]")
