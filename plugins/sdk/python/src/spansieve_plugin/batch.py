"""A batch of spans as a policy sees it: views over the columns, which are read only where they are asked for."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any

from .attributes import Attribute, Attributes, Value
from .layout import BATCH, BATCH_COLUMNS, TYPES, Blob, Column, LayoutError
from .setup import Setup, Slot, ask_for
from .span import Event, Link, Resource, Scope, Span, Trace


class MissingPart(RuntimeError):
    """The policy read something that it did not ask for in `configure`. The message says what to ask for."""


class Batch:
    """A batch of spans, with their events, links, scopes and resources.

    It is valid during the call of `process` that it was handed to. Nothing is decoded before it is asked for.
    """

    # What the columns hold, as views and edits read it; `__getattr__` fills these in when they are first read.
    arena: str
    text_start: array[int]
    text_end: array[int]
    ints: array[int]
    doubles: array[float]
    byte_strings: bytes
    bytes_start: array[int]
    bytes_end: array[int]
    key_texts: array[int]
    key_names: list[str]
    key_numbers: dict[str, int]
    row_key: array[int]
    row_key_bytes: bytes
    row_kind: bytes
    plain_kind: bytes
    row_value: array[int]
    group_end: array[int]
    rows_of: dict[Any, Any]
    span_trace_id: list[bytes]
    span_id: list[bytes]
    span_parent_id: list[bytes]
    span_start: array[int]
    span_end: array[int]
    span_name: array[int]
    span_kind: bytes
    span_status: bytes
    span_message: array[int]
    span_tracestate: array[int]
    span_flags: array[int]
    span_scope: array[int]
    span_attributes: array[int]
    span_events_end: array[int]
    span_links_end: array[int]
    span_dropped_attributes: array[int]
    span_dropped_events: array[int]
    span_dropped_links: array[int]
    trace_end: array[int]
    trace_reason: bytes
    event_name: array[int]
    event_time: array[int]
    event_attributes: array[int]
    event_dropped_attributes: array[int]
    link_trace_id: list[bytes]
    link_span_id: list[bytes]
    link_tracestate: array[int]
    link_flags: array[int]
    link_attributes: array[int]
    link_dropped_attributes: array[int]
    scope_name: array[int]
    scope_version: array[int]
    scope_schema_url: array[int]
    scope_attributes: array[int]
    scope_dropped_attributes: array[int]
    scope_resource: array[int]
    resource_attributes: array[int]
    resource_schema_url: array[int]
    resource_dropped_attributes: array[int]

    blob: Blob
    """The blob that the batch came as."""
    is_ascii: bool
    """Whether the host found every text to be ASCII."""
    _size: int
    _asked: frozenset[int] | None
    _slots: list[Slot]
    _scopes: dict[int, Scope]
    _resources: dict[int, Resource]

    __slots__ = tuple(__annotations__)

    def __init__(self, blob: bytes, setup: Setup | None = None) -> None:
        """Reads header and directory. `setup` is what the policy asked for, to tell what is absent from what was not asked for."""
        self.blob = Blob(blob, BATCH)
        self._size = self.blob.spans
        self._asked = setup.asked if setup else None
        self._slots = setup.slots if setup else []
        self._scopes = {}
        self._resources = {}
        self.is_ascii = bool(self.blob.flags & 1)

    def release(self) -> None:
        """Lets go of what refers back to the batch, so that its memory is free at once rather than when cycles are collected."""
        self._scopes.clear()
        self._resources.clear()
        self.rows_of = {}

    def __getattr__(self, name: str) -> Any:
        make = _DERIVED.get(name)
        if make is None:
            column = _COLUMNS.get(name)
            if column is None:
                raise AttributeError(f"a batch has no {name!r}")
            found = self.column(column)
        else:
            found = make(self)
        setattr(self, name, found)
        return found

    # === the batch ===

    @property
    def now(self) -> int:
        """The time of the batch in Unix nanoseconds: a policy's only clock."""
        return self.blob.now

    @property
    def head_probability(self) -> float | None:
        """The probability with which the application's head sampler samples, 0 to 1; `None` where the host does not know."""
        probability = self.blob.head_probability
        return None if probability != probability else probability

    def __len__(self) -> int:
        """How many spans there are. A batch may have resources and scopes but no spans."""
        return self._size

    def __bool__(self) -> bool:
        return True

    def spans(self) -> Iterator[Span]:
        """All spans, in order. **The same object goes from span to span**: to keep one for later, keep `span.copy()` or `span.index`."""
        return self._run(0, self._size)

    def _run(self, start: int, end: int) -> Iterator[Span]:
        span = Span(self, 0)
        for index in range(start, end):
            span.index = index
            yield span

    def span(self, index: int) -> Span:
        """The span at `index`, as an object of its own."""
        if not 0 <= index < self._size:
            raise IndexError(f"there is no span {index}, the batch has {self._size}")
        return Span(self, index)

    def values(self, slot: Slot) -> list[Value]:
        """The values of a declared key, one for each span, `None` where there is none: the cheapest way where most spans have it.

        `for span, route in zip(batch.spans(), batch.values(self.route)): ...`
        """
        kinds, row_value, value = self.plain_kind, self.row_value, self.value
        arena, text_start, text_end, ints = self.arena, self.text_start, self.text_end, self.ints
        out: list[Value] = []
        for row in self.rows_of[slot]:
            kind = kinds[row]
            if kind == 1:
                text = row_value[row]
                out.append(arena[text_start[text] + 1 : text_end[text]])
            elif kind == 3:
                out.append(ints[row_value[row]])
            else:
                out.append(value(row) if kind else None)
        return out

    def spans_where(self, slot: Slot, *values: str) -> Iterator[Span]:
        """The spans whose attribute is one of these strings, in order. Several times cheaper than a look at each span's value: nothing is decoded.
        The same object goes from span to span, as in `Batch.spans`.

        `for span in batch.spans_where(self.route, "/healthz", "/ready"): edits.drop(span)`
        """
        texts, blob = self.blob.count(Column.TEXT_END), self.blob
        pools = (Column.INTS, Column.DOUBLES, Column.BYTES_END, Column.GROUP_END)
        if texts < 2 or not self.row_kind or self.text(0) in values or any(blob.count(pool) > texts for pool in pools):
            # The quick way takes every value for a text that has another before it.
            return (span for span, value in zip(self.spans(), self.values(slot)) if value in values)
        return self._where(slot, tuple(f"\xff{value.encode().decode('latin-1')}\xff" for value in values))

    def _where(self, slot: Slot, needles: tuple[str, ...]) -> Iterator[Span]:
        span, row_kind, row_value, text_start = Span(self, 0), self.row_kind, self.row_value, self.text_start
        stands_at = self.arena.startswith
        for index, row in enumerate(self.rows_of[slot]):
            # Before each text but the first stands the end of another. What is no text, or not there at all, is found out where it matters.
            if stands_at(needles, text_start[row_value[row]]) and row >= 0 and row_kind[row] == 1:
                span.index = index
                yield span

    def traces(self) -> Iterator[Trace]:
        """The traces, where the policy asked for whole ones; else none. Together they hold every span of the batch, in order."""
        if not self.blob.flags & 2:
            return iter(())
        return (Trace(self, index) for index in range(len(self.trace_end)))

    def events(self) -> Iterator[Event]:
        """All events, those of one span after those of the span before."""
        return (Event(self, index) for index in range(len(self.event_name)))

    def links(self) -> Iterator[Link]:
        """All links, those of one span after those of the span before."""
        return (Link(self, index) for index in range(len(self.link_flags)))

    def scopes(self) -> Iterator[Scope]:
        """All instrumentation scopes."""
        return (self.scope(index) for index in range(len(self.scope_name)))

    def resources(self) -> Iterator[Resource]:
        """All resources."""
        return (self.resource(index) for index in range(len(self.resource_attributes)))

    def scope(self, index: int) -> Scope:
        """The scope at `index`."""
        scope = self._scopes.get(index)
        if scope is None:
            scope = self._scopes[index] = Scope(self, index)
        return scope

    def resource(self, index: int) -> Resource:
        """The resource at `index`."""
        resource = self._resources.get(index)
        if resource is None:
            resource = self._resources[index] = Resource(self, index)
        return resource

    # === texts and rows ===

    def texts(self) -> list[str]:
        """Every text of the batch, by index: keys, values, names, and such as nothing names. What a redactor looks at."""
        if self.is_ascii:
            return self.arena.split("\xff")[:-1]
        return [text.decode() for text in self._raw_texts().split(b"\xff")[:-1]]

    def _raw_texts(self) -> bytes:
        raw = self.column(Column.TEXTS)
        assert isinstance(raw, bytes)
        return raw

    def text(self, index: int) -> str:
        """The text at `index`."""
        text = self.arena[self.text_start[index] + 1 : self.text_end[index]]
        # Each byte is one character of the arena: what is not ASCII has yet to be decoded.
        return text if self.is_ascii or text.isascii() else text.encode("latin-1").decode()

    def find_text(self, text: str) -> list[int]:
        """Indices of the texts that are equal to `text`. A search through all bytes, far cheaper than looking at each text."""
        raw, starts, what = self._raw_texts(), self.text_start, text.encode() + b"\xff"
        found: list[int] = []
        at = raw.find(what)
        while at >= 0:
            if at == 0 or raw[at - 1] == 0xFF:
                found.append(bisect_right(starts, at - 1) - 1)
            at = raw.find(what, at + 1)
        return found

    def rows(self) -> Iterator[Attribute]:
        """Every row of the batch: attributes of everything, and elements of nested values however deep."""
        return (Attribute(self, row) for row in range(len(self.row_kind)))

    def keys(self) -> list[str]:
        """The distinct attribute keys of the batch."""
        return list(self.key_numbers)

    def value(self, row: int) -> Value:
        """The value of the row at `row`, with what is nested in it."""
        kind, value = self.row_kind[row], self.row_value[row]
        if kind == 1:
            return self.text(value)
        if kind == 3:
            return self.ints[value]
        if kind == 2:
            return bool(value)
        if kind == 4:
            return self.doubles[value]
        if kind == 5:
            return self.byte_strings[self.bytes_start[value] : self.bytes_end[value]]
        if kind == 6:
            group = Attributes(self, value)
            return [self.value(row) for row in range(group.start, group.end)]
        if kind == 7:
            return dict(Attributes(self, value).items())
        return None

    def find_row(self, group: int, key: str) -> int:
        """The first row with this key in a group; -1 where there is none."""
        number = self.key_numbers.get(key)
        if number is None:
            return -1
        ends = self.group_end
        return _find(self.row_key_bytes, number.to_bytes(4, "little"), ends[group - 1] if group else 0, ends[group])

    def column(self, column: Column) -> array[Any] | bytes | list[bytes]:
        """A column as it lies in the blob: an `array`, `bytes` where elements are bytes, a list of `bytes` for ids."""
        if self._asked is not None and column not in self._asked:
            what = str(column).replace("-", " ")
            raise MissingPart(f"the policy reads {what}, but did not ask for it: in `configure` say {ask_for(column)}")
        code = TYPES[column]
        if code == "B":
            found: array[Any] | bytes | list[bytes] = self.blob.raw(column)
        elif code[-1] == "s":
            size, raw = int(code[:-1]), self.blob.raw(column)
            found = [raw[at : at + size] for at in range(0, len(raw), size)]
        else:
            found = self.blob.elements(column)
        if Column.SPAN_TRACE_ID <= column <= Column.SPAN_DROPPED_LINKS and len(found) != self._size:
            raise LayoutError(f"column {column} has {len(found)} elements for {self._size} spans")
        return found


