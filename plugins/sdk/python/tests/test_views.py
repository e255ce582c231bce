"""Views over a batch."""

import math
import unittest

from spansieve_plugin import Batch, Kind, MissingPart, Setup, SpanKind, Status, TraceReason
from spansieve_plugin.layout import Column, LayoutError
from spansieve_plugin.testing import batch, encode, event, link, resource, scope, span, trace


def view(*spans: object, **rest: object) -> Batch:
    return Batch(encode(batch(*spans, **rest)))  # type: ignore[arg-type]


class Views(unittest.TestCase):
    def test_a_span_shows_every_field(self) -> None:
        given = span(
            "GET", kind=SpanKind.SERVER, status=Status.ERROR, message="no", tracestate="a=b", parent_id=b"\7" * 8, remote=True, sampled=False,
            duration=20, dropped=(1, 2, 3), attributes={"k": 1}, events=[event("e", {"x": True}, time=5)], links=[link({"l": 1}, tracestate="c=d")],
        )  # fmt: skip
        seen = view(given, scopes=[scope("lib", "2", {"s": 1})], resources=[resource({"host": "h"}, schema_url="u")], now=9, head_probability=0.5)
        self.assertEqual((seen.now, seen.head_probability, len(seen), seen.is_ascii), (9, 0.5, 1, True))
        one = seen.span(0)
        self.assertEqual((one.name, one.kind, one.status, one.message, one.tracestate), ("GET", SpanKind.SERVER, Status.ERROR, "no", "a=b"))
        self.assertEqual((one.parent_id, one.duration, one.dropped), (b"\7" * 8, 20, (1, 2, 3)))
        self.assertTrue(one.is_local_root and one.has_remote_parent and not one.is_sampled)
        self.assertEqual((str(one.kind), f"{one.status}", repr(one.attributes)), ("server", "error", "{'k': 1}"))
        self.assertEqual([(e.name, e.time, dict(e.attributes)) for e in one.events], [("e", 5, {"x": True})])
        self.assertEqual([(k.tracestate, k.span_id, dict(k.attributes)) for k in one.links], [("c=d", b"span-id2", {"l": 1})])
        self.assertEqual((one.scope.name, one.scope.version, one.scope.schema_url), ("lib", "2", None))
        self.assertEqual((one.resource.schema_url, one.resource.attributes["host"]), ("u", "h"))

    def test_a_local_root_has_no_parent_or_a_remote_one(self) -> None:
        seen = view(span("root"), span("child", parent_id=b"\1" * 8), span("afar", parent_id=b"\1" * 8, remote=True))
        self.assertEqual([one.is_local_root for one in seen.spans()], [True, False, True])

    def test_attributes_are_found_by_slot_and_by_key(self) -> None:
        setup = Setup()
        slot, absent, empty = setup.key("k"), setup.key("absent"), setup.key("empty")
        self.assertIs(setup.key("k"), slot)
        given = batch(span("a", attributes=[("x", 1), ("k", "é"), ("k", 2), ("empty", None)]), span("b", attributes={"k": 5}))
        seen = Batch(encode(given, setup), setup)
        a = seen.span(0)
        self.assertEqual((a[slot], a["k"], a[absent], a["absent"], a.get(absent, 3), a.get("k")), ("é", "é", None, None, 3, "é"))
        self.assertEqual((slot in a, "k" in a, absent in a, "absent" in a, empty in a, a[empty]), (True, True, False, False, True, None))
        self.assertEqual((seen.values(slot), seen.values(absent)), (["é", 5], [None, None]))
        self.assertEqual([one[slot] for one in seen.spans()], ["é", 5])
        self.assertEqual(repr(a.attribute("k")), "k='é'")
        self.assertEqual(([row.key for row in a.attributes.rows()], len(a.attributes)), (["x", "k", "k", "empty"], 4))
        self.assertRaises(KeyError, lambda: a.attributes["absent"])
        with self.assertRaisesRegex(TypeError, "a slot that this policy declared or by a string, not by 3"):
            a[3]  # type: ignore[index]

    def test_spans_are_found_by_the_text_of_an_attribute(self) -> None:
        values: list[object] = ["a", "é", "ab", 1, 2, True, None, 0.5, b"a", ["a"], {"k": "a"}, "a", "", "b"]
        given = batch(*(span(f"{n}", attributes={"x": "a", "k": value, "last": "é"}) for n, value in enumerate(values)), span("none"))
        setup = Setup()
        slot = setup.key("k")
        blob = encode(given, setup)
        # Texts put in another order, so that one that is looked for comes first; and ints by the dozen, more than there are texts.
        first = encode(batch(*given.spans, loose_texts=["x"]), setup)
        many = encode(batch(*given.spans, span("many", attributes={"i": list(range(99))})), setup)
        for one in (blob, first, many):
            seen = Batch(one, setup)
            for wanted in (["a"], ["é"], [""], ["a", "b"], ["x"], ["c"], []):
                self.assertEqual(
                    [s.index for s in seen.spans_where(slot, *wanted)], [n for n, v in enumerate(values) if v in wanted and isinstance(v, str)]
                )
        only = batch(span("k", attributes={"k": "k"}), span("b"))
        seen = Batch(encode(only, setup), setup)
        self.assertEqual([s.index for s in seen.spans_where(slot, "k")], [0])
        bare = Batch(encode(batch(span("b")), setup), setup)
        self.assertEqual(list(bare.spans_where(slot, "k")), [])

    def test_values_are_those_of_python(self) -> None:
        values = {
            "s": "t",
            "t": True,
            "f": False,
            "i": -(2**63),
            "j": 2**63 - 1,
            "d": -0.0,
            "b": b"\xff\0",
            "n": None,
            "l": [1, ["x"], {}],
            "m": {"a": {"": []}},
        }
        seen = dict(view(span("a", attributes=values)).span(0).attributes)
        self.assertEqual(repr(seen), repr(values))
        self.assertTrue(math.isnan(view(span("a", attributes={"d": math.nan})).span(0)["d"]))  # type: ignore[arg-type]

    def test_nested_values_can_be_gone_through_row_by_row(self) -> None:
        seen = view(span("a", attributes={"m": {"a": [1, 2]}}))
        row = seen.span(0).attribute("m")
        assert row is not None
        self.assertEqual((row.kind, row.elements["a"]), (Kind.MAP, [1, 2]))
        inner = row.elements.row("a")
        assert inner is not None
        self.assertEqual([(one.has_key, one.value) for one in inner.elements.rows()], [(False, 1), (False, 2)])
        self.assertEqual(len(list(seen.rows())), 4)
        with self.assertRaisesRegex(TypeError, "neither an array nor a map"):
            next(inner.elements.rows()).elements

    def test_the_same_object_goes_from_span_to_span(self) -> None:
        seen = view(span("a"), span("b"))
        self.assertEqual([one.name for one in list(seen.spans())], ["b", "b"])
        self.assertEqual([one.name for one in [one.copy() for one in seen.spans()]], ["a", "b"])
        self.assertEqual([(a.name, b.name) for a in seen.spans() for b in seen.spans()], [("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")])
        self.assertRaises(IndexError, seen.span, 2)

    def test_traces_are_there_only_where_the_host_groups(self) -> None:
        self.assertEqual(list(view(span("a")).traces()), [])
        seen = view(trace(span("a"), span("b"), trace_id=b"1" * 16), trace(span("c"), reason=TraceReason.LATE))
        self.assertEqual([(len(one), str(one.reason), [s.name for s in one.spans()]) for one in seen.traces()],
                         [(2, "root-ended", ["a", "b"]), (1, "late", ["c"])])  # fmt: skip

    def test_texts_are_found_whole(self) -> None:
        seen = view(span("secret", attributes={"k": "secret!", "l": ["no secret", "secret"]}), loose_texts=["", "é"])
        self.assertEqual([seen.texts()[index] for index in seen.find_text("secret")], ["secret"])
        self.assertEqual((len(seen.find_text("é")), len(seen.find_text("")), seen.find_text("ecret")), (1, 1, []))
        first = view(loose_texts=["", "a"])
        self.assertEqual((first.texts()[:2], first.find_text("a")), (["test", ""], [2]))

    def test_a_batch_may_have_a_resource_and_no_spans(self) -> None:
        seen = view(resources=[resource({"a": 1})])
        self.assertEqual((len(seen), bool(seen), list(seen.spans()), [dict(r.attributes) for r in seen.resources()]), (0, True, [], [{"a": 1}]))


