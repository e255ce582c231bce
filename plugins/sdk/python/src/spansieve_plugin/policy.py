"""What a policy is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, get_args, get_origin

if TYPE_CHECKING:
    from .batch import Batch
    from .edits import Edits
    from .setup import Setup

C = TypeVar("C")


class Policy(Generic[C]):
    """A policy: what a plugin does to batches of spans. `Policy[Config]` takes its configuration as the dataclass `Config`, `Policy[None]`
    takes none.

    The host makes an instance, configures it once, and then calls `process` for each batch, never twice at once. It may replace the instance
    between two batches, taking the state along if `save` gives one.
    """

    name: ClassVar[str]
    """A short name in kebab-case, such as `redact`. To be set."""

    about: ClassVar[str]
    """One sentence for people. To be set."""

    version: ClassVar[str] = ""
    """The policy's version, as in SemVer. Where it is empty, that of the `pyproject.toml` above the policy counts."""

    def configure(self, config: C, setup: Setup) -> None:
        """Takes the configuration and says in `setup` what the policy reads.

        What is wrong with a configuration is told by `raise ConfigError("path.to.it", "expected ...")`, or by any `ValueError`: its message goes to
        the operator.
        """

    def process(self, batch: Batch, edits: Edits) -> None:
        """Looks at a batch and takes down edits. To be written."""
        raise NotImplementedError(f"{type(self).__name__} has no method `process`")

    def save(self) -> bytes:
        """The state to hand to the instance that takes over; empty for none."""
        return b""

    def restore(self, state: bytes) -> None:
        """Takes over a state that `save` gave, perhaps in an older version of the policy. Called after `configure`, if at all. A `ValueError`
        means: the instance starts fresh, and the operator reads why."""


def config_type(policy: type[Policy[Any]]) -> Any:
    """The type of a policy's configuration; `None` where it takes none."""
    for of in policy.__mro__:
        for base in of.__dict__.get("__orig_bases__", ()):
            origin = get_origin(base)
            if isinstance(origin, type) and issubclass(origin, Policy):
                found = get_args(base)[0]
                return None if found is type(None) or isinstance(found, TypeVar) else found
    return None
