"""The test vectors of `wit/vectors`, read through this SDK's views: they have to say what the text beside each says."""

import json
import unittest
from pathlib import Path

from spansieve_plugin import Attributes, Batch, Setup
from spansieve_plugin.layout import EDITS, Blob, Column, numbers, write
from spansieve_plugin.testing import apply, decode, encode

VECTORS = Path(__file__).parents[4] / "wit" / "vectors"
BATCHES = ["empty", "every-field", "nested", "traces", "resource", "before-edits"]


def blob(name: str) -> bytes:
    return bytes.fromhex((VECTORS / f"{name}.hex").read_text())


def meaning_of(name: str) -> str:
    return (VECTORS / f"{name}.txt").read_text().partition("\nmeaning\n")[2]


class Vectors(unittest.TestCase):
    maxDiff = None

    def test_every_vector_is_looked_at(self) -> None:
        self.assertEqual(sorted(file.stem for file in VECTORS.glob("*.hex")), sorted([*BATCHES, "edits"]))

    def test_every_batch_says_what_its_text_says(self) -> None:
        for name in BATCHES:
            with self.subTest(name):
                self.assertEqual(meaning(Batch(blob(name))), meaning_of(name))

    def test_a_batch_that_is_decoded_and_encoded_says_the_same(self) -> None:
        for name in BATCHES:
            with self.subTest(name):
                again = encode(decode(blob(name)))
                self.assertEqual(meaning(Batch(again)), meaning_of(name))
                self.assertEqual(encode(decode(again)), again)

    def test_a_blob_that_is_written_again_has_the_same_header_and_columns(self) -> None:
        for name in [*BATCHES, "edits"]:
            with self.subTest(name):
                data = blob(name)
                read = Blob(data, data[:4])
                columns = [(column, read.raw(column)) for column in Column if column in read]
                written = write(
                    data[:4], columns, flags=read.flags, spans=read.spans, now=read.now, head_probability=read.head_probability
                )  # fmt: skip
                again = Blob(written, data[:4])
                # Numbers of columns and bytes aside: a writer may leave room.
                self.assertEqual((written[:12], written[20:48]), (data[:12], data[20:48]))
                self.assertEqual([(column, again.raw(column)) for column in Column if column in again], columns)

    def test_header_and_declared_keys_say_what_the_text_says(self) -> None:
        setup = Setup()
        email, absent = setup.key("user.email"), setup.key("absent")
        batch = Batch(blob("every-field"), setup)
        self.assertEqual((batch.now, batch.head_probability, batch.is_ascii, len(batch)), (1767225600005000000, 0.25, False, 1))
        span = batch.span(0)
        self.assertEqual((span[email], email in span, span[absent], absent in span), ("ada@example.org", True, None, False))
        self.assertEqual(batch.values(email), ["ada@example.org"])
        self.assertIn("named by nothing", batch.texts())

    def test_the_edits_mean_what_their_text_says(self) -> None:
        after, edits = apply(blob("before-edits"), blob("edits"))
        model = decode(after)
        for index in sorted((edit[1] for edit in edits if edit[0] == "drop"), reverse=True):
            del model.spans[index]
        self.assertEqual(meaning(Batch(encode(model))), meaning_of("edits"))

    def test_edits_read_column_by_column_are_the_vector(self) -> None:
        read = Blob(blob("edits"), EDITS)
        self.assertEqual(list(read.elements(Column.ADD_GROUP)), [2, 10, 10, 11, 5, 2])
        self.assertEqual(numbers("I", read.elements(Column.SET_ROW)), read.raw(Column.SET_ROW))


def meaning(batch: Batch) -> str:
    """What the batch says, in the words of the vectors."""
    out: list[str] = []
    for resource in batch.resources():
        out.append(f"  resource {resource.index}: schema-url {text(resource.schema_url)}, dropped {resource.dropped}")
        out += lines("    ", resource.attributes)
    for scope in batch.scopes():
        out.append(
            f"  scope {scope.index}: resource {scope.resource.index}, name {text(scope.name)}, version {text(scope.version)}, "
            f"schema-url {text(scope.schema_url)}, dropped {scope.dropped}"
        )
        out += lines("    ", scope.attributes)
    for span in batch.spans():
        parent = span.parent_id or bytes(8)
        out += (
            f"  span {span.index}: trace 0x{span.trace_id.hex()}, id 0x{span.id.hex()}, parent 0x{parent.hex()}, start {span.start}, end {span.end},",
            f"    name {text(span.name)}, kind {int(span.kind)}, status {int(span.status)}, message {text(span.message)}, "
            f"tracestate {text(span.tracestate)},",
            f"    flags {span.flags:#x}, scope {span.scope.index}, dropped {list(span.dropped)}",
        )
        out += lines("    ", span.attributes)
        for event in span.events:
            out.append(f"    event: name {text(event.name)}, time {event.time}, dropped {event.dropped}")
            out += lines("      ", event.attributes)
        for link in span.links:
            out.append(
                f"    link: trace 0x{link.trace_id.hex()}, id 0x{link.span_id.hex()}, tracestate {text(link.tracestate)}, "
                f"flags {link.flags:#x}, dropped {link.dropped}"
            )
            out += lines("      ", link.attributes)
    for trace in batch.traces():
        out.append(f"  trace {trace.index}: {len(trace)} spans, reason {int(trace.reason)}")
    return "".join(line + "\n" for line in out)


def lines(indent: str, attributes: Attributes) -> list[str]:
    return [f"{indent}{text(row.key)} = {value(row.value)}" for row in attributes.rows()]


def text(of: str | None) -> str:
    return json.dumps(of or "", ensure_ascii=False)


def value(of: object) -> str:
    match of:
        case bytes():
            return "0x" + of.hex()
        case list():
            return "[" + ", ".join(map(value, of)) + "]"
        case dict():
            return "{" + ", ".join(f"{text(key)}: {value(item)}" for key, item in of.items()) + "}"
        case float() if of != of:
            return "NaN"
    return json.dumps(of, ensure_ascii=False)


if __name__ == "__main__":
    unittest.main()
