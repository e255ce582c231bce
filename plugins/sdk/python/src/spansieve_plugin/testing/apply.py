"""Edits applied to a batch, with the rules of `wit/layout.md` checked: what the host does, written for clarity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..attributes import Kind
from ..layout import BATCH, BATCH_COLUMNS, EDITS, MAX_DEPTH, NONE, Blob, Column, Field, numbers, write
from ..span import FLAG_SAMPLED

Edit = tuple[Any, ...]
"""One edit: `("add", group, key, value)`, `("set", row, value)`, `("rename", row, key)`, `("remove", row)`, `("replace", text, by)`, `("drop", span)`,
`("keep", span)`, `("field", Field, index, value)`."""


class BrokenRule(AssertionError):
    """The edits break a rule of the layout. The host would apply none of them."""


def apply(batch: bytes, edits: bytes) -> tuple[bytes, list[Edit]]:
    """The batch blob after the edits, and the edits one by one. Dropped spans are still in it."""
    if not edits:
        return batch, []
    before, blob = Blob(batch, BATCH), Blob(edits, EDITS)
    state = _State(before)
    listed = state.apply(blob)
    return state.write(before), listed


def _require(holds: bool, rule: str) -> None:
    if not holds:
        raise BrokenRule(rule)


def _once(what: str, *values: Any) -> None:
    every = [value for some in values for value in some]
    _require(len(set(every)) == len(every), f"rule 2: {what} at most once")


class _State:
    """A batch, taken apart so that every index can be followed."""

    def __init__(self, blob: Blob) -> None:
        self.texts: list[str] = []
        self.ints: list[int] = []
        self.doubles: list[float] = []
        self.byte_strings: list[bytes] = []
        self.bring(blob)
        keys = blob.elements(Column.KEYS)
        # Key (a text), kind, value; None for a row that was removed.
        self.rows: list[list[int] | None] = [
            [NONE if key == NONE else keys[key], kind, value]
            for key, kind, value in zip(blob.elements(Column.ROW_KEY), blob.raw(Column.ROW_KIND), blob.elements(Column.ROW_VALUE))
        ]
        starts = [0, *blob.elements(Column.GROUP_END)]
        self.groups = [list(range(start, end)) for start, end in zip(starts, starts[1:])]
        self.fields: dict[Field, list[int]] = {field: list(blob.elements(Column[field.name])) for field in Field}
        self.flags = list(blob.elements(Column.SPAN_FLAGS))
        self.spans = blob.spans
        self.old_texts, self.old_rows, self.old_groups = len(self.texts), len(self.rows), len(self.groups)

    def bring(self, blob: Blob) -> None:
        raw, start = blob.raw(Column.TEXTS), 0
        for end in blob.elements(Column.TEXT_END):
            _require(start <= end < len(raw) and raw[end] == 0xFF, "rule 7: each text is followed by 0xFF")
            self.texts.append(raw[start:end].decode())
            start = end + 1
        _require(start == len(raw), "rule 7: nothing stands behind the last text")
        self.ints += blob.elements(Column.INTS)
        self.doubles += blob.elements(Column.DOUBLES)
        raw, start = blob.raw(Column.BYTES), 0
        for end in blob.elements(Column.BYTES_END):
            _require(start <= end <= len(raw), "rule 7: ends of byte strings ascend")
            self.byte_strings.append(raw[start:end])
            start = end

    def apply(self, blob: Blob) -> list[Edit]:
        for column in Column:
            _require(column not in blob or not 6 < column < 100, f"rule 7: {column} is no column of edits")
        self.bring(blob)
        col = blob.elements
        new = list(col(Column.NEW_GROUPS))
        _require(len(new) <= 1, "new-groups is one number")
        self.groups += [[] for _ in range(sum(new))]
        add = self.parallel(blob, Column.ADD_GROUP, Column.ADD_KEY, Column.ADD_KIND, Column.ADD_VALUE)
        put = self.parallel(blob, Column.SET_ROW, Column.SET_KIND, Column.SET_VALUE)
        rename = self.parallel(blob, Column.RENAME_ROW, Column.RENAME_KEY)
        replace = self.parallel(blob, Column.REPLACE_TEXT, Column.REPLACE_WITH)
        fields = self.parallel(blob, Column.FIELD_CODE, Column.FIELD_INDEX, Column.FIELD_VALUE)
        remove, drop, keep = list(col(Column.REMOVE_ROW)), list(col(Column.DROP_SPAN)), list(col(Column.KEEP_SPAN))
        _once("a row is set or removed", (row for row, _, _ in put), remove)
        _once("a row is renamed or removed", (row for row, _ in rename), remove)
        _once("a text is replaced", (text for text, _ in replace))
        _once("a span is dropped or kept", drop, keep)
        _once("a field is set", ((code, index) for code, index, _ in fields))
        for row in [*remove, *(row for row, _, _ in put), *(row for row, _ in rename)]:
            _require(row < self.old_rows, f"rule 1: row {row} of {self.old_rows}")
        for span in [*drop, *keep]:
            _require(span < self.spans, f"rule 1: span {span} of {self.spans}")

        named: list[int] = []
        for row, kind, value in put:
            self.check_value(kind, value, -1, named)
            found = self.rows[row]
            assert found is not None
            found[1:] = kind, value
        for row, key in rename:
            found = self.rows[row]
            assert found is not None
            _require(key < len(self.texts), "rule 1: rename-key is a text")
            _require(found[0] != NONE, "rule 4: an element of an array has no key")
            found[0] = key
        for group, key, kind, value in add:
            _require(group < len(self.groups), f"rule 1: group {group} of {len(self.groups)}")
            _require(key == NONE or key < len(self.texts), "rule 1: add-key is a text or none")
            self.check_value(kind, value, group if group >= self.old_groups else -1, named)
            self.groups[group].append(len(self.rows))
            self.rows.append([key, kind, value])
        _require(sorted(named) == list(range(self.old_groups, len(self.groups))), f"rule 3: each new group is named once: {sorted(named)}")
        listed = self.listed(add, put, rename, remove, replace, drop, keep, fields)
        for row in remove:
            self.rows[row] = None
        for code, index, value in fields:
            self.set_field(code, index, value)
        for text, by in replace:
            _require(text < self.old_texts <= by < len(self.texts), f"rule 2: text {text} is replaced with {by}, not a new text")
            self.texts[text] = self.texts[by]
        for span in keep:
            if span < len(self.flags):
                self.flags[span] |= FLAG_SAMPLED
        return listed

    def parallel(self, blob: Blob, *columns: Column) -> list[tuple[int, ...]]:
        found = [blob.elements(column) for column in columns]
        _require(len({len(column) for column in found}) == 1, f"rule 1: {columns[0]} and those after it are of one length")
        return list(zip(*found))

    def check_value(self, kind: int, value: int, inside: int, named: list[int]) -> None:
        _require(kind <= Kind.MAP, f"rule 1: kind {kind}")
        bounds = (1, len(self.texts), 2, len(self.ints), len(self.doubles), len(self.byte_strings), len(self.groups), len(self.groups))
        _require(value < bounds[kind], f"rule 1: {Kind(kind).name} {value} of {bounds[kind]}")
        if kind >= Kind.ARRAY:
            _require(value >= self.old_groups and value > inside, f"rule 3: group {value} in group {inside}")
            named.append(value)

    def set_field(self, code: int, index: int, value: int) -> None:
        field = Field(code)
        _require(index < len(self.fields[field]), f"rule 1: {field.name} {index} of {len(self.fields[field])}")
        if field in (Field.SPAN_STATUS, Field.SPAN_KIND):
            _require(value <= (2 if field is Field.SPAN_STATUS else 5), f"{field.name} {value}")
        else:
            clears = value == NONE and field not in (Field.SPAN_NAME, Field.EVENT_NAME, Field.SCOPE_NAME)
            _require(clears or value < len(self.texts), f"rule 1: {field.name} is a text")
        self.fields[field][index] = value

    def listed(self, add: Any, put: Any, rename: Any, remove: Any, replace: Any, drop: Any, keep: Any, fields: Any) -> list[Edit]:
        """The edits one by one, as the rows now stand and the texts stood."""
        text = self.texts
        out: list[Edit] = []
        for group, key, kind, value in add:
            if group < self.old_groups:
                _require((key == NONE) == self.is_array(group), "rule 4: a row has a key exactly when it is not in an array")
                out.append(("add", group, "" if key == NONE else text[key], self.value(kind, value)))
        out += [("set", row, self.value(kind, value)) for row, kind, value in put]
        out += [("rename", row, text[key]) for row, key in rename]
        out += [("remove", row) for row in remove]
        out += [("replace", text[old], text[new]) for old, new in replace]
        out += [("drop", span) for span in drop]
        out += [("keep", span) for span in keep]
        for code, index, value in fields:
            is_code = code in (Field.SPAN_STATUS, Field.SPAN_KIND)
            out.append(("field", Field(code), index, value if is_code else None if value == NONE else text[value]))
        return out

    def is_array(self, group: int) -> bool:
        return any(row is not None and row[1] == Kind.ARRAY and row[2] == group for row in self.rows)

    def value(self, kind: int, value: int, depth: int = 0) -> Any:
        _require(depth <= MAX_DEPTH, f"rule 3: nothing is nested deeper than {MAX_DEPTH}")
        if kind < Kind.ARRAY:
            pools: tuple[Any, ...] = ({0: None}, self.texts, (False, True), self.ints, self.doubles, self.byte_strings)
            return pools[kind][value]
        rows = [row for index in self.groups[value] if (row := self.rows[index]) is not None]
        _require(all((row[0] == NONE) == (kind == Kind.ARRAY) for row in rows), "rule 4: rows of a map have keys, those of an array have none")
        if kind == Kind.ARRAY:
            return [self.value(row[1], row[2], depth + 1) for row in rows]
        return {self.texts[row[0]]: self.value(row[1], row[2], depth + 1) for row in rows}

    def write(self, before: Blob) -> bytes:
        """The batch as it stands."""
        rows = [row for group in self.groups for index in group if (row := self.rows[index]) is not None]
        keys = {key: number for number, key in enumerate(dict.fromkeys(key for key, _, _ in rows if key != NONE))}
        encoded = [text.encode() for text in self.texts]
        columns: dict[int, bytes] = {column: before.raw(column) for column in BATCH_COLUMNS}
        columns |= {
            Column.TEXTS: b"".join(text + b"\xff" for text in encoded),
            Column.TEXT_END: numbers("I", _ends(len(text) + 1 for text in encoded)),
            Column.INTS: numbers("q", self.ints),
            Column.DOUBLES: numbers("d", self.doubles),
            Column.BYTES: b"".join(self.byte_strings),
            Column.BYTES_END: numbers("I", _ends(map(len, self.byte_strings), 0)),
            Column.KEYS: numbers("I", keys),
            Column.ROW_KEY: numbers("I", (NONE if key == NONE else keys[key] for key, _, _ in rows)),
            Column.ROW_KIND: bytes(kind for _, kind, _ in rows),
            Column.ROW_VALUE: numbers("I", (value for _, _, value in rows)),
            Column.GROUP_END: numbers("I", _ends((sum(self.rows[index] is not None for index in group) for group in self.groups), 0)),
            Column.SPAN_FLAGS: numbers("I", self.flags),
            Column.DECLARED: b"",
        }
        for field, values in self.fields.items():
            columns[Column[field.name]] = numbers("B" if field in (Field.SPAN_STATUS, Field.SPAN_KIND) else "I", values)
        flags = before.flags & 2 | all(map(str.isascii, self.texts))
        return write(BATCH, sorted(columns.items()), flags=flags, spans=before.spans, now=before.now, head_probability=before.head_probability)


def _ends(lengths: Iterable[int], separator: int = 1) -> list[int]:
    end = -separator
    return [end := end + length for length in lengths]
