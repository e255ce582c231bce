"""Looking at a policy before it is built: whatever is missing is said here, with its place, rather than by a component that fails."""

from __future__ import annotations

import importlib
import inspect
import os
import re
import sys
import tomllib
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from .guest import failure
from .policy import Policy, config_type
from .schema import SchemaError, schema

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class BuildError(Exception):
    """Why there is no component. The message is for the policy's author."""


@dataclass
class Found:
    """A policy that can be built."""

    policy: type[Policy[Any]]
    module: str
    version: str
    schema: str


def find(what: str) -> Found:
    """The policy in `module` or `module:Class`, looked at from all sides."""
    name, _, wanted = what.partition(":")
    module = _import(name)
    policy = _class(module, wanted)
    check(policy)
    try:
        text = schema(config_type(policy))
    except (SchemaError, NameError) as error:
        raise BuildError(f"{_place(policy)}: {error}") from None
    return Found(policy, policy.__module__, policy.version or _version_near(module), text)


def _import(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name == name.partition(".")[0]:
            raise BuildError(f"there is no module {name!r} in {' or '.join(p for p in sys.path[:2] if p)}") from None
        raise BuildError(f"cannot import {name}: {failure(error)}") from None
    except SyntaxError as error:
        raise BuildError(f"cannot import {name}: {error.filename}:{error.lineno}: {error.msg}") from None
    except Exception as error:
        raise BuildError(f"cannot import {name}: {failure(error)}") from None


def _class(module: ModuleType, wanted: str) -> type[Policy[Any]]:
    if wanted:
        found = getattr(module, wanted, None)
        if not (isinstance(found, type) and issubclass(found, Policy)):
            raise BuildError(f"{module.__name__} has no policy named {wanted}")
        return found
    found_here = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Policy) and thing is not Policy and thing.__module__.startswith(module.__name__)
    ]
    if not found_here:
        raise BuildError(f"{module.__file__} defines no policy: write a class that extends spansieve_plugin.Policy")
    if len(found_here) > 1:
        names = " or ".join(f"{module.__name__}:{thing.__name__}" for thing in found_here)
        raise BuildError(f"{module.__file__} defines several policies: say which, {names}")
    return found_here[0]


def check(policy: type[Policy[Any]]) -> None:
    """Looks whether a policy has everything that it needs."""
    missing = [name for name in ("name", "about") if not isinstance(getattr(policy, name, None), str) or not getattr(policy, name)]
    if missing:
        raise BuildError(f"{_place(policy)}: {policy.__name__} lacks {missing[0]!r}: {_EXAMPLES[missing[0]]}")
    if not _NAME.fullmatch(policy.name):
        raise BuildError(f"{_place(policy)}: the name {policy.name!r} is not in kebab-case, such as 'failed-requests'")
    if policy.process is Policy.process:
        raise BuildError(f"{_place(policy)}: {policy.__name__} has no method `def process(self, batch: Batch, edits: Edits) -> None`")
    for method, arguments in (("configure", "config, setup"), ("process", "batch, edits"), ("save", ""), ("restore", "state")):
        function = getattr(policy, method)
        if inspect.iscoroutinefunction(function):
            raise BuildError(f"{_place(function)}: {method} cannot be async")
        try:
            inspect.signature(function).bind("self", *filter(None, arguments.split(", ")))
        except TypeError:
            expected = ", ".join(filter(None, ("self", arguments)))
            raise BuildError(f"{_place(function)}: {method} takes ({expected}), not {inspect.signature(function)}") from None
    try:
        inspect.signature(policy).bind()
    except TypeError as error:
        raise BuildError(f"{_place(policy)}: the host makes {policy.__name__} without arguments: {error}") from None


def _place(thing: Any) -> str:
    try:
        file, (_, line) = inspect.getsourcefile(thing) or "?", inspect.getsourcelines(thing)
    except (OSError, TypeError):
        return str(getattr(thing, "__qualname__", thing))
    return f"{os.path.relpath(file)}:{line}"


def _version_near(module: ModuleType) -> str:
    """The version in the `pyproject.toml` next to a module or above it."""
    folder = os.path.dirname(os.path.abspath(module.__file__ or "."))
    while True:
        file = os.path.join(folder, "pyproject.toml")
        if os.path.isfile(file):
            with open(file, "rb") as opened:
                try:
                    version = tomllib.load(opened).get("project", {}).get("version")
                except tomllib.TOMLDecodeError as error:
                    raise BuildError(f"{file}: {error}") from None
            if isinstance(version, str):
                return version
        folder, before = os.path.dirname(folder), folder
        if folder == before:
            raise BuildError('the policy has no version: give it one in pyproject.toml, or as `version = "0.1.0"` in the class')


_EXAMPLES = {"name": 'name = "failed-requests"', "about": 'about = "Marks failed requests with the team that looks after them"'}
