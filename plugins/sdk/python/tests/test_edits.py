"""The edits builder: whatever is called in whatever order, the rules of the layout hold and the later edit counts."""

import random
import unittest
from collections.abc import Callable
from typing import Any

from spansieve_plugin import Batch, Edits, SpanKind, Status, TextId, Value
from spansieve_plugin.finish import finish
from spansieve_plugin.layout import EDITS, Blob, Column, write
from spansieve_plugin.testing import Batch as Model
from spansieve_plugin.testing import BrokenRule, Outcome, Span, apply, batch, decode, encode, event, link, resource, scope, span

NESTED: Value = ["a", {"k": 1}]


def edit(before: Model | Span, change: Callable[[Batch, Edits], object]) -> Outcome:
    """Edits a batch and applies what came out."""
    blob = encode(before if isinstance(before, Model) else batch(before))
    view = Batch(blob)
    edits = Edits(view)
    change(view, edits)
    out = finish(edits)
    after, listed = apply(blob, out)
    return Outcome(decode(after), listed, out)


class EditsOfAttributes(unittest.TestCase):
    def test_nothing_to_change_is_an_empty_blob(self) -> None:
        def change(batch: Batch, edits: Edits) -> None:
            edits.text("brought along but named by nothing")
            one = batch.span(0)
            self.assertFalse(edits.update(one, "absent", 1))
            self.assertFalse(edits.remove_key(one, "absent"))
            self.assertFalse(edits.rename_key(one, "absent", "x"))
            self.assertFalse(edits.insert(one, "k", 1))
            self.assertEqual(edits.replace_text("absent", "x"), 0)

        self.assertEqual(edit(span("a", attributes={"k": "v"}), change).blob, b"")

    def test_attributes_of_everything_are_edited_by_key(self) -> None:
        before = batch(
            span("a", attributes={"k": 1}, events=[event("e", {"k": 1})], links=[link({"k": 1})]),
            scopes=[scope("s", attributes={"s": 1})],
            resources=[resource({"r": 1})],
        )

        def change(batch: Batch, edits: Edits) -> None:
            one = batch.span(0)
            edits.upsert(one, "k", "two")
            edits.upsert(one.events[0], "k", 2.5)
            edits.insert(one.links[0], "new", True)
            edits.remove_key(one.scope, "s")
            edits.add(one.resource, "more", {"a": [1, None, "x", b"\0", (True, {})]})
            edits.rename_key(one.resource, "r", "q")

        after = edit(before, change)
        one = after.span(0)
        self.assertEqual((one["k"], one.events[0]["k"], one.links[0]["new"]), ("two", 2.5, True))
        self.assertEqual(after.batch.scopes[0].attributes, [])
        self.assertEqual(after.batch.resources[0].attributes, [("q", 1), ("more", {"a": [1, None, "x", b"\0", [True, {}]]})])

    def test_look_ups_by_key_see_the_edits_before_them(self) -> None:
        def change(batch: Batch, edits: Edits) -> None:
            one = batch.span(0)
            old = one.attribute("old")
            assert old is not None
            edits.rename(old, "new")
            self.assertTrue(edits.insert(one, "old", 2), "the old key is free")
            self.assertFalse(edits.insert(one, "new", 3), "the new key is taken")
            edits.upsert(one, "old", 4)
            self.assertTrue(edits.remove_key(one, "new"))
            self.assertTrue(edits.insert(one, "new", 5))
            self.assertTrue(edits.remove_key(one, "new"))
            self.assertFalse(edits.remove_key(one, "new"))

        self.assertEqual(edit(span("a", attributes={"old": 1}), change).span(0).attributes, [("old", 4)])

    def test_upserting_the_same_new_key_twice_adds_one_row(self) -> None:
        def change(batch: Batch, edits: Edits) -> None:
            for _ in range(2):
                for one in batch.spans():
                    edits.upsert(one, "k", one.index)

        after = edit(batch(span("a"), span("b")), change)
        self.assertEqual([one.attributes for one in after.batch.spans], [[("k", 0)], [("k", 1)]])

    def test_every_attribute_with_a_key_is_removed(self) -> None:
        after = edit(span("a", attributes=[("k", 1), ("l", 2), ("k", 3)]), lambda batch, edits: edits.remove_key(batch.span(0), "k"))
        self.assertEqual(after.span(0).attributes, [("l", 2)])

    def test_the_same_attribute_is_added_to_many_spans(self) -> None:
        def change(batch: Batch, edits: Edits) -> None:
            edits.add_to_spans(None, "all", "x")
            edits.add_to_spans([2, 0], "two", [1])
            edits.add_to_spans([], "none", 1)
            self.assertFalse(edits.insert(batch.span(0), "two", 3))

        after = edit(batch(span("a"), span("b"), span("c")), change)
        self.assertEqual([one.keys() for one in after.batch.spans], [["all", "two"], ["all"], ["all", "two"]])
        self.assertEqual(after.span(2)["two"], [1])

    def test_equal_new_texts_are_brought_along_once(self) -> None:
        def change(batch: Batch, edits: Edits) -> None:
            for one in batch.spans():
                edits.add(one, "team", "payments")

        blob = Blob(edit(batch(span("a"), span("b")), change).blob, EDITS)
        self.assertEqual(blob.count(Column.TEXT_END), 2)


