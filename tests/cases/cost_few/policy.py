"""Reads two attributes of each span, and changes few spans. Also measured."""

from spansieve_plugin import Batch, Edits, Policy, Setup

HEALTH, STOCK = "/healthz/deep", "/internal/stock/{sku}"


class CostFew(Policy[None]):
    def configure(self, config: None, setup: Setup) -> None:
        self.route = setup.key("http.route")
        self.status = setup.key("http.response.status_code")
        setup.read("add")

    def process(self, batch: Batch, edits: Edits) -> None:
        # Looks for the routes where they stand, so that those of other spans are never made strings.
        for span in batch.spans_where(self.route, HEALTH, STOCK):
            status = span[self.status]
            if status == 200:
                if span[self.route] == STOCK:
                    edits.add(span, "cacheable", True)
            elif status in (204, 304) and span[self.route] == HEALTH:
                edits.drop(span)
