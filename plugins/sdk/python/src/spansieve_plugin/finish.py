"""Turning edits into a blob."""

from __future__ import annotations

from itertools import accumulate

from .edits import Edits
from .layout import EDITS, NONE, Column, numbers, write
from .new_values import is_nested


def finish(edits: Edits) -> bytes:
    """The edits as a blob; empty where nothing is to change."""
    if edits._orphans:
        _drop_orphans(edits)
    added = edits._added
    if NONE in added[0::4]:
        added = [n for at in range(0, len(added), 4) if added[at] != NONE for n in added[at : at + 4]]
    columns: list[tuple[int, bytes]] = []
    if added:
        columns += (
            (Column.ADD_GROUP, numbers("I", added[0::4])),
            (Column.ADD_KEY, numbers("I", added[1::4])),
            (Column.ADD_KIND, bytes(added[2::4])),
            (Column.ADD_VALUE, numbers("I", added[3::4])),
        )
    if edits._set:
        columns += (
            (Column.SET_ROW, numbers("I", edits._set)),
            (Column.SET_KIND, bytes([kind for kind, _ in edits._set.values()])),
            (Column.SET_VALUE, numbers("I", [number for _, number in edits._set.values()])),
        )
    if edits._renamed:
        columns += (Column.RENAME_ROW, numbers("I", edits._renamed)), (Column.RENAME_KEY, numbers("I", edits._renamed.values()))
    if edits._removed:
        columns.append((Column.REMOVE_ROW, numbers("I", edits._removed)))
    if edits._replaced:
        columns += (Column.REPLACE_TEXT, numbers("I", edits._replaced)), (Column.REPLACE_WITH, numbers("I", edits._replaced.values()))
    if edits._decided:
        columns += (
            (Column.DROP_SPAN, numbers("I", [span for span, kept in edits._decided.items() if not kept])),
            (Column.KEEP_SPAN, numbers("I", [span for span, kept in edits._decided.items() if kept])),
        )
    if edits._fields:
        columns += (
            (Column.FIELD_CODE, bytes([field for field, _ in edits._fields])),
            (Column.FIELD_INDEX, numbers("I", [index for _, index in edits._fields])),
            (Column.FIELD_VALUE, numbers("I", edits._fields.values())),
        )
    return write(EDITS, _brought(edits) + columns) if columns else b""


def _brought(edits: Edits) -> list[tuple[int, bytes]]:
    """The columns of what the edits bring along."""
    columns: list[tuple[int, bytes]] = []
    if edits._texts:
        texts = [text.encode() for text in edits._texts]
        # Each text ends where the one before ends, and the byte 0xFF between them, and its own length further.
        ends = accumulate((len(text) + 1 for text in texts[1:]), initial=len(texts[0]))
        columns += (Column.TEXTS, b"\xff".join(texts) + b"\xff"), (Column.TEXT_END, numbers("I", ends))
    if edits._ints:
        columns.append((Column.INTS, numbers("q", edits._ints)))
    if edits._doubles:
        columns.append((Column.DOUBLES, numbers("d", edits._doubles)))
    if edits._bytes:
        columns += (Column.BYTES, b"".join(edits._bytes)), (Column.BYTES_END, numbers("I", accumulate(map(len, edits._bytes))))
    if edits._groups:
        columns.append((Column.NEW_GROUPS, numbers("I", (edits._groups,))))
    return columns


def _drop_orphans(edits: Edits) -> None:
    """Takes out new groups that no row names any more, with their rows, and numbers the others anew. Rare: a nested value was put somewhere
    and then superseded."""
    base, added = edits._groups_base, edits._added
    live = {number for kind, number in edits._set.values() if is_nested(kind)}
    # A nested group has a higher number than the one it stands in, but its rows may come earlier: go on until nothing changes.
    count = -1
    while count != len(live):
        count = len(live)
        for at in range(0, len(added), 4):
            group = added[at]
            if is_nested(added[at + 2]) and (group < base or group in live):
                live.add(added[at + 3])
    number_of = {group: base + number for number, group in enumerate(sorted(live))}
    for at in range(0, len(added), 4):
        group = added[at]
        if group != NONE and group >= base:
            group = added[at] = number_of.get(group, NONE)
        if group != NONE and is_nested(added[at + 2]):
            added[at + 3] = number_of[added[at + 3]]
    for row, (kind, number) in edits._set.items():
        if is_nested(kind):
            edits._set[row] = kind, number_of[number]
    edits._groups = len(live)
