"""The functions that a component exports. Imported only inside of one, by the module that `spansieve_plugin.build` writes."""

from __future__ import annotations

import gc
from typing import Any

import componentize_py_types
import wit_world.exports.plugin as contract
import wit_world.imports.host as imports

from . import host, sandbox
from .guest import Instance, failure, refusal
from .layout import VERSION
from .policy import Policy

_LEVELS = {name: getattr(imports.Level, name.upper()) for name in host.LEVELS}


class _Host:
    """The host that runs the component."""

    def log(self, level: str, message: str) -> None:
        imports.log(_LEVELS[level], message)

    def count(self, name: str, delta: int) -> None:
        imports.count(name, delta)

    def table(self, name: str) -> bytes | None:
        found: bytes | None = imports.table(name)
        return found


class _Served:
    """The policy that the component is."""

    description: Any = None
    instance: Instance


def serve(policy: type[Policy[Any]], version: str, schema: str) -> None:
    """Says which policy the component is. The last thing that happens at build time."""
    _Served.description = contract.Description(policy.name, version, policy.about, VERSION, schema)
    _Served.instance = Instance(policy)
    host.current = _Host()
    sandbox.close()
    # What is there now stays: looking through it for garbage would cost time and find nothing.
    gc.collect()
    gc.freeze()


def _give_up(error: BaseException, during: str) -> None:
    """Tells the host what happened, and where. Does not return: the host ends the call."""
    imports.fail(f"{failure(error)} (in {during})")


class Plugin(contract.Plugin if hasattr(contract, "Plugin") else object):  # type: ignore[misc]
    """The interface `plugin`."""

    def describe(self) -> Any:
        return _Served.description

    def configure(self, config: str) -> Any:
        try:
            setup = _Served.instance.configure(config)
        except Exception as error:
            raise componentize_py_types.Err(refusal(error)) from None
        except BaseException as error:
            _give_up(error, "configure")
            raise
        grouping = contract.Grouping.TRACE if setup.groups_by_trace else contract.Grouping.SPAN
        return contract.Interest(setup.columns, [slot.key for slot in setup.slots], grouping)

    def process(self, batch: bytes) -> bytes:
        try:
            return _Served.instance.process(batch)
        except BaseException as error:
            _give_up(error, "process")
            raise

    def save(self) -> bytes:
        try:
            return _Served.instance.save()
        except BaseException as error:
            _give_up(error, "save")
            raise

    def restore(self, state: bytes) -> None:
        try:
            _Served.instance.restore(state)
        except Exception as error:
            raise componentize_py_types.Err(refusal(error)) from None
        except BaseException as error:
            _give_up(error, "restore")
            raise
