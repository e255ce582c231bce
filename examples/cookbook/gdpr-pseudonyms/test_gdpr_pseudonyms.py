import hashlib
import hmac
import unittest

from gdpr_pseudonyms import SECRET, Pseudonyms
from spansieve_plugin import ConfigError, Value
from spansieve_plugin.testing import Plugin, batch, event, link, resource, scope, span

KEY = "2f1c0d5e8b7a69483726150f4e3d2c1b"


def plugin(config: dict[str, object] | None = None, key: str = KEY) -> Plugin[Pseudonyms]:
    return Plugin(Pseudonyms, {"key_id": "k1", **(config or {})}, {SECRET: key})


def pseudonym(text: str, digits: int = 24) -> str:
    return "pn:k1:" + hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:digits]


class TestPseudonyms(unittest.TestCase):
    def one(self, key: str, value: Value, **config: object) -> Value:
        return plugin(config).run(span("a", attributes={key: value})).span(0)[key]

    def test_a_pseudonym_is_hmac_sha256(self) -> None:
        self.assertEqual(self.one("user.id", "ada"), pseudonym("ada"))
        self.assertEqual(self.one("enduser.id", "ada", digits=64), pseudonym("ada", 64))

    def test_values_of_every_kind(self) -> None:
        self.assertEqual(self.one("user.id", 42), pseudonym("42"))
        self.assertEqual(self.one("user.id", ["ada", "bob"]), [pseudonym("ada"), pseudonym("bob")])
        self.assertEqual(self.one("user.id", {"crm": "ada"}), {"crm": pseudonym("ada")})
        self.assertEqual(self.one("user.id", b"\x01\x02"), pseudonym("0102"))
        self.assertEqual(self.one("user.id", ""), "")
        self.assertIs(self.one("user.id", True), True)
        self.assertIsNone(self.one("user.id", None))

    def test_events_links_nested_values_and_keys_that_come_twice(self) -> None:
        outcome = plugin().run(
            span(
                "a",
                attributes=[("user.id", "ada"), ("user.id", "bob"), ("context", {"session.id": "s1"})],
                events=[event("login", {"user.id": "ada"})],
                links=[link({"session.id": "s0"})],
            )
        )
        after = outcome.span(0)
        self.assertEqual([value for _, value in after.attributes], [pseudonym("ada"), pseudonym("bob"), {"session.id": pseudonym("s1")}])
        self.assertEqual(after.events[0]["user.id"], pseudonym("ada"))
        self.assertEqual(after.links[0]["session.id"], pseudonym("s0"))

    def test_twice_is_once(self) -> None:
        once = plugin().run(span("a", attributes={"user.id": "ada", "client.address": "203.0.113.77"}))
        twice = plugin(key="another secret of thirty-two bytes").run(once.batch)
        self.assertEqual(twice.edits, [])

    def test_addresses_are_truncated(self) -> None:
        for before, after in (
            ("203.0.113.77", "203.0.113.0"),
            ("2001:db8:1234:5678::1", "2001:db8:1234::"),
            ("::ffff:203.0.113.77", "203.0.113.0"),
            ("fe80::1%eth0", "fe80::"),
            ("client-7.example.org", pseudonym("client-7.example.org")),
        ):
            self.assertEqual(self.one("client.address", before), after)
        self.assertEqual(self.one("client.address", "203.0.113.77", ipv4_bits=16), "203.0.0.0")
        self.assertEqual(self.one("client.address", "203.0.113.77", address_mode="pseudonym"), pseudonym("203.0.113.77"))

    def test_exempt_spans_stay_with_their_events(self) -> None:
        exemptions = [{"basis": "fraud", "service": "fraud", "attribute": "case.open", "values": ["yes"]}]
        given = batch(
            span("a", attributes={"user.id": "ada", "case.open": "yes"}, events=[event("e", {"user.id": "ada"})]),
            span("b", attributes={"user.id": "ada", "case.open": "no"}),
            scopes=[scope("s")],
            resources=[resource({"service.name": "fraud"})],
        )
        tested = plugin({"exemptions": exemptions})
        after = tested.run(given)
        self.assertEqual((after.span(0)["user.id"], after.span(0).events[0]["user.id"]), ("ada", "ada"))
        self.assertEqual(after.span(1)["user.id"], pseudonym("ada"))
        self.assertEqual(tested.counters, {"pseudonyms": 1, "exempt_spans": 1})
        given.resources[0].attributes = [("service.name", "shop")]
        self.assertEqual(plugin({"exemptions": exemptions}).run(given).span(0)["user.id"], pseudonym("ada"))

    def test_a_changed_secret_under_the_same_id_is_noticed(self) -> None:
        state = plugin().save()
        plugin().restore(state)
        plugin({"key_id": "k2"}, "another secret of thirty-two bytes").restore(state)
        with self.assertRaisesRegex(ValueError, "key_id is still k1"):
            plugin(key="another secret of thirty-two bytes").restore(state)

    def test_what_is_refused(self) -> None:
        with self.assertRaisesRegex(ConfigError, "there is no secret"):
            Plugin(Pseudonyms, {"key_id": "k1"})
        refused: list[tuple[str, dict[str, object], str]] = [
            ("has 31 bytes, expected at least 32", {}, KEY[:31]),
            ("repeats a few characters", {}, "abcd" * 8),
            ("^key_id: expected up to 32", {"key_id": "K 1"}, KEY),
            ("^digits: expected 16 to 64, found 8", {"digits": 8}, KEY),
            (r"^exemptions\[0\]: expected a service", {"exemptions": [{"basis": "b"}]}, KEY),
            (r"^exemptions\[0\].basis: expected a reason", {"exemptions": [{"basis": " ", "service": "s"}]}, KEY),
        ]
        for message, config, key in refused:
            with self.assertRaisesRegex(ConfigError, message) as raised:
                plugin(config, key)
            self.assertNotIn(KEY[:8], str(raised.exception))


if __name__ == "__main__":
    unittest.main()