class EditsOfRows(unittest.TestCase):
    def test_of_two_edits_of_the_same_thing_the_later_counts(self) -> None:
        def change(batch: Batch, edits: Edits) -> None:
            a, b = batch.span(0), batch.span(1)
            row = a.attribute("k")
            assert row is not None
            for value, key, name in ((2, "x", "first"), (3, "y", "second")):
                edits.set(row, value)
                edits.rename(row, key)
                edits.set_name(a, name)
                edits.replace_text("b", name)
            edits.set_message(a, "text")
            edits.set_message(a, None)
            edits.drop(a)
            edits.keep(a)
            edits.keep(b)
            edits.drop(b)

        after = edit(batch(span("a", attributes={"k": 1}), span("b", attributes={"k": 1})), change)
        self.assertEqual((after.span(0).attributes, after.span(0).name, after.span(0).message), ([("y", 3)], "second", None))
        self.assertEqual(after.span(1).name, "second")
        self.assertEqual((after.is_kept(0), after.is_dropped(0), after.is_dropped(1), after.is_kept(1)), (True, False, True, False))

    def test_a_removed_row_stays_removed(self) -> None:
        def change(batch: Batch, edits: Edits) -> None:
            row = batch.span(0).attribute("k")
            assert row is not None
            edits.set(row, 2)
            edits.rename(row, "x")
            edits.remove(row)
            edits.remove(row)
            edits.set(row, [1])
            edits.rename(row, "z")

        after = edit(span("a", attributes={"k": 1, "l": 2}), change)
        self.assertEqual((after.span(0).attributes, after.edits), ([("l", 2)], [("remove", 0)]))

    def test_nested_values_that_were_superseded_leave_no_groups_behind(self) -> None:
        deep: Any = [[["x"]], {"k": [1]}]

        def change(batch: Batch, edits: Edits) -> None:
            one = batch.span(0)
            row, other = one.attribute("k"), one.attribute("l")
            assert row is not None and other is not None
            edits.set(row, deep)
            edits.upsert(one, "n", deep)
            edits.set(row, deep)
            edits.upsert(one, "n", 1)
            edits.upsert(one, "m", deep)
            edits.remove_key(one, "m")
            edits.set(other, deep)
            edits.remove_key(one, "l")

        self.assertEqual(edit(span("a", attributes={"k": 1, "l": 2}), change).span(0).attributes, [("k", deep), ("n", 1)])

    def test_a_copied_attribute_brings_what_is_nested_in_it(self) -> None:
        def change(batch: Batch, edits: Edits) -> None:
            a, b = batch.span(0), batch.span(1)
            edits.add(b, "copy", a.attribute("k"))
            edits.add(b, "text", a.attribute("s"))
            edits.add(b, "again", [a.attribute("k")])
            edits.add(b, "id", TextId(batch.find_text("text")[0]))

        after = edit(batch(span("a", attributes={"k": NESTED, "s": "text"}), span("b")), change)
        self.assertEqual(after.span(1).attributes, [("copy", NESTED), ("text", "text"), ("again", [NESTED]), ("id", "text")])

    def test_elements_of_nested_values_are_edited_as_rows(self) -> None:
        def change(batch: Batch, edits: Edits) -> None:
            for row in batch.rows():
                if row.value == 1:
                    edits.set(row, "one")
                    edits.rename(row, "renamed")
                if not row.has_key:
                    self.assertRaises(ValueError, edits.rename, row, "x")

        self.assertEqual(edit(span("a", attributes={"k": NESTED}), change).span(0)["k"], ["a", {"renamed": "one"}])

    def test_a_replaced_text_is_replaced_everywhere(self) -> None:
        def change(batch: Batch, edits: Edits) -> None:
            self.assertEqual(edits.replace_text("x", "[é]"), 1)
            edits.add(batch.span(0), TextId(batch.find_text("x")[0]), 1)
            self.assertRaises(ValueError, edits.replace_text, edits.text("new"), "y")

        after = edit(span("x", attributes={"x": "x", "list": ["x", "xx"]}, message="x", events=[event("x")]), change)
        one = after.span(0)
        self.assertEqual((one.name, one.message, one.events[0].name), ("[é]", "[é]", "[é]"))
        self.assertEqual((one.keys(), one["list"]), (["[é]", "list", "[é]"], ["[é]", "xx"]))


