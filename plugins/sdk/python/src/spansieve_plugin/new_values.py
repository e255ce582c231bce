"""Texts and values that edits bring along."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union

from .attributes import Attribute, Kind
from .layout import MAX_DEPTH, NONE
from .setup import Slot

if TYPE_CHECKING:
    from .batch import Batch


class TextId(int):
    """Names a text for the time of one batch, by its index: one of the batch's (the position in `Batch.texts`) or one that `Edits.text` made."""

    __slots__ = ()


NewValue = Union[None, str, bool, int, float, bytes, Sequence["NewValue"], Mapping[str, "NewValue"], Attribute, TextId]
"""A value to put somewhere. `None` is a value that is not set."""


def is_nested(kind: int) -> bool:
    """Whether a value of this kind is a group."""
    return kind >= Kind.ARRAY


class NewValues:
    """What edits bring along, numbered from where the batch ends."""

    __slots__ = (
        "_batch", "_ids", "_texts", "_texts_base", "_ints", "_ints_base", "_doubles", "_doubles_base", "_bytes", "_bytes_base",
        "_groups", "_groups_base", "_added", "_orphans",
    )  # fmt: skip

    def __init__(self, batch: Batch) -> None:
        blob = batch.blob
        self._batch = batch
        # By string or slot: the index of the text that was brought along for it.
        self._ids: dict[Any, int] = {}
        self._texts: list[str] = []
        self._texts_base = blob.count(2)
        self._ints: array[int] = array("q")
        self._ints_base = blob.count(3)
        self._doubles: array[float] = array("d")
        self._doubles_base = blob.count(4)
        self._bytes: list[bytes] = []
        self._bytes_base = blob.count(6)
        self._groups = 0
        self._groups_base = blob.count(11)
        # Added rows, four numbers each: group, key, kind, value. The group is NONE for one that was removed again.
        self._added: list[int] = []
        # Whether a value that names new groups was superseded: they have to go before the edits are written.
        self._orphans = False

    def text(self, text: str) -> TextId:
        """A new text, which may then be used any number of times. A string that was brought along before is found again, so there is rarely a
        reason to call this."""
        return TextId(self._text_id(text))

    def _text_id(self, text: str | Slot | TextId) -> int:
        number = self._ids.get(text)
        if number is not None:
            return number
        if isinstance(text, str):
            number = self._texts_base + len(self._texts)
            self._texts.append(text)
            self._ids[text] = number
            return number
        if isinstance(text, Slot):
            number = self._ids[text] = self._text_id(text.key)
            return number
        if isinstance(text, TextId):
            if not 0 <= text < self._texts_base + len(self._texts):
                raise ValueError(f"there is no text {int(text)}")
            return int(text)
        raise TypeError(f"expected a string, found {text!r}")

    def _text_of(self, number: int) -> str:
        return self._batch.text(number) if number < self._texts_base else self._texts[number - self._texts_base]

    def _key_text(self, key: str | Slot | TextId) -> str:
        if isinstance(key, str):
            return key
        return key.key if isinstance(key, Slot) else self._text_of(self._text_id(key))

    def _bring(self, value: object, depth: int) -> tuple[int, int]:
        """Brings along what a value needs; its kind and number. Below `MAX_DEPTH` a value becomes empty: the host takes no deeper one."""
        if value is None:
            return 0, 0
        if isinstance(value, str):
            return 1, self._text_id(value)
        if isinstance(value, bool):
            return 2, int(value)
        if isinstance(value, TextId):
            return 1, self._text_id(value)
        if isinstance(value, int):
            try:
                self._ints.append(value)
            except OverflowError:
                raise OverflowError(f"the integer {value} does not fit into 64 bits") from None
            return 3, self._ints_base + len(self._ints) - 1
        if isinstance(value, float):
            self._doubles.append(value)
            return 4, self._doubles_base + len(self._doubles) - 1
        if isinstance(value, (bytes, bytearray, memoryview)):
            self._bytes.append(bytes(value))
            return 5, self._bytes_base + len(self._bytes) - 1
        if isinstance(value, Attribute):
            return self._copy(value, depth)
        if depth >= MAX_DEPTH:
            return 0, 0
        if isinstance(value, Mapping):
            group = self._new_group()
            for key, item in value.items():
                if not isinstance(key, str):
                    raise TypeError(f"keys of a map are strings, found {key!r}")
                kind, number = self._bring(item, depth + 1)
                self._added += (group, self._text_id(key), kind, number)
            return 7, group
        if isinstance(value, Sequence):
            group = self._new_group()
            for item in value:
                kind, number = self._bring(item, depth + 1)
                self._added += (group, NONE, kind, number)
            return 6, group
        raise TypeError(f"an attribute cannot have a value of type {type(value).__name__}: {value!r}")

    def _copy(self, attribute: Attribute, depth: int) -> tuple[int, int]:
        batch, row = self._batch, attribute.row
        kind, number = batch.row_kind[row], batch.row_value[row]
        if not is_nested(kind):
            return kind, number
        if depth >= MAX_DEPTH:
            return 0, 0
        group = self._new_group()
        for element in attribute.elements.rows():
            key = batch.row_key[element.row]
            element_kind, element_number = self._copy(element, depth + 1)
            self._added += (group, NONE if key == NONE else batch.key_texts[key], element_kind, element_number)
        return kind, group

    def _new_group(self) -> int:
        self._groups += 1
        return self._groups_base + self._groups - 1
