"""From plain data to a batch blob, and back."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

from .. import batch as view
from ..attributes import Attributes, Kind, Value
from ..layout import BATCH, BATCH_COLUMNS, NONE, TYPES, Column, numbers, write
from ..setup import Setup
from .model import Batch, Event, Link, Resource, Scope, Span


def encode(batch: Batch, setup: Setup | None = None) -> bytes:
    """Encodes a batch as the host does, for a policy that asked for what stands in `setup`; by default with every column."""
    encoder = _Encoder()
    encoder.batch(batch)
    keys = [slot.key for slot in setup.slots] if setup else []
    for key in keys:
        for one, first in zip(batch.spans, encoder.first_rows):
            place = one.keys().index(key) if key in one else None
            encoder.put(Column.DECLARED, NONE if place is None else first + place)
    asked = setup.columns if setup else []
    return write(
        BATCH,
        ((column, encoder.bytes(column)) for column in asked or BATCH_COLUMNS),
        flags=all(map(str.isascii, encoder.texts)) | (batch.traces is not None) << 1,
        spans=len(batch.spans),
        now=batch.now,
        head_probability=math.nan if batch.head_probability is None else batch.head_probability,
    )


class _Encoder:
    def __init__(self) -> None:
        self.columns: dict[int, list[Any]] = {column: [] for column in BATCH_COLUMNS}
        self.texts: dict[str, int] = {}
        self.keys: dict[str, int] = {}
        self.byte_strings: list[bytes] = []
        self.first_rows: list[int] = []
        self.groups = 0

    def put(self, column: Column, value: Any) -> int:
        self.columns[column].append(value)
        return len(self.columns[column]) - 1

    def put_text(self, column: Column, text: str | None) -> None:
        self.put(column, NONE if text is None else self.text(text))

    def text(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))

    def key(self, key: str) -> int:
        if key not in self.keys:
            self.keys[key] = self.put(Column.KEYS, self.text(key))
        return self.keys[key]

    def bytes(self, column: int) -> bytes:
        values = self.columns[column]
        if column == Column.TEXTS:
            return b"".join(text.encode() + b"\xff" for text in self.texts)
        if column == Column.TEXT_END:
            end = -1
            values = [end := end + len(text.encode()) + 1 for text in self.texts]
        elif column == Column.BYTES:
            return b"".join(self.byte_strings)
        code = TYPES[column]
        return b"".join(values) if code[-1] == "s" else numbers(code, values)

    def batch(self, batch: Batch) -> None:
        # Keys first, as the host orders texts.
        for one in batch.spans:
            for key in one.keys():
                self.key(key)
        for one in batch.spans:
            self.span(one)
        for scope in batch.scopes:
            self.put_text(Column.SCOPE_NAME, scope.name)
            self.put_text(Column.SCOPE_VERSION, scope.version)
            self.put_text(Column.SCOPE_SCHEMA_URL, scope.schema_url)
            self.put(Column.SCOPE_ATTRIBUTES, self.group(scope.attributes))
            self.put(Column.SCOPE_DROPPED_ATTRIBUTES, scope.dropped)
            self.put(Column.SCOPE_RESOURCE, scope.resource)
        for resource in batch.resources:
            self.put(Column.RESOURCE_ATTRIBUTES, self.group(resource.attributes))
            self.put_text(Column.RESOURCE_SCHEMA_URL, resource.schema_url)
            self.put(Column.RESOURCE_DROPPED_ATTRIBUTES, resource.dropped)
        end = 0
        for count, reason in batch.traces or ():
            end += count
            self.put(Column.TRACE_END, end)
            self.put(Column.TRACE_REASON, reason)
        for text in batch.loose_texts:
            self.text(text)

    def span(self, span: Span) -> None:
        self.put(Column.SPAN_TRACE_ID, span.trace_id)
        self.put(Column.SPAN_ID, span.id)
        self.put(Column.SPAN_PARENT_ID, span.parent_id or bytes(8))
        self.put(Column.SPAN_START, span.start)
        self.put(Column.SPAN_END, span.end)
        self.put_text(Column.SPAN_NAME, span.name)
        self.put(Column.SPAN_KIND, span.kind)
        self.put(Column.SPAN_STATUS, span.status)
        self.put_text(Column.SPAN_MESSAGE, span.message)
        self.put_text(Column.SPAN_TRACESTATE, span.tracestate)
        self.put(Column.SPAN_FLAGS, span.flags)
        self.put(Column.SPAN_SCOPE, span.scope)
        self.first_rows.append(len(self.columns[Column.ROW_KIND]))
        self.put(Column.SPAN_ATTRIBUTES, self.group(span.attributes))
        for event in span.events:
            self.put_text(Column.EVENT_NAME, event.name)
            self.put(Column.EVENT_TIME, event.time)
            self.put(Column.EVENT_ATTRIBUTES, self.group(event.attributes))
            self.put(Column.EVENT_DROPPED_ATTRIBUTES, event.dropped)
        for link in span.links:
            self.put(Column.LINK_TRACE_ID, link.trace_id)
            self.put(Column.LINK_SPAN_ID, link.span_id)
            self.put_text(Column.LINK_TRACESTATE, link.tracestate)
            self.put(Column.LINK_FLAGS, link.flags)
            self.put(Column.LINK_ATTRIBUTES, self.group(link.attributes))
            self.put(Column.LINK_DROPPED_ATTRIBUTES, link.dropped)
        self.put(Column.SPAN_EVENTS_END, len(self.columns[Column.EVENT_NAME]))
        self.put(Column.SPAN_LINKS_END, len(self.columns[Column.LINK_FLAGS]))
        for column, count in zip((Column.SPAN_DROPPED_ATTRIBUTES, Column.SPAN_DROPPED_EVENTS, Column.SPAN_DROPPED_LINKS), span.dropped):
            self.put(column, count)

    def group(self, attributes: list[tuple[str, Value]]) -> int:
        """Writes the rows of a group, then those of the groups nested in it, level by level."""
        first = self.groups
        self.groups += 1
        queue: deque[list[tuple[str | None, Value]]] = deque([list(attributes)])
        while queue:
            for key, value in queue.popleft():
                kind, number = self.value(value, queue)
                self.put(Column.ROW_KEY, NONE if key is None else self.key(key))
                self.put(Column.ROW_KIND, kind)
                self.put(Column.ROW_VALUE, number)
            self.put(Column.GROUP_END, len(self.columns[Column.ROW_KIND]))
        return first

    def value(self, value: Value, queue: deque[list[tuple[str | None, Value]]]) -> tuple[int, int]:
        if value is None:
            return Kind.EMPTY, 0
        if isinstance(value, str):
            return Kind.STR, self.text(value)
        if isinstance(value, bool):
            return Kind.BOOL, int(value)
        if isinstance(value, int):
            return Kind.INT, self.put(Column.INTS, value)
        if isinstance(value, float):
            return Kind.DOUBLE, self.put(Column.DOUBLES, value)
        if isinstance(value, bytes):
            self.byte_strings.append(value)
            return Kind.BYTES, self.put(Column.BYTES_END, sum(map(len, self.byte_strings)))
        self.groups += 1
        if isinstance(value, dict):
            queue.append(list(value.items()))
            return Kind.MAP, self.groups - 1
        queue.append([(None, item) for item in value])
        return Kind.ARRAY, self.groups - 1


def decode(blob: bytes) -> Batch:
    """Decodes a batch that has every column, through the views that policies use."""
    batch = view.Batch(blob)
    named = {*batch.key_texts, *(value for kind, value in zip(batch.row_kind, batch.row_value) if kind == Kind.STR)}
    for column in (
        Column.SPAN_NAME, Column.SPAN_MESSAGE, Column.SPAN_TRACESTATE, Column.EVENT_NAME, Column.LINK_TRACESTATE, Column.SCOPE_NAME,
        Column.SCOPE_VERSION, Column.SCOPE_SCHEMA_URL, Column.RESOURCE_SCHEMA_URL,
    ):  # fmt: skip
        named.update(batch.blob.elements(column))
    return Batch(
        spans=[
            Span(
                span.name, span.kind, span.status, span.message, span.tracestate, span.trace_id, span.id, span.parent_id, span.start,
                span.end, span.flags, _pairs(span.attributes),
                [Event(event.name, event.time, _pairs(event.attributes), event.dropped) for event in span.events],
                [
                    Link(link.trace_id, link.span_id, link.tracestate, link.flags, _pairs(link.attributes), link.dropped)
                    for link in span.links
                ],
                span.dropped, span.scope.index,
            )
            for span in batch.spans()
        ],
        scopes=[
            Scope(scope.name, scope.version, scope.schema_url, _pairs(scope.attributes), scope.dropped, scope.resource.index)
            for scope in batch.scopes()
        ],
        resources=[Resource(_pairs(resource.attributes), resource.schema_url, resource.dropped) for resource in batch.resources()],
        traces=[(len(trace), trace.reason) for trace in batch.traces()] if batch.blob.flags & 2 else None,
        now=batch.now,
        head_probability=batch.head_probability,
        loose_texts=[text for index, text in enumerate(batch.texts()) if index not in named],
    )  # fmt: skip


def _pairs(attributes: Attributes) -> list[tuple[str, Value]]:
    return [(row.key, row.value) for row in attributes.rows()]
