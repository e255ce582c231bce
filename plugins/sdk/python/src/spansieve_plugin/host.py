"""What a policy may ask of its host. Outside a component these are fakes in memory, which `spansieve_plugin.testing` looks into."""

from __future__ import annotations

from typing import Protocol

LEVELS = ("error", "warn", "info", "debug")


class Host(Protocol):
    """What stands behind the functions of this module and of `log`."""

    def log(self, level: str, message: str) -> None:
        """Writes a line."""

    def count(self, name: str, delta: int) -> None:
        """Adds to a counter."""

    def table(self, name: str) -> bytes | None:
        """A look-up table."""


class Fake:
    """A host in memory."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self.counters: dict[str, int] = {}
        self.tables: dict[str, bytes] = {}

    def log(self, level: str, message: str) -> None:
        self.lines.append((level, message))

    def count(self, name: str, delta: int) -> None:
        self.counters[name] = self.counters.get(name, 0) + delta

    def table(self, name: str) -> bytes | None:
        return self.tables.get(name)


current: Host = Fake()


def count(name: str, delta: int = 1) -> None:
    """Adds `delta` to the plugin's own counter `name`, which shows up in the host's statistics. Count in a variable, and call once a batch."""
    if delta < 0:
        raise ValueError(f"a counter only goes up, {name!r} was given {delta}")
    if delta:
        current.count(name, delta)


def table(name: str) -> bytes | None:
    """The look-up table that the policy file gives the plugin under `name`, whole; `None` where it names no such table. Read it once, in
    `configure`: each call copies it into the component."""
    return current.table(name)
