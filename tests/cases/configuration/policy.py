"""Shows its configuration."""

from dataclasses import asdict, dataclass, field
from typing import Literal

from spansieve_plugin import Batch, Edits, Policy, Setup


@dataclass
class Config:
    text: str
    number: int = 7
    ratio: float = 0.5
    list: "list[str]" = field(default_factory=list)
    flag: bool = False
    choice: Literal["one", "two"] = "one"


class Configuration(Policy[Config]):
    def configure(self, config: Config, setup: Setup) -> None:
        self.config = config

    def process(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            for key, value in asdict(self.config).items():
                edits.upsert(span, key, value)
