"""Lines for the host's log, under the plugin's name. The host drops and counts lines over the plugin's limit.

In a component `print` writes at level debug.
"""

from __future__ import annotations

from . import host


def error(message: object) -> None:
    """Something failed that the operator should look at."""
    host.current.log("error", str(message))


def warn(message: object) -> None:
    """Something is wrong but was handled."""
    host.current.log("warn", str(message))


def info(message: object) -> None:
    """Worth knowing."""
    host.current.log("info", str(message))


def debug(message: object) -> None:
    """For the policy's author."""
    host.current.log("debug", str(message))
