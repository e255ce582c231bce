"""Configuration: schema and errors."""

import enum
import json
import unittest
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from spansieve_plugin import ConfigError, Doc
from spansieve_plugin.config import parse
from spansieve_plugin.schema import SchemaError, schema


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Step:
    key: str
    times: int = 1

    def __post_init__(self) -> None:
        if self.times < 0:
            raise ConfigError("times", "expected a number from 0")


@dataclass
class Config:
    """What the policy does."""

    steps: list[Step] = field(default_factory=list)
    """What to do,
    in order."""
    ratio: Annotated[float, Doc("How many.")] = 0.5
    with_: dict[str, bool] = field(default_factory=dict, metadata={"description": "Switches."})
    choice: Literal["one", "two"] = "one"
    colour: Colour = Colour.RED
    note: str | None = None
    either: int | str = 0
    anything: Any = None


@dataclass
class Node:
    below: "list[Node]"


class Decoding(unittest.TestCase):
    def error(self, text: str, of: Any = Config) -> str:
        with self.assertRaises(ConfigError) as raised:
            parse(of, text)
        return str(raised.exception)

    def test_a_configuration_becomes_the_dataclass(self) -> None:
        text = '{"steps": [{"key": "a", "times": 2.0}], "ratio": 1, "with": {"x": true}, "choice": "two", "colour": "blue", "either": "s", "anything": [1]}'
        self.assertEqual(parse(Config, text), Config([Step("a", 2)], 1.0, {"x": True}, "two", Colour.BLUE, None, "s", [1]))
        self.assertIs(type(parse(Config, text).steps[0].times), int)

    def test_no_configuration_counts_as_an_empty_one(self) -> None:
        self.assertEqual(parse(Config, "null"), Config())
        self.assertIsNone(parse(None, "null"))
        self.assertIsNone(parse(None, "{}"))
        self.assertEqual(parse(list[str], "[]"), [])

    def test_errors_name_the_path_and_what_was_expected(self) -> None:
        for text, message in {
            '{"steps": [{"key": "a"}, {"key": 3}]}': "steps[1].key: expected a string, found 3",
            '{"steps": [{"kee": "a"}]}': 'steps[0].kee: there is no such key; expected "key" or "times"',
            '{"steps": [{}]}': 'steps[0]: the key "key" is missing',
            '{"steps": {}}': "steps: expected a list, found {}",
            '{"steps": [{"key": "a", "times": -1}]}': "steps[0].times: expected a number from 0",
            '{"steps": [{"key": "a", "times": true}]}': "steps[0].times: expected a whole number, found true",
            '{"steps": [{"key": "a", "times": 1.5}]}': "steps[0].times: expected a whole number, found 1.5",
            '{"ratio": "x"}': 'ratio: expected a number, found "x"',
            '{"with": {"x": 1}}': "with.x: expected true or false, found 1",
            '{"choice": "three"}': 'choice: expected "one" or "two", found "three"',
            '{"colour": 1}': 'colour: expected "red" or "blue", found 1',
            '{"note": 1}': "note: expected a string, found 1",
            "3": "expected an object, found 3",
            "{": "not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        }.items():
            self.assertEqual(self.error(text), message)
        self.assertEqual(self.error('{"a": 1}', None), 'the policy takes no configuration, found {"a": 1}')
        self.assertEqual(self.error("[" * 100_000), "nested too deep")

    def test_an_error_tells_its_path(self) -> None:
        error = ConfigError("a.b", "expected x")
        self.assertEqual((error.path, error.message, str(error), str(ConfigError("", "no"))), ("a.b", "expected x", "a.b: expected x", "no"))


class Schemas(unittest.TestCase):
    def test_the_schema_says_everything_that_the_dataclass_says(self) -> None:
        self.assertEqual(
            json.loads(schema(Config)),
            {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "description": "What the policy does.",
                "type": "object",
                "properties": {
                    "steps": {"description": "What to do,\nin order.", "type": "array", "items": {"$ref": "#/$defs/Step"}, "default": []},
                    "ratio": {"description": "How many.", "type": "number", "default": 0.5},
                    "with": {"description": "Switches.", "type": "object", "additionalProperties": {"type": "boolean"}, "default": {}},
                    "choice": {"enum": ["one", "two"], "default": "one"},
                    "colour": {"enum": ["red", "blue"], "default": "red"},
                    "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                    "either": {"anyOf": [{"type": "integer"}, {"type": "string"}], "default": 0},
                    "anything": {},
                },
                "additionalProperties": False,
                "$defs": {
                    "Step": {
                        "type": "object",
                        "properties": {"key": {"type": "string"}, "times": {"type": "integer", "default": 1}},
                        "additionalProperties": False,
                        "required": ["key"],
                    }
                },
            },
        )

    def test_a_type_may_stand_in_itself(self) -> None:
        out = json.loads(schema(Node))
        self.assertEqual(out["properties"]["below"]["items"], {"$ref": "#/$defs/Node"})
        self.assertIn("Node", out["$defs"])
        self.assertEqual(parse(Node, '{"below": [{"below": []}]}'), Node([Node([])]))

    def test_two_types_of_one_name_are_told_apart(self) -> None:
        def other() -> Any:
            @dataclass
            class Config:
                deep: int

            return Config

        @dataclass
        class Outer:
            a: Config
            b: other() | None = None  # type: ignore[valid-type]

        out = json.loads(schema(Outer))
        self.assertEqual((list(out["$defs"]), out["properties"]["b"]["anyOf"][0]), (["Config", "Step", "Config2"], {"$ref": "#/$defs/Config2"}))

    def test_no_configuration_has_no_schema(self) -> None:
        self.assertEqual(schema(None), "")

    def test_a_type_that_json_does_not_have_is_refused_by_name(self) -> None:
        @dataclass
        class Wrong:
            when: bytes

        with self.assertRaisesRegex(SchemaError, "Wrong.when cannot be of type bytes: use a dataclass"):
            schema(Wrong)


if __name__ == "__main__":
    unittest.main()
