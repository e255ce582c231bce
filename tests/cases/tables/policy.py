"""Looks up the owner of a team in a table."""

import json

from spansieve_plugin import Batch, Edits, Policy, Setup, table


class Tables(Policy[None]):
    def configure(self, config: None, setup: Setup) -> None:
        self.team = setup.key("team")
        setup.read("attributes")
        owners = table("owners")
        self.owners: dict[str, str] | None = None if owners is None else json.loads(owners)

    def process(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            if self.owners is None:
                edits.upsert(span, "owner", "no table")
            elif isinstance(team := span[self.team], str):
                edits.upsert(span, "owner", self.owners.get(team, "unknown"))
