"""Every behaviour in `tests/cases`, as one policy: its configuration says which it is."""

from dataclasses import dataclass
from typing import Any, Literal

from big_integers.policy import BigIntegers
from configuration.policy import Config as Given
from configuration.policy import Configuration
from cost_every.policy import CostEvery
from cost_few.policy import CostFew
from counters.policy import Counters
from drop_and_keep.policy import DropAndKeep
from edit_attributes.policy import EditAttributes
from edit_fields.policy import EditFields
from errors.policy import Errors
from interest.policy import Interest
from logs.policy import Logs
from nested.policy import Nested
from raw_bytes.policy import RawBytes
from read_fields.policy import ReadFields
from read_values.policy import ReadValues
from sizes.policy import Sizes
from spansieve_plugin import Batch, ConfigError, Edits, Policy, Setup
from state.policy import State
from tables.policy import Tables
from traces.policy import Traces

BEHAVIOURS: dict[str, type[Policy[Any]]] = {
    "read_fields": ReadFields,
    "read_values": ReadValues,
    "big_integers": BigIntegers,
    "raw_bytes": RawBytes,
    "edit_fields": EditFields,
    "edit_attributes": EditAttributes,
    "drop_and_keep": DropAndKeep,
    "nested": Nested,
    "interest": Interest,
    "traces": Traces,
    "state": State,
    "tables": Tables,
    "counters": Counters,
    "logs": Logs,
    "errors": Errors,
    "sizes": Sizes,
    "configuration": Configuration,
    "cost_few": CostFew,
    "cost_every": CostEvery,
}


@dataclass
class Config:
    behaviour: Literal[
        "read_fields", "read_values", "big_integers", "raw_bytes", "edit_fields", "edit_attributes", "drop_and_keep", "nested", "interest", "traces",
        "state", "tables", "counters", "logs", "errors", "sizes", "configuration", "cost_few", "cost_every",
    ]  # fmt: skip
    """Which of the folders in `tests/cases`."""
    argument: str | None = None
    """What it is told."""
    with_: Given | None = None
    """The configuration of `configuration`."""


class Conformance(Policy[Config]):
    name = "conformance"
    about = "Does what the conformance tests expect of every language"

    def configure(self, config: Config, setup: Setup) -> None:
        if config.behaviour == "configuration" and config.with_ is None:
            raise ConfigError("with", "is missing")
        self.inner = BEHAVIOURS[config.behaviour]()
        self.inner.configure(config.with_ or config.argument, setup)

    def process(self, batch: Batch, edits: Edits) -> None:
        self.inner.process(batch, edits)

    def save(self) -> bytes:
        return self.inner.save()

    def restore(self, state: bytes) -> None:
        self.inner.restore(state)
