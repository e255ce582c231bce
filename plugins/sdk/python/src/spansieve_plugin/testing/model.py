"""A batch as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from ..attributes import Value
from ..span import FLAG_HAS_IS_REMOTE, FLAG_IS_REMOTE, FLAG_SAMPLED, SpanKind, Status, TraceReason

Given = Union[Mapping[str, Any], Iterable[tuple[str, Any]]]
"""Attributes: a dictionary, or pairs where a key occurs twice."""

START = 1_700_000_000_000_000_000
"""When spans start whose start is not given, in Unix nanoseconds."""


class _Attributed:
    """Has attributes."""

    attributes: list[tuple[str, Value]]

    def __getitem__(self, key: str) -> Value:
        """The value of the first attribute with this key."""
        for known, value in self.attributes:
            if known == key:
                return value
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(known == key for known, _ in self.attributes)

    def get(self, key: str, default: Value = None) -> Value:
        """The value of the first attribute with this key, or `default`."""
        return self[key] if key in self else default

    def keys(self) -> list[str]:
        """The keys of the attributes, in order."""
        return [key for key, _ in self.attributes]


@dataclass
class Resource(_Attributed):
    """A resource."""

    attributes: list[tuple[str, Value]] = field(default_factory=list)
    schema_url: str | None = None
    dropped: int = 0


@dataclass
class Scope(_Attributed):
    """An instrumentation scope. `resource` is the index of its resource."""

    name: str = ""
    version: str | None = None
    schema_url: str | None = None
    attributes: list[tuple[str, Value]] = field(default_factory=list)
    dropped: int = 0
    resource: int = 0


@dataclass
class Event(_Attributed):
    """An event of a span. `time` is in Unix nanoseconds."""

    name: str = ""
    time: int = START
    attributes: list[tuple[str, Value]] = field(default_factory=list)
    dropped: int = 0


@dataclass
class Link(_Attributed):
    """A link of a span."""

    trace_id: bytes = b"trace-id-trace-2"
    span_id: bytes = b"span-id2"
    tracestate: str | None = None
    flags: int = FLAG_SAMPLED
    attributes: list[tuple[str, Value]] = field(default_factory=list)
    dropped: int = 0


@dataclass
class Span(_Attributed):
    """A span. Times are in Unix nanoseconds, `scope` is the index of its scope, `dropped` counts attributes, events and links."""

    name: str = ""
    kind: SpanKind = SpanKind.INTERNAL
    status: Status = Status.UNSET
    message: str | None = None
    tracestate: str | None = None
    trace_id: bytes = b"trace-id-trace-1"
    id: bytes = b"span-id1"
    parent_id: bytes | None = None
    start: int = START
    end: int = START + 1_000_000
    flags: int = FLAG_SAMPLED | FLAG_HAS_IS_REMOTE
    attributes: list[tuple[str, Value]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    dropped: tuple[int, int, int] = (0, 0, 0)
    scope: int = 0


@dataclass
class Trace:
    """A whole trace: its spans, and why it is in the batch."""

    spans: list[Span]
    reason: TraceReason = TraceReason.ROOT_ENDED


@dataclass
class Batch:
    """A batch of spans. `traces` says for each trace how many spans it has and why it is there, where spans are grouped by trace; `loose_texts` are texts
    that nothing names."""

    spans: list[Span] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=lambda: [Scope("test")])
    resources: list[Resource] = field(default_factory=lambda: [Resource()])
    traces: list[tuple[int, TraceReason]] | None = None
    now: int = START
    head_probability: float | None = None
    loose_texts: list[str] = field(default_factory=list)


def span(
    name: str,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    status: Status = Status.UNSET,
    message: str | None = None,
    tracestate: str | None = None,
    attributes: Given = (),
    events: Iterable[Event] = (),
    links: Iterable[Link] = (),
    trace_id: bytes = b"trace-id-trace-1",
    id: bytes = b"span-id1",
    parent_id: bytes | None = None,
    remote: bool = False,
    sampled: bool = True,
    start: int = START,
    duration: int = 1_000_000,
    dropped: tuple[int, int, int] = (0, 0, 0),
) -> Span:
    """A span: a sampled root span of 1 ms of kind internal, where nothing else is said. `remote`: its parent is in another process."""
    flags = FLAG_HAS_IS_REMOTE | (FLAG_SAMPLED if sampled else 0) | (FLAG_IS_REMOTE if remote else 0)
    return Span(
        name, kind, status, message, tracestate, trace_id, id, parent_id, start, start + duration, flags,
        pairs(attributes), list(events), list(links), dropped,
    )  # fmt: skip


def event(name: str, attributes: Given = (), *, time: int = START, dropped: int = 0) -> Event:
    """An event."""
    return Event(name, time, pairs(attributes), dropped)


def link(attributes: Given = (), *, tracestate: str | None = None, dropped: int = 0) -> Link:
    """A link to a span of another trace."""
    return Link(tracestate=tracestate, attributes=pairs(attributes), dropped=dropped)


def scope(name: str, version: str | None = None, attributes: Given = (), *, schema_url: str | None = None, resource: int = 0) -> Scope:
    """A scope. `resource` is the index of its resource in the batch."""
    return Scope(name, version, schema_url, pairs(attributes), resource=resource)


def resource(attributes: Given = (), *, schema_url: str | None = None) -> Resource:
    """A resource."""
    return Resource(pairs(attributes), schema_url)


def trace(*spans: Span, reason: TraceReason = TraceReason.ROOT_ENDED, trace_id: bytes = b"trace-id-trace-1") -> Trace:
    """These spans as one trace: they get its id, ids of their own, and all but the first the first one as parent where they have none."""
    for index, one in enumerate(spans):
        one.trace_id = trace_id
        one.id = (index + 1).to_bytes(8, "big")
        if index and one.parent_id is None:
            one.parent_id = spans[0].id
    return Trace(list(spans), reason)


def batch(
    *spans: Span | Trace,
    scopes: Iterable[Scope] = (),
    resources: Iterable[Resource] = (),
    now: int = START,
    head_probability: float | None = None,
    loose_texts: Iterable[str] = (),
) -> Batch:
    """A batch of spans or of traces, with one scope and one resource where none is given."""
    out = Batch(now=now, head_probability=head_probability, loose_texts=list(loose_texts))
    out.scopes = list(scopes) or out.scopes
    out.resources = list(resources) or out.resources
    for one in spans:
        if isinstance(one, Trace):
            out.spans += one.spans
            out.traces = (out.traces or []) + [(len(one.spans), one.reason)]
        else:
            out.spans.append(one)
    if out.traces is not None and sum(count for count, _ in out.traces) != len(out.spans):
        raise ValueError("a batch is made of traces or of spans, not of both")
    return out


def pairs(attributes: Given) -> list[tuple[str, Value]]:
    """Attributes as pairs."""
    return list(attributes.items() if isinstance(attributes, Mapping) else attributes)
