import unittest

from spansieve_plugin import ConfigError, Status
from spansieve_plugin.testing import Plugin, span
from {{name_snake}} import {{Name}}


class Test{{Name}}(unittest.TestCase):
    def test_failed_requests_get_the_team(self) -> None:
        plugin = Plugin({{Name}}, {"team": "payments"})
        after = plugin.run(
            [
                span("GET /cart", status=Status.ERROR, attributes={"http.route": "/cart"}),
                span("GET /cart", attributes={"http.route": "/cart"}),
                span("SELECT", status=Status.ERROR),
            ]
        )
        self.assertEqual(after.span(0)["team"], "payments")
        self.assertNotIn("team", after.span(1))
        self.assertNotIn("team", after.span(2))

    def test_the_team_has_to_be_named(self) -> None:
        with self.assertRaisesRegex(ConfigError, 'the key "team" is missing'):
            Plugin({{Name}})


if __name__ == "__main__":
    unittest.main()
