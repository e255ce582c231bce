"""Reads two attributes of each span, and changes few spans. Also measured."""

from spansieve_plugin import Batch, Edits, Policy, Setup


class CostFew(Policy[None]):
    def configure(self, config: None, setup: Setup) -> None:
        self.route = setup.key("http.route")
        self.status = setup.key("http.response.status_code")
        setup.read("attributes")

    def process(self, batch: Batch, edits: Edits) -> None:
        for span in batch.spans():
            route = span[self.route]
            if route == "/healthz/deep":
                if span[self.status] in (204, 304):
                    edits.drop(span)
            elif route == "/internal/stock/{sku}":
                if span[self.status] == 200:
                    edits.add(span, "cacheable", True)
