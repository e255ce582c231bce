"""Configuration: from JSON text to the policy's own types, with errors that say where.

A configuration is a dataclass. Its fields may be `str`, `int`, `float`, `bool`, `list[...]`, `dict[str, ...]`, `Literal[...]`, `X | None`, an `Enum` of
strings, other dataclasses, and `Any`. A field without a default is required. A name that is a Python keyword is written with an underscore
behind it: `with_` is the key `with`.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import json
import keyword
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal, Union, get_args, get_origin


class Doc:
    """A description, for the schema: `key: Annotated[str, Doc("Where to look")]`."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class ConfigError(ValueError):
    """Why a configuration cannot be used: where in it, and what was expected.

    `ConfigError("actions[2].key", "expected a key")` reads `actions[2].key: expected a key`. The path is empty for the whole.
    """

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


@dataclasses.dataclass(frozen=True)
class ConfigField:
    """A field of a configuration's dataclass."""

    name: str
    key: str
    type: Any
    required: bool
    description: str
    default: Any


def parse(of: Any, text: str) -> Any:
    """Reads a configuration of a type from JSON text. `null` counts as `{}` where the type takes no `null`."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ConfigError("", f"not JSON: {error}") from None
    except RecursionError:
        raise ConfigError("", "nested too deep") from None
    if of is None:
        if found is None or found == {}:
            return None
        raise ConfigError("", f"the policy takes no configuration, found {show(found)}")
    if found is None and not _takes_none(of):
        found = {}
    return decode(of, found, "")


def decode(of: Any, value: Any, path: str) -> Any:
    """Makes a value of JSON one of a type."""
    of, _ = unwrap(of)
    origin = get_origin(of)
    if of is Any:
        return value
    if of is str or of is bool:
        if type(value) is of:
            return value
        raise _expected(path, "a string" if of is str else "true or false", value)
    if of is int:
        if type(value) is int:
            return value
        # JSON knows numbers only: 7.0 is a whole one.
        if type(value) is float and value.is_integer():
            return int(value)
        raise _expected(path, "a whole number", value)
    if of is float:
        if type(value) in (int, float):
            return float(value)
        raise _expected(path, "a number", value)
    if of is None or of is type(None):
        if value is None:
            return None
        raise _expected(path, "null", value)
    if origin is Literal:
        for choice in get_args(of):
            if type(choice) is type(value) and choice == value:
                return value
        raise _expected(path, " or ".join(json.dumps(choice) for choice in get_args(of)), value)
    if origin is list:
        if not isinstance(value, list):
            raise _expected(path, "a list", value)
        return [decode(get_args(of)[0], item, f"{path}[{index}]") for index, item in enumerate(value)]
    if origin is dict:
        if not isinstance(value, dict):
            raise _expected(path, "an object", value)
        return {key: decode(get_args(of)[1], item, _join(path, key)) for key, item in value.items()}
    if origin in (Union, types.UnionType):
        return _decode_union(of, value, path)
    if isinstance(of, type) and issubclass(of, enum.Enum):
        for member in of:
            if type(member.value) is type(value) and member.value == value:
                return member
        raise _expected(path, " or ".join(json.dumps(member.value) for member in of), value)
    if dataclasses.is_dataclass(of):
        return _decode_dataclass(of, value, path)
    raise TypeError(f"a configuration cannot have a field of type {of!r}")


def _decode_union(of: Any, value: Any, path: str) -> Any:
    branches = [branch for branch in get_args(of) if branch is not type(None)]
    if value is None and len(branches) < len(get_args(of)):
        return None
    errors = []
    for branch in branches:
        try:
            return decode(branch, value, path)
        except ConfigError as error:
            errors.append(error)
    # The branch that got furthest is the one that was meant.
    raise max(errors, key=lambda error: len(error.path))


def _decode_dataclass(of: Any, value: Any, path: str) -> Any:
    if not isinstance(value, dict):
        raise _expected(path, "an object", value)
    by_key = {field.key: field for field in fields(of)}
    for key in value:
        if key not in by_key:
            known = " or ".join(f'"{key}"' for key in by_key) or "none at all"
            raise ConfigError(_join(path, key), f"there is no such key; expected {known}")
    given = {}
    for key, field in by_key.items():
        if key in value:
            given[field.name] = decode(field.type, value[key], _join(path, key))
        elif field.required:
            raise ConfigError(path, f'the key "{key}" is missing')
    try:
        return of(**given)
    except ConfigError as error:
        # `__post_init__` of a nested dataclass does not know where it stands.
        raise ConfigError(f"{path}.{error.path}" if path and error.path else path or error.path, error.message) from None
    except ValueError as error:
        raise ConfigError(path, str(error)) from None


@functools.cache
def fields(of: Any) -> tuple[ConfigField, ...]:
    """The fields of a dataclass that a configuration can give."""
    hints = typing.get_type_hints(of, include_extras=True)
    out = []
    for field in dataclasses.fields(of):
        if not field.init:
            continue
        key = field.name
        if key.endswith("_") and keyword.iskeyword(key[:-1]):
            key = key[:-1]
        _, described = unwrap(hints[field.name])
        description = field.metadata.get("description", described)
        default: Any = field.default
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        required = default is dataclasses.MISSING
        out.append(ConfigField(field.name, key, hints[field.name], required, description, None if required else default))
    return tuple(out)


def unwrap(of: Any) -> tuple[Any, str]:
    """A type without what `Annotated` puts around it, and the description found there."""
    if get_origin(of) is typing.Annotated:
        inner, *extras = get_args(of)
        return inner, next((extra.text for extra in extras if isinstance(extra, Doc)), "")
    return of, ""


def show(value: Any) -> str:
    """A value of JSON as it is shown in an error."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "..."


def _expected(path: str, what: str, found: Any) -> ConfigError:
    return ConfigError(path, f"expected {what}, found {show(found)}")


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _takes_none(of: Any) -> bool:
    of, _ = unwrap(of)
    return of is Any or type(None) in get_args(of)


def as_json(value: Any) -> Any:
    """A default of a field as JSON has it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.key: as_json(getattr(value, field.name)) for field in fields(type(value))}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    return value
