"""What a policy wants changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Union

from .attributes import Attribute
from .layout import NONE, Field
from .new_values import NewValue, NewValues, TextId, is_nested
from .setup import Slot
from .span import Carrier, Event, Link, Resource, Scope, Span, SpanKind, Status

if TYPE_CHECKING:
    from .batch import Batch

Key = Union[str, Slot, TextId]
"""How a key is named to edits: by a string, a declared slot, or a text that is there already."""

Text = Union[str, TextId]
"""A text that edits put somewhere: a string, or one that is there already."""


class Edits(NewValues):
    """Takes down what is to change in a batch. Whatever is called in whatever order, what comes out obeys the rules of `wit/layout.md`: of
    two edits of the same thing the later one counts, and a removed row stays removed.

    Views of the batch show it as it came; edits do not change them. Values are what Python has: `None`, `str`, `bool`, `int`, `float`, `bytes`,
    lists and tuples, dictionaries; or an `Attribute`, which is copied as it is, or a `TextId`.
    """

    __slots__ = ("_last", "_before", "_set", "_renamed", "_removed", "_replaced", "_decided", "_fields")

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        # For look-ups by key: the last added row of each group, and for each row the one before it. Who never looks up never pays.
        self._last: dict[int, int] = {}
        self._before: list[int | None] = []
        self._set: dict[int, tuple[int, int]] = {}
        self._renamed: dict[int, int] = {}
        self._removed: dict[int, None] = {}
        self._replaced: dict[int, int] = {}
        self._decided: dict[int, bool] = {}
        self._fields: dict[tuple[int, int], int] = {}

    # === attributes, by key ===

    def add(self, on: Carrier, key: Key, value: NewValue) -> None:
        """Adds an attribute, whether or not there is one with this key. The cheapest way, where the policy knows that there is none."""
        # Most keys and strings were brought along before, and the calls are what costs.
        ids = self._ids
        try:
            text = ids[key]
        except KeyError:
            text = self._text_id(key)
        if value.__class__ is str:
            try:
                self._added += (on.group, text, 1, ids[value])
            except KeyError:
                self._added += (on.group, text, 1, self._text_id(value))
        else:
            kind, number = (2, 1) if value is True else self._bring(value, 0)
            self._added += (on.group, text, kind, number)

    def add_to_spans(self, spans: Iterable[int] | None, key: Key, value: NewValue) -> None:
        """Adds the same attribute to the spans with these indices, or with `None` to every span: a few times cheaper than `add` in a loop."""
        attributes = self._batch.span_attributes
        groups = list(attributes) if spans is None else [attributes[span] for span in spans]
        if not groups:
            return
        text = self._text_id(key)
        kind, number = self._bring(value, 0)
        if is_nested(kind):
            # A new group belongs to one row.
            self._added += (groups[0], text, kind, number)
            for group in groups[1:]:
                kind, number = self._bring(value, 0)
                self._added += (group, text, kind, number)
            return
        rows = [text] * (4 * len(groups))
        rows[0::4] = groups
        rows[2::4] = [kind] * len(groups)
        rows[3::4] = [number] * len(groups)
        self._added += rows

    def insert(self, on: Carrier, key: Key, value: NewValue) -> bool:
        """Adds an attribute if there is none with this key. Says whether it did."""
        if self._find(on, key) is not None:
            return False
        self.add(on, key, value)
        return True

    def upsert(self, on: Carrier, key: Key, value: NewValue) -> None:
        """Sets the attribute with this key, or adds it."""
        found = self._find(on, key)
        if found is None:
            self.add(on, key, value)
        else:
            self._set_found(found, value)

    def update(self, on: Carrier, key: Key, value: NewValue) -> bool:
        """Sets the attribute with this key, if there is one. Says whether it did."""
        found = self._find(on, key)
        if found is None:
            return False
        self._set_found(found, value)
        return True

    def remove_key(self, on: Carrier, key: Key) -> bool:
        """Removes every attribute with this key. Says whether there was one."""
        any_found = False
        while (found := self._find(on, key)) is not None:
            any_found = True
            if found >= 0:
                self._remove(found)
            else:
                at = 4 * ~found
                self._orphans = self._orphans or is_nested(self._added[at + 2])
                self._added[at] = NONE
        return any_found

    def rename_key(self, on: Carrier, key: Key, to: Key) -> bool:
        """Gives the first attribute with this key another one. Says whether there was one. Whether there is one with the new key already
        is not looked at."""
        found = self._find(on, key)
        if found is None:
            return False
        if found >= 0:
            self._renamed[found] = self._text_id(to)
        else:
            self._added[4 * ~found + 1] = self._text_id(to)
        return True

    # === rows ===

    def set(self, attribute: Attribute, value: NewValue) -> None:
        """Changes the value of an attribute or of an element of a nested value."""
        kind, number = self._bring(value, 0)
        self._put(attribute.row, kind, number)

    def rename(self, attribute: Attribute, key: Key) -> None:
        """Changes the key of an attribute, which must not be an element of an array."""
        if not attribute.has_key:
            raise ValueError("an element of an array has no key to change")
        if attribute.row not in self._removed:
            self._renamed[attribute.row] = self._text_id(key)

    def remove(self, attribute: Attribute) -> None:
        """Removes an attribute or an element of a nested value, and what is nested in it."""
        self._remove(attribute.row)

    # === texts ===

    def replace_text(self, text: Text, by: str) -> int:
        """Replaces a text wherever it stands in the batch: as a key, a value, a name, anywhere. A string is looked for among the texts; a
        `TextId` is one by its index. Says how many texts were replaced: 0 where the batch has no such text."""
        found = self._batch.find_text(text) if isinstance(text, str) else [int(text)]
        for index in found:
            if not 0 <= index < self._texts_base:
                raise ValueError(f"text {index} is not one of the batch")
            self._replaced[index] = self._text_id(by)
        return len(found)

    # === spans ===

    def drop(self, span: Span) -> None:
        """Drops a span: it is sampled out."""
        self._decided[span.index] = False

    def keep(self, span: Span) -> None:
        """Marks a span as sampled. One that was only recorded is exported only so."""
        self._decided[span.index] = True

    # === fields ===

    def set_name(self, on: Span | Event | Scope, name: Text) -> None:
        """Sets the name of a span, an event or a scope."""
        self._set_text(_NAMES, "name", on, name)

    def set_message(self, span: Span, message: Text | None) -> None:
        """Sets the message of a span's status; `None` clears it."""
        self._set_text(_MESSAGES, "message", span, message)

    def set_tracestate(self, on: Span | Link, tracestate: Text | None) -> None:
        """Sets the tracestate of a span or a link, in W3C form; `None` clears it."""
        self._set_text(_TRACESTATES, "tracestate", on, tracestate)

    def set_status(self, span: Span, status: Status) -> None:
        """Sets a span's status code."""
        self._fields[Field.SPAN_STATUS, span.index] = Status(status)

    def set_kind(self, span: Span, kind: SpanKind) -> None:
        """Sets a span's kind."""
        self._fields[Field.SPAN_KIND, span.index] = SpanKind(kind)

    def set_version(self, scope: Scope, version: Text | None) -> None:
        """Sets a scope's version; `None` clears it."""
        self._set_text(_VERSIONS, "version", scope, version)

    def set_schema_url(self, on: Scope | Resource, url: Text | None) -> None:
        """Sets the schema URL of a scope or a resource; `None` clears it."""
        self._set_text(_SCHEMA_URLS, "schema URL", on, url)

    # === private ===

    def _set_text(self, fields: dict[type, Field], what: str, on: Carrier, text: Text | None) -> None:
        field = fields.get(type(on))
        if field is None:
            raise TypeError(f"{on!r} has no {what} that can be set")
        if text is None:
            if what == "name":
                raise TypeError("a name cannot be cleared: it is a string, perhaps empty")
            self._fields[field, on.index] = NONE
        else:
            self._fields[field, on.index] = self._text_id(text)

    def _set_found(self, found: int, value: NewValue) -> None:
        kind, number = self._bring(value, 0)
        if found >= 0:
            self._put(found, kind, number)
        else:
            at = 4 * ~found
            self._orphans = self._orphans or is_nested(self._added[at + 2])
            self._added[at + 2 : at + 4] = kind, number

    def _put(self, row: int, kind: int, number: int) -> None:
        if row in self._removed:
            self._orphans = self._orphans or is_nested(kind)
            return
        before = self._set.get(row)
        if before is not None:
            self._orphans = self._orphans or is_nested(before[0])
        self._set[row] = kind, number

    def _remove(self, row: int) -> None:
        self._removed[row] = None
        before = self._set.pop(row, None)
        if before is not None:
            self._orphans = self._orphans or is_nested(before[0])
        self._renamed.pop(row, None)

    def _find(self, on: Carrier, key: Key) -> int | None:
        """Where a key is among the attributes of something, edits so far included: a row, or `~place` among the added ones."""
        batch = self._batch
        if self._removed or self._renamed:
            row = self._find_changed(on, self._key_text(key))
        elif key.__class__ is Slot and on.__class__ is Span:
            row = batch.rows_of[key][on.index]
        else:
            text = key if key.__class__ is str else self._key_text(key)
            row = batch.find_row(on.group, text) if text in batch.key_numbers else -1
        if row >= 0:
            return row
        return self._find_added(on.group, key) if self._added else None

    def _find_changed(self, on: Carrier, text: str) -> int:
        """The row with this key, where rows have been removed or renamed."""
        for attribute in on.attributes.rows():
            if attribute.row not in self._removed:
                number = self._renamed.get(attribute.row)
                if text == (attribute.key if number is None else self._text_of(number)):
                    return attribute.row
        return -1

    def _find_added(self, group: int, key: Key) -> int | None:
        added, last, before = self._added, self._last, self._before
        for at in range(4 * len(before), len(added), 4):
            before.append(last.get(added[at]))
            last[added[at]] = at >> 2
        place = last.get(group)
        while place is not None:
            # A row that was removed again has lost its group.
            if added[4 * place] == group and self._text_of(added[4 * place + 1]) == self._key_text(key):
                return ~place
            place = before[place]
        return None


_NAMES: dict[type, Field] = {Span: Field.SPAN_NAME, Event: Field.EVENT_NAME, Scope: Field.SCOPE_NAME}
_MESSAGES: dict[type, Field] = {Span: Field.SPAN_MESSAGE}
_TRACESTATES: dict[type, Field] = {Span: Field.SPAN_TRACESTATE, Link: Field.LINK_TRACESTATE}
_VERSIONS: dict[type, Field] = {Scope: Field.SCOPE_VERSION}
_SCHEMA_URLS: dict[type, Field] = {Scope: Field.SCOPE_SCHEMA_URL, Resource: Field.RESOURCE_SCHEMA_URL}
