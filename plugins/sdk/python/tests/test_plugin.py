"""How a policy is run, and what is said when something is wrong with it."""

import random
import time
import unittest
from dataclasses import dataclass

from spansieve_plugin import Batch, ConfigError, Edits, NotInASandbox, Policy, Setup, count, log, table
from spansieve_plugin.guest import Instance, failure, refusal
from spansieve_plugin.inspect_policy import BuildError
from spansieve_plugin.testing import Plugin, batch, encode, span


@dataclass
class Config:
    do: str = ""


class Curious(Policy[Config]):
    """Asks for names only, and does whatever its configuration says."""

    name = "curious"
    about = "Reads"

    def configure(self, config: Config, setup: Setup) -> None:
        if config.do == "wrong":
            raise ConfigError("do", "expected something else")
        if config.do == "bug":
            raise KeyError("x")
        self.do, self.seen, self.table = config.do, 0, table("owners")
        self.route = setup.key("http.route")
        setup.read("name")

    def process(self, batch: Batch, edits: Edits) -> None:
        for one in batch.spans():
            self.seen += 1
            count("seen")
            log.info(f"{one.name} {self.route in one}")
            if self.do == "status":
                one.status
            if self.do == "time":
                time.time()
            if self.do == "random":
                random.choice([1, 2])
            if self.do == "seeded":
                random.Random(one.index).choice([1, 2])
            if self.do == "add":
                edits.add(one, "k", 1)

    def save(self) -> bytes:
        return b"%d" % self.seen

    def restore(self, state: bytes) -> None:
        self.seen = int(state)


class Running(unittest.TestCase):
    def test_a_policy_gets_what_it_asked_for(self) -> None:
        plugin = Plugin(Curious, tables={"owners": "x"})
        after = plugin.run([span("a", attributes={"http.route": "/"}), span("b")])
        self.assertEqual((after.blob, after.edits, plugin.policy.table), (b"", [], b"x"))
        self.assertEqual((plugin.log, plugin.counters), ([("info", "a True"), ("info", "b False")], {"seen": 2}))
        self.assertEqual((plugin.save(), plugin.setup.columns[-1]), (b"2", 25))
        plugin.restore(b"7")
        self.assertEqual(plugin.policy.seen, 7)
        self.assertRaises(ValueError, plugin.restore, b"x")

    def test_what_was_not_asked_for_is_missing(self) -> None:
        for do, ask in (("status", "status"), ("add", "attributes")):
            with self.assertRaisesRegex(RuntimeError, f'setup.read\\("{ask}"\\)'):
                Plugin(Curious, {"do": do}).run(span("a"))

    def test_a_policy_has_neither_clock_nor_chance(self) -> None:
        for do, said in (("time", "no clock: time.time\\(\\) was called"), ("random", "no random numbers: random.choice\\(\\)")):
            with self.assertRaisesRegex(NotInASandbox, said):
                Plugin(Curious, {"do": do}).run(span("a"))
        Plugin(Curious, {"do": "seeded"}).run(span("a"))
        self.assertGreater(time.time() + random.random(), 0)

    def test_a_wrong_configuration_is_an_error_with_its_place(self) -> None:
        with self.assertRaisesRegex(ConfigError, "^do: expected something else$"):
            Plugin(Curious, {"do": "wrong"})
        with self.assertRaisesRegex(ConfigError, "^do: expected a string, found 1$"):
            Plugin(Curious, {"do": 1})

    def test_a_blob_that_is_none_is_refused(self) -> None:
        plugin, blob = Plugin(Curious), encode(batch(span("a")))
        with self.assertRaisesRegex(ValueError, "header says"):
            plugin.process(blob[:-1])
        with self.assertRaisesRegex(RuntimeError, "Curious was called before `configure` had succeeded"):
            Instance(Curious).process(blob)

    def test_the_operator_reads_a_message_or_the_place_of_a_bug(self) -> None:
        def refused(do: str) -> str:
            try:
                Instance(Curious).configure(f'{{"do": "{do}"}}')
            except Exception as error:
                return refusal(error)
            return ""

        self.assertEqual(refused("wrong"), "do: expected something else")
        self.assertRegex(refused("bug"), r"^(tests/)?test_plugin\.py:\d+: KeyError: 'x'$")

    def test_a_failure_is_placed_in_the_authors_source_and_not_in_this_sdk(self) -> None:
        try:
            Instance(Curious).configure('{"do": "status"}')
            plugin = Instance(Curious)
            setup = plugin.configure('{"do": "status"}')
            plugin.process(encode(batch(span("a")), setup))
        except Exception as error:
            self.assertRegex(failure(error), r"test_plugin\.py:\d+: MissingPart: the policy reads span status")


class Forgotten(unittest.TestCase):
    def test_what_a_policy_lacks_is_named_with_its_place(self) -> None:
        class NoName(Policy[None]):
            about = "x"

        class NoProcess(Policy[None]):
            name, about = "no-process", "x"

        class BadName(Policy[None]):
            name, about = "Bad Name", "x"

        class WrongArguments(Policy[None]):
            name, about = "wrong", "x"

            def process(self, batch):  # type: ignore
                pass

        class NeedsArguments(Policy[None]):
            name, about = "needs", "x"

            def __init__(self, x: int) -> None:
                pass

            def process(self, batch: Batch, edits: Edits) -> None:
                pass

        class Async(Policy[None]):
            name, about = "async", "x"

            async def process(self, batch: Batch, edits: Edits) -> None:  # type: ignore[override]
                pass

        for policy, said in (
            (NoName, r"test_plugin.py:\d+: NoName lacks 'name': name = \"failed-requests\""),
            (NoProcess, r"NoProcess has no method `def process\(self, batch: Batch, edits: Edits\) -> None`"),
            (BadName, "the name 'Bad Name' is not in kebab-case"),
            (WrongArguments, r"process takes \(self, batch, edits\), not \(self, batch\)"),
            (NeedsArguments, "the host makes NeedsArguments without arguments: missing a required argument: 'x'"),
            (Async, "process cannot be async"),
        ):
            with self.subTest(policy.__name__), self.assertRaisesRegex(BuildError, said):
                Plugin(policy)

    def test_answers_of_the_wrong_type_are_named(self) -> None:
        class Wrong(Policy[None]):
            name, about = "wrong", "x"

            def process(self, batch: Batch, edits: Edits) -> None:
                return [batch]  # type: ignore[return-value]

            def save(self) -> bytes:
                return "text"  # type: ignore[return-value]

        plugin = Plugin(Wrong)
        with self.assertRaisesRegex(TypeError, "Wrong.process answers with .*: edits are taken down with the methods of `edits`"):
            plugin.run(span("a"))
        with self.assertRaisesRegex(TypeError, "Wrong.save answers with 'text': a state is bytes"):
            plugin.save()


if __name__ == "__main__":
    unittest.main()
