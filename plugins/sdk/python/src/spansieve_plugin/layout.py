"""The blobs that cross between host and plugin, as `wit/layout.md` describes them: header, directory, columns.

Policies need none of this. It is here for those who want the last nanosecond (`Batch.column`) and for tools.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterable
from enum import IntEnum
from itertools import chain
from typing import Any

#: The layout version that this SDK speaks.
VERSION = 1
#: Stands where a text, key or row is absent.
NONE = 0xFFFF_FFFF
#: Nothing may be nested deeper.
MAX_DEPTH = 64

BATCH = b"SSVB"
EDITS = b"SSVE"

_HEADER = struct.Struct("<4sHHIIIIQdQ")
_ENTRY = struct.Struct("<3I")
_BIG_ENDIAN = sys.byteorder == "big"


class Column(IntEnum):
    """A column by its id. What each means stands in `wit/layout.md`."""

    TEXTS = 1
    TEXT_END = 2
    INTS = 3
    DOUBLES = 4
    BYTES = 5
    BYTES_END = 6
    KEYS = 7
    ROW_KEY = 8
    ROW_KIND = 9
    ROW_VALUE = 10
    GROUP_END = 11
    DECLARED = 12
    SPAN_TRACE_ID = 20
    SPAN_ID = 21
    SPAN_PARENT_ID = 22
    SPAN_START = 23
    SPAN_END = 24
    SPAN_NAME = 25
    SPAN_KIND = 26
    SPAN_STATUS = 27
    SPAN_MESSAGE = 28
    SPAN_TRACESTATE = 29
    SPAN_FLAGS = 30
    SPAN_SCOPE = 31
    SPAN_ATTRIBUTES = 32
    SPAN_EVENTS_END = 33
    SPAN_LINKS_END = 34
    SPAN_DROPPED_ATTRIBUTES = 35
    SPAN_DROPPED_EVENTS = 36
    SPAN_DROPPED_LINKS = 37
    TRACE_END = 38
    TRACE_REASON = 39
    EVENT_NAME = 40
    EVENT_TIME = 41
    EVENT_ATTRIBUTES = 42
    EVENT_DROPPED_ATTRIBUTES = 43
    LINK_TRACE_ID = 50
    LINK_SPAN_ID = 51
    LINK_TRACESTATE = 52
    LINK_FLAGS = 53
    LINK_ATTRIBUTES = 54
    LINK_DROPPED_ATTRIBUTES = 55
    SCOPE_NAME = 60
    SCOPE_VERSION = 61
    SCOPE_SCHEMA_URL = 62
    SCOPE_ATTRIBUTES = 63
    SCOPE_DROPPED_ATTRIBUTES = 64
    SCOPE_RESOURCE = 65
    RESOURCE_ATTRIBUTES = 70
    RESOURCE_SCHEMA_URL = 71
    RESOURCE_DROPPED_ATTRIBUTES = 72
    NEW_GROUPS = 100
    ADD_GROUP = 101
    ADD_KEY = 102
    ADD_KIND = 103
    ADD_VALUE = 104
    SET_ROW = 110
    SET_KIND = 111
    SET_VALUE = 112
    RENAME_ROW = 115
    RENAME_KEY = 116
    REMOVE_ROW = 118
    REPLACE_TEXT = 120
    REPLACE_WITH = 121
    DROP_SPAN = 125
    KEEP_SPAN = 126
    FIELD_CODE = 130
    FIELD_INDEX = 131
    FIELD_VALUE = 132

    def __str__(self) -> str:
        return self.name.lower().replace("_", "-")


class Field(IntEnum):
    """A field that edits can set."""

    SPAN_NAME = 1
    SPAN_MESSAGE = 2
    SPAN_TRACESTATE = 3
    SPAN_STATUS = 4
    SPAN_KIND = 5
    EVENT_NAME = 6
    LINK_TRACESTATE = 7
    SCOPE_NAME = 8
    SCOPE_VERSION = 9
    SCOPE_SCHEMA_URL = 10
    RESOURCE_SCHEMA_URL = 11


_BYTES = "texts bytes row-kind span-kind span-status trace-reason add-kind set-kind field-code"
_CODES = {"ints": "q", "doubles": "d", "span-start": "Q", "span-end": "Q", "event-time": "Q"}
_CODES.update(dict.fromkeys(_BYTES.split(), "B"))

#: For each column the type of its elements, as in the module `array`; `s` and a length where elements are runs of bytes.
TYPES: dict[int, str] = {column: _CODES.get(str(column), "I") for column in Column}
TYPES.update({Column.SPAN_TRACE_ID: "16s", Column.LINK_TRACE_ID: "16s"})
TYPES.update({Column.SPAN_ID: "8s", Column.SPAN_PARENT_ID: "8s", Column.LINK_SPAN_ID: "8s"})

_SIZES: dict[int, int] = {column: struct.calcsize("<" + code) for column, code in TYPES.items()}

#: The columns that a batch can have.
BATCH_COLUMNS: tuple[Column, ...] = tuple(column for column in Column if column < Column.NEW_GROUPS)


class LayoutError(ValueError):
    """A blob is not what `wit/layout.md` says."""


class Blob:
    """A blob whose header and directory hold what they promise. Values inside columns are not checked."""

    __slots__ = ("_data", "_places", "flags", "spans", "now", "head_probability")

    def __init__(self, data: bytes, magic: bytes) -> None:
        total = len(data)
        if total < _HEADER.size:
            raise LayoutError(f"{total} bytes are no blob: its header alone has {_HEADER.size}")
        found, version, _, flags, count, said, spans, now, probability, _ = _HEADER.unpack_from(data)
        if found != magic:
            raise LayoutError(f"expected the magic {magic!r}, found {found!r}")
        if version != VERSION:
            raise LayoutError(f"layout version {version}, expected {VERSION}")
        if said != total:
            raise LayoutError(f"header says {said} bytes, blob has {total}")
        first = _HEADER.size + count * _ENTRY.size
        if first > total:
            raise LayoutError(f"a directory of {count} columns does not fit into the blob")
        places: dict[int, tuple[int, int]] = {}
        last = 0
        for column, start, length in _ENTRY.iter_unpack(memoryview(data)[_HEADER.size : first]):
            end = start + length
            if column <= last:
                raise LayoutError(f"column id {column} is not greater than the one before it")
            if start & 7 or start < first or end > total:
                raise LayoutError(f"column {column} at offset {start}, length {length}, does not lie on a multiple of 8 inside the blob")
            if column in _SIZES and length % _SIZES[column]:
                raise LayoutError(f"column {Column(column)} has {length} bytes, not a multiple of {_SIZES[column]}")
            places[column] = start, end
            last = column
        self._data = data
        self._places = places
        self.flags: int = flags
        self.spans: int = spans
        self.now: int = now
        self.head_probability: float = probability

    def raw(self, column: int) -> bytes:
        """The bytes of a column; empty where the blob does not have it."""
        start, end = self._places.get(column, (0, 0))
        return self._data[start:end]

    def count(self, column: int) -> int:
        """How many elements a column has."""
        start, end = self._places.get(column, (0, 0))
        return (end - start) // _SIZES[column]

    def elements(self, column: int, first: Iterable[int] = (), code: str = "") -> array[Any]:
        """The elements of a column of numbers, behind those of `first`; of another type of the same size, if `code` names one."""
        out: array[Any] = array(code or TYPES[column], first)
        start, end = self._places.get(column, (0, 0))
        # One copy of memory; it is indexed as fast as a memoryview, and can be searched.
        out.frombytes(memoryview(self._data)[start:end])
        if _BIG_ENDIAN:
            out.byteswap()
        return out

    def __contains__(self, column: object) -> bool:
        return column in self._places


def write(
    magic: bytes,
    columns: Iterable[tuple[int, bytes]],
    *,
    flags: int = 0,
    spans: int = 0,
    now: int = 0,
    head_probability: float = 0.0,
) -> bytes:
    """A blob of these columns, by ascending id. Empty ones are left out."""
    columns = [(column, data) for column, data in columns if data]
    at = _HEADER.size + _ENTRY.size * len(columns)
    directory: list[int] = []
    runs: list[bytes] = []
    for column, data in columns:
        gap = -at % 8
        directory += (column, at + gap, len(data))
        runs += (b"\0" * gap, data)
        at += gap + len(data)
    header = _HEADER.pack(magic, VERSION, 0, flags, len(columns), at, spans, now, head_probability, 0)
    return b"".join(chain((header, struct.pack(f"<{len(directory)}I", *directory)), runs))


def numbers(code: str, values: Iterable[Any]) -> bytes:
    """Elements of a column as bytes."""
    out: array[Any] = array(code, values)
    if _BIG_ENDIAN:
        out.byteswap()
    return out.tobytes()
