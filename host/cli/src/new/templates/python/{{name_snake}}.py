"""Marks failed requests with the team that looks after them."""

from dataclasses import dataclass

from spansieve_plugin import Batch, Edits, Policy, Setup, Status


@dataclass
class Config:
    team: str
    """Who looks after failed requests"""


class {{Name}}(Policy[Config]):
    name = "{{name}}"
    about = "Marks failed requests with the team that looks after them"

    def configure(self, config: Config, setup: Setup) -> None:
        self.team = config.team
        # The host finds this key's value in each span, and sends nothing but what is asked for.
        self.route = setup.key("http.route")
        setup.read("status", "attributes")

    def process(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            if span.status == Status.ERROR and self.route in span:
                edits.upsert(span, "team", self.team)
