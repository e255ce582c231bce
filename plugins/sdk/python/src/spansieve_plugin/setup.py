"""What a policy asks of its host while it is configured."""

from __future__ import annotations

from typing import Literal

from .layout import Column

Part = Literal[
    "ids", "times", "name", "kind", "status", "tracestate", "flags", "attributes",
    "add", "events", "links", "scope", "resource", "dropped",
]  # fmt: skip
"""What a policy can ask to read of spans, see `Setup.read`."""

_TEXTS = (1, 2)
_ROWS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_DECLARED = (1, 2, 3, 4, 5, 6, 9, 10, 12)
_TRACES = (38, 39)
# Edits number what they bring along from where the batch ends, so these are always needed.
_NUMBERING = (2, 3, 4, 6, 11)

_PARTS: dict[str, tuple[int, ...]] = {
    "ids": (20, 21, 22),
    "times": (23, 24),
    "name": (25, *_TEXTS),
    "kind": (26,),
    "status": (27, 28, *_TEXTS),
    "tracestate": (29, *_TEXTS),
    "flags": (30,),
    "attributes": (32, *_ROWS),
    "add": (32,),
    "events": (33, 40, 41, 42, 43, *_ROWS),
    "links": (34, 50, 51, 52, 53, 54, 55, *_ROWS),
    "scope": (31, 60, 61, 62, 63, 64, 65, *_ROWS),
    "resource": (31, 65, 70, 71, 72, *_ROWS),
    "dropped": (35, 36, 37),
}


def ask_for(column: int) -> str:
    """What a policy has to say in `configure` to be given a column."""
    if column in _TRACES:
        return "`setup.group_by_trace()`"
    if column == Column.DECLARED:
        return '`setup.key("...")`'
    parts = [part for part, columns in _PARTS.items() if column in columns]
    return " or ".join(f'`setup.read("{part}")`' for part in parts[:2])


class Slot:
    """An attribute key that the policy declared with `Setup.key`: the host has found its row in each span.

    `span[slot]` is the cheapest way to an attribute.
    """

    __slots__ = ("index", "key")

    index: int
    """Its number among the declared keys, from 0."""
    key: str
    """The key."""

    def __init__(self, index: int, key: str) -> None:
        self.index = index
        self.key = key

    def __repr__(self) -> str:
        return f"<slot {self.index}: {self.key!r}>"


class Setup:
    """Takes down what the policy wants to be given. Handed to `Policy.configure`.

    A policy that calls neither `read` nor anything else gets everything. What is not asked for is not sent, which makes the way into the
    policy cheaper; to read it nevertheless is an error that says what to ask for.
    """

    __slots__ = ("_columns", "_slots", "_traces", "_asked")

    def __init__(self) -> None:
        self._columns: set[int] | None = None
        self._slots: dict[str, Slot] = {}
        self._traces = False
        # What was asked for, once the policy is configured; looked at in every batch.
        self._asked: frozenset[int] | None = None

    def read(self, *parts: Part) -> None:
        """Asks for parts of spans; without any, for the declared keys alone. May be called several times.

        | part | what can be read then |
        |---|---|
        | `"ids"` | `trace_id`, `id`, `parent_id`, `is_local_root` (that also needs `"flags"` where there is a parent) |
        | `"times"` | `start`, `end`, `duration` |
        | `"name"`, `"kind"`, `"tracestate"` | what they say |
        | `"status"` | `status`, `message` |
        | `"flags"` | `flags`, `is_sampled`, `has_remote_parent` |
        | `"attributes"` | any attribute of spans |
        | `"add"` | nothing, but `edits.add` can add attributes to spans |
        | `"events"`, `"links"` | events, links, and their attributes |
        | `"scope"`, `"resource"` | the scope, the resource, and their attributes |
        | `"dropped"` | `dropped` |
        """
        if self._columns is None:
            self._columns = set()
        for part in parts:
            if part not in _PARTS:
                known = ", ".join(f'"{part}"' for part in _PARTS)
                raise ValueError(f"setup.read: there is no part {part!r}; the parts are {known}")
            self._columns.update(_PARTS[part])

    def read_columns(self, *columns: Column) -> None:
        """Asks for columns by their ids in `wit/layout.md`, for those who count every nanosecond."""
        self._columns = (self._columns or set()).union(columns)

    def key(self, key: str) -> Slot:
        """Declares an attribute key of spans, whose rows the host finds for the policy. The same key gives the same slot."""
        if not isinstance(key, str):
            raise TypeError(f"setup.key: expected a string, found {key!r}")
        return self._slots.setdefault(key, Slot(len(self._slots), key))

    def group_by_trace(self) -> None:
        """Asks the host to gather whole traces of this process before it calls `process`."""
        self._traces = True

    @property
    def columns(self) -> list[int]:
        """Ids of the columns that the policy wants, ascending; empty means all."""
        if self._columns is None:
            return []
        columns = self._columns.union(_NUMBERING)
        if self._slots:
            columns.update(_DECLARED)
        if self._traces:
            columns.update(_TRACES)
        return sorted(columns)

    @property
    def asked(self) -> frozenset[int] | None:
        """The same as a set; `None` means all. To be asked once there is nothing to add."""
        if self._asked is None and self._columns is not None:
            self._asked = frozenset(self.columns)
        return self._asked

    @property
    def slots(self) -> list[Slot]:
        """The declared keys."""
        return list(self._slots.values())

    @property
    def groups_by_trace(self) -> bool:
        """Whether the policy wants whole traces."""
        return self._traces
