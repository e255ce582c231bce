"""Views of a span and of what belongs to it."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from enum import IntEnum
from typing import TYPE_CHECKING

from .attributes import Attribute, Attributes, Value
from .layout import NONE, LayoutError
from .setup import Slot

if TYPE_CHECKING:
    from .batch import Batch

FLAG_SAMPLED = 0x01
FLAG_HAS_IS_REMOTE = 0x100
FLAG_IS_REMOTE = 0x200
_REMOTE = FLAG_HAS_IS_REMOTE | FLAG_IS_REMOTE
_NO_PARENT = bytes(8)


class _Word(IntEnum):
    """Prints as its name in lower case: `str(Status.ERROR)` is `error`."""

    def __str__(self) -> str:
        return self.name.lower().replace("_", "-")

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class SpanKind(_Word):
    """What a span does for whom, as in OTLP. `str` gives its name in lower case."""

    UNSPECIFIED = 0
    INTERNAL = 1
    SERVER = 2
    CLIENT = 3
    PRODUCER = 4
    CONSUMER = 5


class Status(_Word):
    """Whether a span succeeded, as in OTLP. `str` gives its name in lower case."""

    UNSET = 0
    OK = 1
    ERROR = 2


class TraceReason(_Word):
    """Why a trace is in a batch. `str` gives its name with hyphens: `root-ended`."""

    ROOT_ENDED = 0
    TIMED_OUT = 1
    LIMIT = 2
    FLUSH = 3
    LATE = 4


# By code; a code that OTLP does not have counts as not said.
_KINDS: tuple[SpanKind, ...] = (*SpanKind, *(SpanKind.UNSPECIFIED,) * 250)
_STATUSES: tuple[Status, ...] = (*Status, *(Status.UNSET,) * 253)
_REASONS: tuple[TraceReason, ...] = (*TraceReason, *(TraceReason.FLUSH,) * 251)


class Carrier:
    """What has attributes: a span, an event, a link, a scope, a resource."""

    __slots__ = ("_batch", "index")

    index: int
    """Its index in the batch, which edits name."""

    def __init__(self, batch: Batch, index: int) -> None:
        self._batch = batch
        self.index = index

    @property
    def group(self) -> int:
        """The index of the group that its attributes are."""
        raise NotImplementedError

    @property
    def attributes(self) -> Attributes:
        """Its attributes."""
        return Attributes(self._batch, self.group)

    def _optional(self, text: int) -> str | None:
        return None if text == NONE else self._batch.text(text)

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} {self.index}>"


class Span(Carrier):
    """A span.

    `span[slot]` and `span["key"]` are the value of an attribute, `None` where there is none; `slot in span` says whether there is one.
    """

    __slots__ = ()

    # === attributes ===

    def __getitem__(self, name: Slot | str) -> Value:
        """The value of the first attribute of this name, `None` where there is none. By a declared slot it is found already."""
        batch = self._batch
        row: int = batch.rows_of[name][self.index]
        kind = batch.plain_kind[row]
        if kind == 1:
            # As in `Batch.text`, without the calls: this is where policies spend their time.
            text = batch.row_value[row]
            return batch.arena[batch.text_start[text] + 1 : batch.text_end[text]]
        if kind == 3:
            return batch.ints[batch.row_value[row]]
        return batch.value(row) if kind else None

    def __contains__(self, name: object) -> bool:
        """Whether there is an attribute of this name, even one whose value is not set."""
        return bool(self._batch.rows_of[name][self.index] >= 0)

    def get(self, name: Slot | str, default: Value = None) -> Value:
        """The value of the first attribute of this name; `default` where there is none."""
        row = self._batch.rows_of[name][self.index]
        return default if row < 0 else self._batch.value(row)

    def attribute(self, name: Slot | str) -> Attribute | None:
        """The first attribute of this name, as edits name it."""
        row = self._batch.rows_of[name][self.index]
        return None if row < 0 else Attribute(self._batch, row)

    @property
    def group(self) -> int:
        """The index of the group that its attributes are."""
        return self._batch.span_attributes[self.index]

    # === fields ===

    @property
    def name(self) -> str:
        """Its name."""
        return self._batch.text(self._batch.span_name[self.index])

    @property
    def kind(self) -> SpanKind:
        """Its kind."""
        return _KINDS[self._batch.span_kind[self.index]]

    @property
    def status(self) -> Status:
        """Its status code."""
        return _STATUSES[self._batch.span_status[self.index]]

    @property
    def message(self) -> str | None:
        """The message of its status."""
        return self._optional(self._batch.span_message[self.index])

    @property
    def trace_id(self) -> bytes:
        """Its trace id: 16 bytes, big-endian."""
        return self._batch.span_trace_id[self.index]

    @property
    def id(self) -> bytes:
        """Its span id: 8 bytes."""
        return self._batch.span_id[self.index]

    @property
    def parent_id(self) -> bytes | None:
        """The span id of its parent, where it has one."""
        parent = self._batch.span_parent_id[self.index]
        return None if parent == _NO_PARENT else parent

    @property
    def is_local_root(self) -> bool:
        """Whether it is the root of its trace in this process: it has no parent, or the parent is known to be remote."""
        return self.parent_id is None or self.flags & _REMOTE == _REMOTE

    @property
    def has_remote_parent(self) -> bool:
        """Whether its parent is known to be remote."""
        return self.flags & _REMOTE == _REMOTE and self.parent_id is not None

    @property
    def start(self) -> int:
        """When it started, in Unix nanoseconds."""
        return self._batch.span_start[self.index]

    @property
    def end(self) -> int:
        """When it ended, in Unix nanoseconds."""
        return self._batch.span_end[self.index]

    @property
    def duration(self) -> int:
        """How long it took, in nanoseconds; zero where it ends before it starts."""
        return max(0, self.end - self.start)

    @property
    def flags(self) -> int:
        """Its flags as in OTLP: the W3C trace flags in bits 0 to 7."""
        return self._batch.span_flags[self.index]

    @property
    def is_sampled(self) -> bool:
        """Whether it is sampled. One that is not was only recorded, and is not exported unless a policy keeps it."""
        return self.flags & FLAG_SAMPLED != 0

    @property
    def tracestate(self) -> str | None:
        """Its tracestate in W3C form."""
        return self._optional(self._batch.span_tracestate[self.index])

    @property
    def dropped(self) -> tuple[int, int, int]:
        """How many attributes, events and links the application's SDK dropped."""
        batch, index = self._batch, self.index
        return batch.span_dropped_attributes[index], batch.span_dropped_events[index], batch.span_dropped_links[index]

    # === what belongs to it ===

    @property
    def events(self) -> list[Event]:
        """Its events, in order."""
        batch = self._batch
        return [Event(batch, event) for event in _run(batch.span_events_end, self.index, batch.event_name)]

    @property
    def links(self) -> list[Link]:
        """Its links, in order."""
        batch = self._batch
        return [Link(batch, link) for link in _run(batch.span_links_end, self.index, batch.link_flags)]

    @property
    def scope(self) -> Scope:
        """The instrumentation scope that made it."""
        return self._batch.scope(self._batch.span_scope[self.index])

    @property
    def resource(self) -> Resource:
        """The resource that it comes from."""
        return self.scope.resource

    def copy(self) -> Span:
        """The same span as an object of its own, which `Batch.spans` does not move on."""
        return Span(self._batch, self.index)


