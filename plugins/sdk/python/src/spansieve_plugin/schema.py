"""The JSON Schema (2020-12) of a configuration's dataclass. Made where the policy is built, not in the component."""

from __future__ import annotations

import ast
import dataclasses
import enum
import inspect
import json
import textwrap
import types
from typing import Any, Literal, Union, get_args, get_origin

from .config import as_json, fields, unwrap


class SchemaError(TypeError):
    """A type that a configuration cannot have."""


def schema(of: Any) -> str:
    """The schema of a configuration type as JSON text; empty for `None`.

    Descriptions come from `Annotated[..., Doc("...")]`, from `field(metadata={"description": "..."})`, or from a string that stands below the
    field. That of a dataclass is its docstring.
    """
    if of is None:
        return ""
    definitions: dict[Any, dict[str, Any]] = {}
    root = _schema(of, definitions, "the configuration")
    # The root's own definition is needed only where it refers to itself.
    inner = {_name(kind, definitions): definition for kind, definition in definitions.items()}
    if "$ref" in root:
        name = _name(unwrap(of)[0], definitions)
        root = inner[name]
        if f'"#/$defs/{name}"' not in json.dumps(inner):
            del inner[name]
    out = {"$schema": "https://json-schema.org/draft/2020-12/schema", **root}
    if inner:
        out["$defs"] = inner
    return json.dumps(out, ensure_ascii=False)


def _name(of: type, definitions: dict[Any, dict[str, Any]]) -> str:
    """What a dataclass is called in the schema; of several with one name those after the first have a number."""
    same = [kind for kind in definitions if kind.__name__ == of.__name__]
    number = same.index(of) + 1
    return of.__name__ if number == 1 else f"{of.__name__}{number}"


def _schema(of: Any, definitions: dict[Any, dict[str, Any]], where: str) -> dict[str, Any]:
    of, _ = unwrap(of)
    origin, arguments = get_origin(of), get_args(of)

    def inner(branch: Any) -> dict[str, Any]:
        return _schema(branch, definitions, where)

    if of in _PLAIN:
        return {"type": _PLAIN[of]}
    if of is Any:
        return {}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": inner(arguments[0])}
    if origin is dict and unwrap(arguments[0])[0] is str:
        return {"type": "object", "additionalProperties": inner(arguments[1])}
    if origin in (Union, types.UnionType):
        return {"anyOf": [inner(branch) for branch in arguments]}
    if isinstance(of, type) and issubclass(of, enum.Enum):
        return {"enum": [member.value for member in of]}
    if isinstance(of, type) and dataclasses.is_dataclass(of):
        if of not in definitions:
            # Known before it is gone into: it may stand in itself.
            definitions[of] = {}
            definitions[of] = _dataclass(of, definitions)
        return {"$ref": f"#/$defs/{_name(of, definitions)}"}
    raise SchemaError(
        f"{where} cannot be of type {getattr(of, '__name__', of)}: use a dataclass, str, int, float, bool, list[...], dict[str, ...], Literal[...], "
        "an Enum, or X | None"
    )


def _dataclass(of: type, definitions: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    below = _strings_below_fields(of)
    properties = {}
    for field in fields(of):
        property_ = _schema(field.type, definitions, f"{of.__name__}.{field.name}")
        if description := field.description or below.get(field.name, ""):
            property_ = {"description": description, **property_}
        if not field.required and field.default is not None:
            property_["default"] = as_json(field.default)
        properties[field.key] = property_
    out: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    # A dataclass that has no docstring is given one that shows its signature.
    if of.__doc__ and not of.__doc__.startswith(f"{of.__name__}("):
        out = {"description": inspect.cleandoc(of.__doc__), **out}
    if required := [field.key for field in fields(of) if field.required]:
        out["required"] = required
    return out


def _strings_below_fields(of: type) -> dict[str, str]:
    """Field names and the strings that stand right below them, as many tools take them for documentation."""
    try:
        body = ast.parse(textwrap.dedent(inspect.getsource(of))).body[0]
    except (OSError, TypeError, SyntaxError, IndexError):
        return {}
    out: dict[str, str] = {}
    if isinstance(body, ast.ClassDef):
        for field, below in zip(body.body, body.body[1:]):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(below, ast.Expr)
                and isinstance(below.value, ast.Constant)
                and isinstance(below.value.value, str)
            ):
                out[field.target.id] = inspect.cleandoc(below.value.value)
    return out


_PLAIN: dict[Any, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
    None: "null",
}