class Parts(unittest.TestCase):
    def test_what_was_not_asked_for_is_an_error_that_says_what_to_ask_for(self) -> None:
        setup = Setup()
        setup.read("name")
        one = Batch(encode(batch(span("a", attributes={"k": 1})), setup), setup).span(0)
        self.assertEqual(one.name, "a")
        for read, ask in {
            "status": 'setup.read("status")', "kind": 'setup.read("kind")', "id": 'setup.read("ids")', "start": 'setup.read("times")',
            "attributes": 'setup.read("attributes")', "events": 'setup.read("events")', "links": 'setup.read("links")',
            "scope": 'setup.read("scope")', "flags": 'setup.read("flags")', "dropped": 'setup.read("dropped")',
        }.items():  # fmt: skip
            with self.subTest(read), self.assertRaises(MissingPart) as raised:
                getattr(one, read)
            self.assertIn(ask, str(raised.exception))
        with self.assertRaisesRegex(MissingPart, "attributes"):
            one["k"]

    def test_parts_are_columns(self) -> None:
        def columns(*parts: str, keys: int = 0) -> list[int]:
            setup = Setup()
            setup.read(*parts)  # type: ignore[arg-type]
            for key in range(keys):
                setup.key(str(key))
            return setup.columns

        rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
        self.assertEqual(Setup().columns, [])
        self.assertEqual(columns(), [2, 3, 4, 6, 11])
        self.assertEqual(columns(keys=1), [1, 2, 3, 4, 5, 6, 9, 10, 11, 12])
        self.assertEqual(columns("status"), [1, 2, 3, 4, 6, 11, 27, 28])
        self.assertEqual(columns("events"), [*rows, 33, 40, 41, 42, 43])
        self.assertEqual(columns("scope"), [*rows, 31, 60, 61, 62, 63, 64, 65])
        with self.assertRaisesRegex(ValueError, "there is no part 'atributes'; the parts are \"ids\""):
            columns("atributes")


