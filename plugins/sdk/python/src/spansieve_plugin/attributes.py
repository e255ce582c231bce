"""Attributes, and the values that they have."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Union

from .layout import NONE

if TYPE_CHECKING:
    from .batch import Batch

Value = Union[None, str, bool, int, float, bytes, list["Value"], dict[str, "Value"]]
"""The value of an attribute. `None` is a value that is not set; a `bool` is a boolean and never a number."""


class Kind(IntEnum):
    """What sort of value an attribute has."""

    EMPTY = 0
    STR = 1
    BOOL = 2
    INT = 3
    DOUBLE = 4
    BYTES = 5
    ARRAY = 6
    MAP = 7


class Attribute:
    """One row: an attribute, or an element of an array or a map. Edits name it; as a value to put somewhere it is copied as it is."""

    __slots__ = ("_batch", "row")

    row: int
    """The row's index in the batch."""

    def __init__(self, batch: Batch, row: int) -> None:
        self._batch = batch
        self.row = row

    @property
    def key(self) -> str:
        """Its key; empty for an element of an array."""
        key = self._batch.row_key[self.row]
        return "" if key == NONE else self._batch.key_names[key]

    @property
    def has_key(self) -> bool:
        """Whether it has a key: whether it is no element of an array."""
        return bool(self._batch.row_key[self.row] != NONE)

    @property
    def kind(self) -> Kind:
        """What sort of value it has."""
        code = self._batch.row_kind[self.row]
        return Kind(code) if code <= 7 else Kind.EMPTY

    @property
    def value(self) -> Value:
        """Its value, with what is nested in it."""
        return self._batch.value(self.row)

    @property
    def elements(self) -> Attributes:
        """What is nested in it, as rows; only for an array or a map."""
        if self._batch.row_kind[self.row] < Kind.ARRAY:
            raise TypeError(f"the value of {self!r} is neither an array nor a map")
        return Attributes(self._batch, self._batch.row_value[self.row])

    def __repr__(self) -> str:
        return f"{self.key}={self.value!r}"


class Attributes(Mapping[str, Value]):
    """The attributes of a span, event, link, scope or resource, or the elements of a map: a read-only mapping over the batch.

    Nothing is decoded before it is asked for. Where a key occurs twice, the first is found; `rows` has both.
    """

    __slots__ = ("_batch", "group", "start", "end")

    group: int
    """The group's index in the batch."""
    start: int
    """Its first row."""
    end: int
    """The row after its last."""

    def __init__(self, batch: Batch, group: int) -> None:
        ends = batch.group_end
        self._batch = batch
        self.group = group
        self.start = ends[group - 1] if group else 0
        self.end = ends[group]

    def rows(self) -> Iterator[Attribute]:
        """The attributes one by one, in order, as edits name them."""
        batch = self._batch
        return (Attribute(batch, row) for row in range(self.start, self.end))

    def row(self, key: str) -> Attribute | None:
        """The first attribute with this key, as edits name it."""
        row = self._batch.find_row(self.group, key)
        return None if row < 0 else Attribute(self._batch, row)

    def items(self) -> ItemsView[str, Value]:
        """Keys and values, in order. `dict(span.attributes.items())` looks at each row once; `dict(span.attributes)` looks each key up."""
        return _Items(self)

    def __getitem__(self, key: str) -> Value:
        row = self._batch.find_row(self.group, key)
        if row < 0:
            raise KeyError(key)
        return self._batch.value(row)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._batch.find_row(self.group, key) >= 0

    def __iter__(self) -> Iterator[str]:
        return (row.key for row in self.rows())

    def __len__(self) -> int:
        return self.end - self.start

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{row.key!r}: {row.value!r}" for row in self.rows()) + "}"


class _Items(ItemsView[str, Value]):
    __slots__ = ()
    _mapping: Attributes

    def __iter__(self) -> Iterator[tuple[str, Value]]:
        attributes = self._mapping
        batch, value = attributes._batch, attributes._batch.value
        names, keys = batch.key_names, batch.row_key
        return ((names[keys[row]], value(row)) for row in range(attributes.start, attributes.end))