class EditsOfFields(unittest.TestCase):
    def test_every_field_can_be_set(self) -> None:
        def change(batch: Batch, edits: Edits) -> None:
            one = batch.span(0)
            edits.set_name(one, "name")
            edits.set_message(one, "message")
            edits.set_tracestate(one, "t=2")
            edits.set_status(one, Status.OK)
            edits.set_kind(one, SpanKind.CONSUMER)
            edits.set_name(one.events[0], "event")
            edits.set_tracestate(one.links[0], "t=3")
            edits.set_name(one.scope, "scope")
            edits.set_version(one.scope, "9")
            edits.set_schema_url(one.scope, "v")
            edits.set_schema_url(one.resource, None)

        after = edit(batch(span("a", events=[event("e")], links=[link(tracestate="t=1")]), resources=[resource(schema_url="u")]), change)
        one, its_scope = after.span(0), after.batch.scopes[0]
        self.assertEqual((one.name, one.message, one.tracestate, one.status, one.kind), ("name", "message", "t=2", Status.OK, SpanKind.CONSUMER))
        self.assertEqual((one.events[0].name, one.links[0].tracestate), ("event", "t=3"))
        self.assertEqual((its_scope.name, its_scope.version, its_scope.schema_url), ("scope", "9", "v"))
        self.assertIsNone(after.batch.resources[0].schema_url)

    def test_what_has_no_such_field_is_an_error(self) -> None:
        def change(batch: Batch, edits: Edits) -> None:
            with self.assertRaisesRegex(TypeError, "<resource 0> has no name that can be set"):
                edits.set_name(batch.resource(0), "x")  # type: ignore[arg-type]
            with self.assertRaisesRegex(TypeError, "a name cannot be cleared"):
                edits.set_name(batch.span(0), None)  # type: ignore[arg-type]
            self.assertRaises(ValueError, edits.set_status, batch.span(0), 7)

        self.assertEqual(edit(span("a"), change).blob, b"")


class NewValues(unittest.TestCase):
    def add(self, value: Any) -> Any:
        return edit(span("a"), lambda batch, edits: edits.add(batch.span(0), "k", value)).span(0)["k"]

    def test_every_kind_of_value_comes_through(self) -> None:
        values: list[Any] = [None, "", "é😀", True, False, 0, -(2**63), 2**63 - 1, -0.0, 1e300, b"", b"\xff", [], {}, {"": [[], None]}]
        for value in [*values, values]:
            self.assertEqual(repr(self.add(value)), repr(value))
        self.assertNotEqual(self.add(float("nan")), 0)
        self.assertEqual(self.add((1, bytearray(b"x"))), [1, b"x"])
        self.assertIs(type(self.add(SpanKind.SERVER)), int)

    def test_what_is_no_value_is_an_error(self) -> None:
        for value, error, message in (
            (2**63, OverflowError, "9223372036854775808 does not fit into 64 bits"),
            (object(), TypeError, "cannot have a value of type object"),
            ({1: 2}, TypeError, "keys of a map are strings, found 1"),
            ({1, 2}, TypeError, "type set"),
            (TextId(99), ValueError, "there is no text 99"),
        ):
            with self.assertRaisesRegex(error, message):
                self.add(value)

    def test_what_is_nested_too_deep_becomes_empty(self) -> None:
        value: Any = []
        for _ in range(100):
            value = [value]
        depth, seen = 0, self.add(value)
        while seen:
            depth, seen = depth + 1, seen[0]
        self.assertEqual((depth, seen), (64, None))


