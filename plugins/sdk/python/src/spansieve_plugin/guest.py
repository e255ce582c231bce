"""What stands between the functions that a component exports and a `Policy`."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import Any

from . import config
from .batch import Batch
from .edits import Edits
from .finish import finish
from .policy import Policy, config_type
from .setup import Setup

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_LIBRARY = os.path.dirname(os.path.abspath(os.__file__)) + os.sep


class NotConfigured(RuntimeError):
    """The host broke the contract: `configure` has not succeeded."""


class Instance:
    """The one instance of a policy in a component."""

    def __init__(self, policy: type[Policy[Any]]) -> None:
        self._type = policy
        self._policy: Policy[Any] | None = None
        self.setup = Setup()

    @property
    def policy(self) -> Policy[Any]:
        """The policy, once it is configured."""
        if self._policy is None:
            raise NotConfigured(f"{self._type.__name__} was called before `configure` had succeeded")
        return self._policy

    def configure(self, text: str) -> Setup:
        """Configures the policy from JSON text; what it wants to be given."""
        self._policy = None
        given = config.parse(config_type(self._type), text)
        policy, setup = self._type(), Setup()
        answer: object = policy.configure(given, setup)  # type: ignore[func-returns-value]
        if answer is not None:
            raise TypeError(f"{self._type.__name__}.configure answers with {answer!r}: it has nothing to return")
        self._policy, self.setup = policy, setup
        return setup

    def process(self, blob: bytes) -> bytes:
        """Runs the policy over a batch; the edits as a blob."""
        policy = self.policy
        batch = Batch(blob, self.setup)
        edits = Edits(batch)
        try:
            answer: object = policy.process(batch, edits)  # type: ignore[func-returns-value]
            if answer is not None:
                raise TypeError(f"{self._type.__name__}.process answers with {answer!r}: edits are taken down with the methods of `edits`")
            return finish(edits)
        finally:
            batch.release()

    def save(self) -> bytes:
        """The policy's state."""
        state: object = self.policy.save()
        if not isinstance(state, (bytes, bytearray)):
            raise TypeError(f"{self._type.__name__}.save answers with {state!r}: a state is bytes")
        return bytes(state)

    def restore(self, state: bytes) -> None:
        """Hands the policy a state."""
        self.policy.restore(state)


def refusal(error: Exception) -> str:
    """What the operator is told when `configure` or `restore` fails. A `ValueError` speaks for itself; anything else is a bug of the policy, and is
    shown with its place."""
    if isinstance(error, ValueError) and str(error):
        return str(error)
    return failure(error)


def failure(error: BaseException) -> str:
    """`owners.py:23: ZeroDivisionError: division by zero`: the place in the author's own source, and what happened there."""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    where = _place(error.__traceback__)
    return f"{where}: {text}" if where else text


def _place(trace: TracebackType | None) -> str:
    """The innermost place that is neither in this SDK nor in Python's library."""
    place = ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith((_HERE, _LIBRARY, "<frozen")):
            place = f"{_relative(file)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _relative(file: str) -> str:
    """A file as it stands below the folder that modules are imported from."""
    roots = [root + os.sep for root in sys.path if root and file.startswith(root + os.sep)]
    return file[len(max(roots, key=len)) :] if roots else file
