'''Write a spansieve policy in Python.

    """Marks failed requests with the team that looks after them."""

    from dataclasses import dataclass

    from spansieve_plugin import Batch, Edits, Policy, Setup, Status


    @dataclass
    class Config:
        team: str
        """Who looks after failed requests."""


    class Owners(Policy[Config]):
        name = "owners"
        about = "Marks failed requests with the team that looks after them"

        def configure(self, config: Config, setup: Setup) -> None:
            self.team = config.team
            self.route = setup.key("http.route")
            setup.read("status", "attributes")

        def process(self, batch: Batch, edits: Edits) -> None:
            for span in batch.spans():
                if span.status == Status.ERROR and self.route in span:
                    edits.upsert(span, "team", self.team)

A unit test runs it natively, see `spansieve_plugin.testing`:

    from spansieve_plugin.testing import Plugin, span

    def test_failed_requests_get_the_team():
        plugin = Plugin(Owners, {"team": "payments"})
        after = plugin.run(span("GET /cart", status=Status.ERROR, attributes={"http.route": "/cart"}))
        assert after.span(0)["team"] == "payments"

`spansieve build`, or `python -m spansieve_plugin.build owners`, makes it a component.

A policy may ask its host for nothing but `log`, `count` and `table`: the same batch, configuration and state give the same edits. There is no
clock, there are no random numbers, no files; modules are imported at the top of a file. Using any of these raises an exception that says so.

What makes a policy fast: declare the keys that it reads (`Setup.key`), ask only for the parts that it reads (`Setup.read`), read what decides
first, find spans by the text of an attribute (`Batch.spans_where`), take a column at once where most spans have it (`Batch.values`), and
`Edits.add_to_spans` where many spans get the same attribute.

An exception in a policy is logged with its place in the policy's source, and the call fails; what becomes of the batch is for the policy file
to say (`on_failure`).
'''

from . import log
from .attributes import Attribute, Attributes, Kind, Value
from .batch import Batch, MissingPart
from .config import ConfigError, Doc
from .edits import Edits
from .host import count, table
from .layout import Column, LayoutError
from .new_values import NewValue, TextId
from .policy import Policy
from .sandbox import NotInASandbox
from .setup import Part, Setup, Slot
from .span import Carrier, Event, Link, Resource, Scope, Span, SpanKind, Status, Trace, TraceReason

__all__ = [
    "Attribute", "Attributes", "Batch", "Carrier", "Column", "ConfigError", "Doc", "Edits", "Event", "Kind", "LayoutError", "Link", "MissingPart",
    "NewValue", "NotInASandbox", "Part", "Policy", "Resource", "Scope", "Setup", "Slot", "Span", "SpanKind", "Status", "TextId", "Trace",
    "TraceReason", "Value", "count", "log", "table",
]  # fmt: skip

__version__ = "0.1.0"