class HostileBlobs(unittest.TestCase):
    def test_what_is_no_blob_is_refused(self) -> None:
        good = encode(batch(span("a", attributes={"k": 1})))
        for what, bad in {
            "its header alone has 48": good[:47], "expected the magic": b"SSVE" + good[4:], "layout version 9": good[:4] + b"\x09" + good[5:],
            "header says": good[:-1], "does not fit": good[:12] + b"\xff\xff\xff\x7f" + good[16:], "is not greater": good[:60] + good[48:60] + good[72:],
            "does not lie on a multiple of 8": good[:52] + b"\x01" + good[53:],
        }.items():  # fmt: skip
            with self.subTest(what), self.assertRaisesRegex(LayoutError, what):
                Batch(bad)

    def test_a_cut_or_changed_blob_is_an_exception_and_never_worse(self) -> None:
        good = bytearray(encode(batch(span("a", attributes={"k": ["v", 1]}, events=[event("e")]), span("b"))))
        for at in range(len(good)):
            bad = bytearray(good)
            bad[at] ^= 0x55
            try:
                seen = Batch(bytes(bad))
                for one in seen.spans():
                    repr((one.name, one.status, one.kind, one.attributes, one.events, one.scope.name, one.resource.attributes))
            except (ValueError, IndexError, RecursionError):
                pass
            self.assertRaises(LayoutError, Batch, bytes(good[:at]))

    def test_a_column_of_another_length_than_the_batch_is_refused(self) -> None:
        good = bytearray(encode(batch(span("a"), span("b"))))
        good[20] = 3
        with self.assertRaisesRegex(ValueError, "column span-status has 2 elements for 3 spans"):
            Batch(bytes(good)).span(0).status

    def test_raw_columns_are_there_for_who_wants_them(self) -> None:
        seen = view(span("a", status=Status.ERROR), span("b"))
        self.assertEqual((seen.column(Column.SPAN_STATUS), list(seen.column(Column.SPAN_ATTRIBUTES))), (b"\2\0", [0, 1]))


if __name__ == "__main__":
    unittest.main()
