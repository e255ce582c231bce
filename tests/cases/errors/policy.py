"""Fails where it is told to."""

from spansieve_plugin import Batch, ConfigError, Edits, Policy, Setup


class Errors(Policy[str | None]):
    def configure(self, config: str | None, setup: Setup) -> None:
        self.where = config
        if self.where == "configure":
            raise ConfigError("argument", "not this one")

    def process(self, batch: Batch, edits: Edits) -> None:
        if self.where == "process":
            raise RuntimeError("failed on purpose")

    def save(self) -> bytes:
        return b"x" if self.where == "restore" else b""

    def restore(self, state: bytes) -> None:
        if self.where == "restore":
            raise ValueError("state: not this one")