class Rules(unittest.TestCase):
    def test_the_helper_refuses_edits_that_break_a_rule(self) -> None:
        blob = encode(batch(span("a", attributes={"k": 1, "l": [1]}), span("b")))

        def one(number: int) -> bytes:
            return number.to_bytes(4, "little")

        for rule, columns in {
            "rule 1: row 9": [(118, one(9))],
            "rule 1: add-group and those": [(101, one(0))],
            "rule 1: STR 99": [(110, one(0)), (111, b"\1"), (112, one(99))],
            "rule 2: a row is set or removed": [(110, one(0)), (111, b"\0"), (112, one(0)), (118, one(0))],
            "rule 2: a span is dropped or kept": [(125, one(0)), (126, one(0))],
            "rule 2: text 0 is replaced": [(120, one(0)), (121, one(1))],
            "rule 3: group 0": [(110, one(0)), (111, b"\6"), (112, one(0))],
            "rule 3: each new group": [(100, one(1))],
            "rule 4: an element of an array": [(115, one(2)), (116, one(0))],
            "rule 4: a row has a key": [(101, one(0)), (102, one(0xFFFFFFFF)), (103, b"\0"), (104, one(0))],
            "rule 7: each text": [(1, b"x"), (2, one(1))],
            "rule 7: span-name": [(25, one(0))],
            "SPAN_STATUS 3": [(130, b"\4"), (131, one(0)), (132, one(3))],
        }.items():
            with self.subTest(rule), self.assertRaisesRegex(BrokenRule, rule):
                apply(blob, write(EDITS, columns))


class AnyOrder(unittest.TestCase):
    def test_random_edits_do_what_they_would_do_to_a_plain_list(self) -> None:
        draw = random.Random(1)
        keys = "abcdef"

        def value(n: int) -> Value:
            return [n, f"text {n}", [n, [f"{n}"], {}], {"k": {"l": [n]}, "m": True}][n % 4]  # type: ignore[return-value]

        for _ in range(1500):
            # The list: row where it is one of the batch, key, value.
            rows: list[list[Any]] = [[row, key, value(row)] for row, key in enumerate(keys[: draw.randrange(4)])]
            given = span("s", attributes=[(key, of) for _, key, of in rows])
            count = len(rows)

            def change(batch: Batch, edits: Edits) -> None:
                one = batch.span(0)
                for n in range(10, 10 + draw.randrange(12)):
                    key = draw.choice(keys)
                    at = next((entry for entry in rows if entry[1] == key), None)
                    what = draw.randrange(7 if count else 4)
                    if what == 0:
                        self.assertEqual(edits.insert(one, key, value(n)), at is None)
                    if what == 1:
                        edits.upsert(one, key, value(n))
                    if what in (0, 1) and at is None:
                        rows.append([None, key, value(n)])
                    if what == 2:
                        self.assertEqual(edits.update(one, key, value(n)), at is not None)
                    if what in (1, 2) and at is not None:
                        at[2] = value(n)
                    if what == 3:
                        self.assertEqual(edits.remove_key(one, key), at is not None)
                        rows[:] = [entry for entry in rows if entry[1] != key]
                    if what < 4:
                        continue
                    row = list(one.attributes.rows())[draw.randrange(count)]
                    entries = [entry for entry in rows if entry[0] == row.row]
                    if what == 4:
                        edits.set(row, value(n))
                        for entry in entries:
                            entry[2] = value(n)
                    # Two attributes of one key are another matter.
                    if what == 5 and at is None:
                        edits.rename(row, key)
                        for entry in entries:
                            entry[1] = key
                    if what == 6:
                        edits.remove(row)
                        rows[:] = [entry for entry in rows if entry[0] != row.row]

            after = edit(given, change)
            self.assertEqual(after.span(0).attributes, [(key, of) for _, key, of in rows])


if __name__ == "__main__":
    unittest.main()
