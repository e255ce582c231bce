"""Unit tests of policies, natively and without a host: build a batch, run the policy, look at the batch after its edits.

    from spansieve_plugin import SpanKind, Status
    from spansieve_plugin.testing import Plugin, event, span

    def test_owners():
        request = span(
            "GET /cart",
            kind=SpanKind.SERVER,
            status=Status.ERROR,
            attributes={"http.route": "/cart", "items": 3},
            events=[event("exception", {"exception.message": "out of stock"})],
        )
        after = Plugin(Owners, {"team": "payments"}).run(request)
        assert after.span(0)["team"] == "payments"

It works with any runner: pytest, unittest. `Plugin.run` gives the policy only what it asked for, applies the edits, and raises `BrokenRule` where they break
a rule of `wit/layout.md`. While the policy runs there is no clock and there are no random numbers, as in a component.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from .. import host, sandbox
from ..guest import Instance
from ..inspect_policy import check
from ..policy import Policy
from ..setup import Setup
from .apply import BrokenRule, Edit, apply
from .encode import decode, encode
from .model import Batch, Event, Link, Resource, Scope, Span, Trace, batch, event, link, resource, scope, span, trace

__all__ = [
    "Batch", "BrokenRule", "Edit", "Event", "Link", "Outcome", "Plugin", "Resource", "Scope", "Span", "Trace", "apply", "batch", "decode",
    "encode", "event", "link", "resource", "scope", "span", "trace",
]  # fmt: skip

P = TypeVar("P", bound=Policy[Any])


@dataclass
class Outcome:
    """What came of a batch."""

    batch: Batch
    """The batch after the edits. Dropped spans are still in it."""

    edits: list[Edit]
    """The edits one by one, as tuples: see `Edit`. Empty where the policy changed nothing."""

    blob: bytes
    """The edits as the host gets them."""

    def span(self, index: int) -> Span:
        """The span that had this index, after the edits."""
        return self.batch.spans[index]

    def is_dropped(self, index: int) -> bool:
        """Whether the span with this index is dropped."""
        return ("drop", index) in self.edits

    def is_kept(self, index: int) -> bool:
        """Whether the policy marked the span with this index as sampled."""
        return ("keep", index) in self.edits


class Plugin(Generic[P]):
    """A configured policy, with a host of its own in memory.

    `Plugin(Owners, {"team": "payments"})` configures it from the configuration as it would stand in a policy file; a configuration that the policy
    refuses raises what the policy raised.
    """

    def __init__(self, policy: type[P], config: object = None, tables: Mapping[str, bytes | str] | None = None) -> None:
        check(policy)
        self._host = host.Fake()
        for name, table in (tables or {}).items():
            self._host.tables[name] = table.encode() if isinstance(table, str) else table
        self._instance = Instance(policy)
        with self._hosted():
            self._instance.configure(json.dumps(config))

    def run(self, given: Batch | Span | Trace | Iterable[Span | Trace]) -> Outcome:
        """Runs the policy over a batch, or over these spans or traces, and applies its edits."""
        if isinstance(given, (Span, Trace)):
            given = batch(given)
        elif not isinstance(given, Batch):
            given = batch(*given)
        edits = self.process(encode(given, self.setup))
        after, listed = apply(encode(given), edits)
        return Outcome(decode(after), listed, edits)

    def process(self, blob: bytes) -> bytes:
        """Calls the policy with a batch blob as it is; the edits blob."""
        with self._hosted():
            return self._instance.process(blob)

    def save(self) -> bytes:
        """The policy's state."""
        with self._hosted():
            return self._instance.save()

    def restore(self, state: bytes) -> None:
        """Hands the policy a state. Raises what the policy raises."""
        with self._hosted():
            self._instance.restore(state)

    @property
    def policy(self) -> P:
        """The policy itself."""
        return cast(P, self._instance.policy)

    @property
    def setup(self) -> Setup:
        """What the policy asked for when it was configured."""
        return self._instance.setup

    @property
    def log(self) -> list[tuple[str, str]]:
        """The lines that the policy has logged, each with its level: `("warn", "no such team")`."""
        return self._host.lines

    @property
    def counters(self) -> dict[str, int]:
        """What the policy has counted."""
        return self._host.counters

    @contextlib.contextmanager
    def _hosted(self) -> Iterator[None]:
        before, host.current = host.current, self._host
        try:
            with sandbox.sealed():
                yield
        finally:
            host.current = before
