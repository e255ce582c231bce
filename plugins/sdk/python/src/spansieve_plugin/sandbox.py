"""What a component does not have: a clock, random numbers, files, modules to import later.

Without this module using them would trap with a message about WebAssembly; with it they raise an exception that says what is missing, at the
place in the policy.
"""

from __future__ import annotations

import builtins
import contextlib
import datetime
import io
import os
import random
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.machinery import BuiltinImporter, FrozenImporter
from typing import Any

from . import log

_CLOCK = "a policy has no clock: {} was called. The time of the batch is `batch.now`"
_RANDOM = (
    "a policy has no random numbers: {} was called. Derive them from what is the same every time, such as `span.trace_id`, or seed `random.Random`"
)
_FILES = "a policy has no files: {} was called. Look-up tables come from `spansieve_plugin.table`"

_ALWAYS = 99
# Functions that ask the clock where they are given fewer arguments than this.
_CLOCKS = {
    "time": _ALWAYS, "time_ns": _ALWAYS, "monotonic": _ALWAYS, "monotonic_ns": _ALWAYS, "perf_counter": _ALWAYS, "perf_counter_ns": _ALWAYS,
    "process_time": _ALWAYS, "process_time_ns": _ALWAYS, "sleep": _ALWAYS, "gmtime": 1, "localtime": 1, "ctime": 1, "asctime": 1, "strftime": 2,
}  # fmt: skip
_RANDOMS = (
    "random randint randrange randbytes getrandbits choice choices sample shuffle uniform triangular gauss normalvariate "
    "lognormvariate expovariate vonmisesvariate gammavariate betavariate paretovariate weibullvariate"
)


class NotInASandbox(RuntimeError):
    """The policy asked for something that would make it answer differently another time."""


class _Seal:
    """Until it is closed, while modules are imported at build time, everything is still there."""

    closed = False


def _guarded(real: Callable[..., Any], name: str, message: str, enough: int = _ALWAYS) -> Callable[..., Any]:
    def guard(*args: Any, **kwargs: Any) -> Any:
        if _Seal.closed and len(args) < enough:
            raise NotInASandbox(message.format(f"{name}()"))
        return real(*args, **kwargs)

    return guard


class _DateTime(datetime.datetime):
    """`datetime` without the methods that ask the clock."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        if _Seal.closed:
            raise NotInASandbox(_CLOCK.format("datetime.now()"))
        return super().now(tz)

    @classmethod
    def utcnow(cls) -> Any:
        return cls.now(datetime.timezone.utc).replace(tzinfo=None)

    @classmethod
    def today(cls) -> Any:
        return cls.now()


class _Random(random.Random):
    """`Random` that is not seeded by the system."""

    def __init__(self, x: Any = None) -> None:
        if _Seal.closed and x is None:
            raise NotInASandbox(_RANDOM.format("random.Random()"))
        super().__init__(x)


def _replacements() -> Iterator[tuple[Any, str, Any]]:
    for name, enough in _CLOCKS.items():
        if hasattr(time, name):
            yield time, name, _guarded(getattr(time, name), f"time.{name}", _CLOCK, enough)
    for name in _RANDOMS.split():
        if hasattr(random, name):
            yield random, name, _guarded(getattr(random, name), f"random.{name}", _RANDOM)
    yield random, "_urandom", _guarded(os.urandom, "os.urandom", _RANDOM)
    yield random, "Random", _Random
    yield os, "urandom", _guarded(os.urandom, "os.urandom", _RANDOM)
    yield datetime, "datetime", _DateTime


@contextlib.contextmanager
def sealed() -> Iterator[None]:
    """While it lasts there is no clock and there are no random numbers: how unit tests run a policy."""
    before = [(of, name, getattr(of, name)) for of, name, _ in _replacements()]
    for of, name, replacement in _replacements():
        setattr(of, name, replacement)
    was_closed, _Seal.closed = _Seal.closed, True
    try:
        yield
    finally:
        _Seal.closed = was_closed
        for of, name, real in before:
            setattr(of, name, real)


def install() -> None:
    """Puts guards in place before the policy's modules are imported in a component."""
    for of, name, replacement in _replacements():
        setattr(of, name, replacement)
    for of, names in ((builtins, "open"), (io, "open"), (os, "open stat lstat listdir scandir mkdir remove rename getcwd")):
        for name in names.split():
            setattr(of, name, _guarded_file(getattr(of, name), f"{of.__name__}.{name}"))


def close() -> None:
    """From here on nothing is left but what a policy may use. Called once everything is imported."""
    sys.stdout, sys.stderr = _Lines(log.debug), _Lines(log.warn)
    sys.meta_path[:] = [BuiltinImporter, FrozenImporter, _TooLate]
    warnings.showwarning = _show_warning
    _Seal.closed = True


def _guarded_file(real: Callable[..., Any], name: str) -> Callable[..., Any]:
    def guard(*args: Any, **kwargs: Any) -> Any:
        if _Seal.closed:
            raise OSError(_FILES.format(f"{name}()"))
        return real(*args, **kwargs)

    return guard


class _TooLate:
    """Stands where modules would be looked for in files."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        raise ImportError(f"import {name} at the top of the file: a component cannot import modules later")


class _Lines(io.TextIOBase):
    """Hands whole lines to the host's log."""

    def __init__(self, write_line: Callable[[object], None]) -> None:
        self._write_line = write_line
        self._rest = ""

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._write_line(line)
        return len(text)

    def writable(self) -> bool:
        return True


def _show_warning(message: Warning | str, category: type[Warning], filename: str, lineno: int, file: object = None, line: object = None) -> None:
    log.warn(f"{filename}:{lineno}: {category.__name__}: {message}")