def _run(ends: array[int], index: int, of: array[int]) -> range:
    """The elements of `of` that belong to `index`."""
    end = ends[index]
    if end > len(of):
        raise LayoutError(f"a run of elements ends at {end}, there are {len(of)}")
    return range(ends[index - 1] if index else 0, end)


class Event(Carrier):
    """An event of a span."""

    __slots__ = ()

    @property
    def group(self) -> int:
        """The index of the group that its attributes are."""
        return self._batch.event_attributes[self.index]

    @property
    def name(self) -> str:
        """Its name."""
        return self._batch.text(self._batch.event_name[self.index])

    @property
    def time(self) -> int:
        """When it happened, in Unix nanoseconds."""
        return self._batch.event_time[self.index]

    @property
    def dropped(self) -> int:
        """How many attributes the application's SDK dropped."""
        return self._batch.event_dropped_attributes[self.index]


class Link(Carrier):
    """A link from a span to another."""

    __slots__ = ()

    @property
    def group(self) -> int:
        """The index of the group that its attributes are."""
        return self._batch.link_attributes[self.index]

    @property
    def trace_id(self) -> bytes:
        """Trace id of the linked span: 16 bytes, big-endian."""
        return self._batch.link_trace_id[self.index]

    @property
    def span_id(self) -> bytes:
        """Id of the linked span: 8 bytes."""
        return self._batch.link_span_id[self.index]

    @property
    def tracestate(self) -> str | None:
        """Tracestate of the linked span, in W3C form."""
        return self._optional(self._batch.link_tracestate[self.index])

    @property
    def flags(self) -> int:
        """Flags of the linked span as in OTLP."""
        return self._batch.link_flags[self.index]

    @property
    def dropped(self) -> int:
        """How many attributes the application's SDK dropped."""
        return self._batch.link_dropped_attributes[self.index]


class Scope(Carrier):
    """An instrumentation scope: the library that made spans."""

    __slots__ = ()

    @property
    def group(self) -> int:
        """The index of the group that its attributes are."""
        return self._batch.scope_attributes[self.index]

    @property
    def name(self) -> str:
        """Its name."""
        return self._batch.text(self._batch.scope_name[self.index])

    @property
    def version(self) -> str | None:
        """Its version."""
        return self._optional(self._batch.scope_version[self.index])

    @property
    def schema_url(self) -> str | None:
        """Its schema URL."""
        return self._optional(self._batch.scope_schema_url[self.index])

    @property
    def resource(self) -> Resource:
        """The resource that it runs on."""
        return self._batch.resource(self._batch.scope_resource[self.index])

    @property
    def dropped(self) -> int:
        """How many attributes the application's SDK dropped."""
        return self._batch.scope_dropped_attributes[self.index]


class Resource(Carrier):
    """A resource: what produces the telemetry."""

    __slots__ = ()

    @property
    def group(self) -> int:
        """The index of the group that its attributes are."""
        return self._batch.resource_attributes[self.index]

    @property
    def schema_url(self) -> str | None:
        """Its schema URL."""
        return self._optional(self._batch.resource_schema_url[self.index])

    @property
    def dropped(self) -> int:
        """How many attributes the application's SDK dropped."""
        return self._batch.resource_dropped_attributes[self.index]


class Trace:
    """A trace of this process, or a part of it, where the policy asked for whole traces."""

    __slots__ = ("_batch", "index")

    index: int
    """Its index among the traces of the batch."""

    def __init__(self, batch: Batch, index: int) -> None:
        self._batch = batch
        self.index = index

    @property
    def reason(self) -> TraceReason:
        """Why it is in the batch."""
        return _REASONS[self._batch.trace_reason[self.index]]

    def __len__(self) -> int:
        """How many spans it has."""
        start, end = self._bounds()
        return end - start

    def spans(self) -> Iterator[Span]:
        """Its spans, in order. The same object goes from span to span, as in `Batch.spans`."""
        return self._batch._run(*self._bounds())

    def _bounds(self) -> tuple[int, int]:
        ends = self._batch.trace_end
        return ends[self.index - 1] if self.index else 0, ends[self.index]