class _KeyRows:
    """For a key that was not declared: its row in each span, looked for span by span."""

    __slots__ = ("_groups", "_ends", "_keys", "_what")

    def __init__(self, batch: Batch, key: str) -> None:
        number = batch.key_numbers.get(key)
        self._groups, self._ends, self._keys = batch.span_attributes, batch.group_end, batch.row_key_bytes
        self._what = b"" if number is None else number.to_bytes(4, "little")

    def __getitem__(self, span: int) -> int:
        if not self._what:
            return -1
        group, ends = self._groups[span], self._ends
        return _find(self._keys, self._what, ends[group - 1] if group else 0, ends[group])


class _RowsOf(dict[Any, Any]):
    """By slot or key: what gives the row in each span, or -1."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        if batch._slots:
            batch.column(Column.DECLARED)
            # Signed, so that none is -1.
            declared, size = batch.blob.elements(Column.DECLARED, code="i"), len(batch)
            if len(declared) != len(batch._slots) * size:
                raise LayoutError(f"column declared has {len(declared)} elements for {len(batch._slots)} keys and {size} spans")
            for slot in batch._slots:
                self[slot] = declared[slot.index * size : (slot.index + 1) * size]

    def __missing__(self, name: object) -> _KeyRows:
        if isinstance(name, str):
            rows = self[name] = _KeyRows(self._batch, name)
            return rows
        raise TypeError(f"an attribute is named by a slot that this policy declared or by a string, not by {name!r}")


def _find(keys: bytes, what: bytes, start: int, end: int) -> int:
    """The first of some rows that has a key; -1 where none has. `keys` is the column `row-key`, `what` one element of it."""
    at = keys.find(what, 4 * start, 4 * end)
    # A match that begins inside an element is none.
    while at >= 0 and at & 3:
        at = keys.find(what, at + 1, 4 * end)
    return at >> 2


_COLUMNS: dict[str, Column] = {column.name.lower(): column for column in BATCH_COLUMNS}
_COLUMNS.update(key_texts=Column.KEYS, byte_strings=Column.BYTES)

_DERIVED: dict[str, Callable[[Batch], Any]] = {
    # One character a byte, so that byte offsets are character offsets whatever the texts are.
    "arena": lambda batch: batch._raw_texts().decode("latin-1"),
    # For each text the place before its first byte, for each byte string the place of it.
    "text_start": lambda batch: batch.blob.elements(Column.TEXT_END, (-1,), "i"),
    "bytes_start": lambda batch: batch.blob.elements(Column.BYTES_END, (0,)),
    # As row-kind, but a string that may not be ASCII is of kind 9, and row -1, which is none, is of kind 0: one look says what is to be done.
    "plain_kind": lambda batch: (batch.row_kind if batch.is_ascii else batch.row_kind.replace(b"\1", b"\x09")) + b"\0",
    "key_names": lambda batch: [batch.text(text) for text in batch.key_texts],
    "key_numbers": lambda batch: {key: number for number, key in enumerate(batch.key_names)},
    "row_key_bytes": lambda batch: batch.blob.raw(Column.ROW_KEY),
    "rows_of": _RowsOf,
}
