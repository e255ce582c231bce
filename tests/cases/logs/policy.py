"""Logs a line at each level."""

from spansieve_plugin import Batch, Edits, Policy, log


class Logs(Policy[None]):
    def process(self, batch: Batch, edits: Edits) -> None:
        log.error("an error")
        log.warn("a warning")
        log.info("an info")
        log.debug("a debug")
