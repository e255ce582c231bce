"""Puts keyed pseudonyms in the place of what identifies people."""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from spansieve_plugin import Attribute, Batch, ConfigError, Edits, Policy, Setup, Span, Value, count, log, table

SECRET = "pseudonym-key"
"""Under this name the policy file gives the secret."""

# A short key can be found by trying; NIST SP 800-107 wants as many bytes as the hash gives.
KEY_BYTES = 32


@dataclass
class Exemption:
    """Spans whose identifiers stay. All that is given has to hold."""

    basis: str
    """Why the law lets them stay, for whoever reads the policy: "Art. 6(1)(c) GDPR, fraud investigation"."""
    service: str | None = None
    """The resource's service.name."""
    attribute: str | None = None
    """An attribute that the span has"""
    values: list[str] = field(default_factory=list)
    """Texts of which the attribute has one; with none given, any value will do."""


@dataclass
class Config:
    key_id: str
    """Names the secret in each pseudonym. Change it with the secret."""
    attributes: list[str] = field(
        default_factory=lambda: [
            "user.id", "user.name", "user.full_name", "user.email", "enduser.id", "session.id", "session.previous_id", "device.id",
        ]
    )  # fmt: skip
    """Attributes that get a pseudonym, on spans, events, links, and within values."""
    addresses: list[str] = field(default_factory=lambda: ["client.address", "source.address", "http.client_ip"])
    """Attributes that hold a client's IP address."""
    address_mode: Literal["truncate", "pseudonym"] = "truncate"
    """What becomes of addresses. What is no IP address gets a pseudonym in any case."""
    ipv4_bits: int = 24
    """How many bits of an IPv4 address are kept"""
    ipv6_bits: int = 48
    """How many bits of an IPv6 address are kept"""
    digits: int = 24
    """Hexadecimal digits of a pseudonym, 16 to 64."""
    exemptions: list[Exemption] = field(default_factory=list)
    """Where identifiers stay as they are."""


class Pseudonyms(Policy[Config]):
    name = "gdpr-pseudonyms"
    about = "Puts keyed pseudonyms in the place of what identifies people"

    def configure(self, config: Config, setup: Setup) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", config.key_id):
            raise ConfigError("key_id", "expected up to 32 lower-case letters, digits and hyphens")
        for path, given, least, most in (
            ("digits", config.digits, 16, 64),
            ("ipv4_bits", config.ipv4_bits, 0, 32),
            ("ipv6_bits", config.ipv6_bits, 0, 128),
        ):
            if not least <= given <= most:
                raise ConfigError(path, f"expected {least} to {most}, found {given}")
        for index, exemption in enumerate(config.exemptions):
            if not exemption.basis.strip():
                raise ConfigError(f"exemptions[{index}].basis", "expected a reason")
            if exemption.service is None and exemption.attribute is None:
                raise ConfigError(f"exemptions[{index}]", "expected a service, an attribute or both; it would exempt every span")
        self.config = config
        # The key is taken in once: each value then costs a copy of this state and two blocks of SHA-256.
        self.keyed = hmac.new(read_key(), digestmod=hashlib.sha256)
        self.masks = {4: mask(config.ipv4_bits, 32), 6: mask(config.ipv6_bits, 128)}
        self.is_pseudonym = re.compile(rf"pn:[a-z0-9-]+:[0-9a-f]{{{config.digits}}}").fullmatch
        self.made = {**dict.fromkeys(config.attributes, self.pseudonym), **dict.fromkeys(config.addresses, self.address)}
        self.slots = {exemption.attribute: setup.key(exemption.attribute) for exemption in config.exemptions if exemption.attribute}
        setup.read("attributes", "events", "links", "resource")

    def process(self, batch: Batch, edits: Edits) -> None:
        # The batch lists its distinct keys, so one that names nobody is done with here.
        made = {number: self.made[key] for number, key in enumerate(batch.keys()) if key in self.made}
        if not made:
            return
        self.known: dict[str, str] = {}
        exempt = set(self.exempt_rows(batch)) if self.config.exemptions else ()
        for number, make in made.items():
            # Rows and not spans: so events, links and nested values have their turn, and a key that a span has twice.
            for row in rows_with(batch, number):
                if row not in exempt:
                    attribute = Attribute(batch, row)
                    before = attribute.value
                    after = self.each(before, make)
                    if after != before:
                        edits.set(attribute, after)
        count("pseudonyms", len(self.known))

    # === values ===

    def each(self, value: Value, make: Callable[[str], str]) -> Value:
        """Makes a new value of an old one: element by element of lists and maps, and of a number by its digits, as if it were text."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, list):
            return [self.each(item, make) for item in value]
        if isinstance(value, dict):
            return {key: self.each(item, make) for key, item in value.items()}
        return make(value.hex() if isinstance(value, bytes) else str(value))

    def pseudonym(self, text: str) -> str:
        # What is a pseudonym already, of a service before this one or of an older key, stays: running twice changes nothing.
        if not text or (text.startswith("pn:") and self.is_pseudonym(text)):
            return text
        found = self.known.get(text)
        if found is None:
            mac = self.keyed.copy()
            mac.update(text.encode())
            found = self.known[text] = f"pn:{self.config.key_id}:{mac.hexdigest()[: self.config.digits]}"
        return found

    def address(self, text: str) -> str:
        if self.config.address_mode == "pseudonym":
            return self.pseudonym(text)
        try:
            address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            return self.pseudonym(text)
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return str(type(address)(int(address) & self.masks[address.version]))

    # === exemptions ===

    def exempt_rows(self, batch: Batch) -> Iterator[int]:
        """The attributes of exempt spans, and of their events and links."""
        spans = 0
        for span in batch.spans():
            if any(self.is_exempt(span, exemption) for exemption in self.config.exemptions):
                spans += 1
                for carrier in (span, *span.events, *span.links):
                    attributes = carrier.attributes
                    yield from range(attributes.start, attributes.end)
        count("exempt_spans", spans)

    def is_exempt(self, span: Span, exemption: Exemption) -> bool:
        if exemption.service is not None and span.resource.attributes.get("service.name") != exemption.service:
            return False
        if exemption.attribute is None:
            return True
        slot = self.slots[exemption.attribute]
        return span[slot] in exemption.values if exemption.values else slot in span

    # === state ===

    def save(self) -> bytes:
        """Which key this was, so that the next instance notices a changed secret. It tells nothing of the key, and never leaves the host."""
        return f"{self.config.key_id}:{self.fingerprint()}".encode()

    def restore(self, state: bytes) -> None:
        key_id, _, fingerprint = state.decode().partition(":")
        if key_id == self.config.key_id and fingerprint != self.fingerprint():
            raise ValueError(f"the secret changed and key_id is still {key_id}: a person now has two pseudonyms under it; change key_id too")

    def fingerprint(self) -> str:
        mac = self.keyed.copy()
        mac.update(b"\0which key is this")
        return mac.hexdigest()[:16]


def read_key() -> bytes:
    """The secret. Messages tell its length at most."""
    key = table(SECRET)
    if key is None:
        raise ConfigError("", f"there is no secret: the policy file has to give one, secrets: {{{SECRET}: env:VARIABLE}}")
    if len(key) < KEY_BYTES:
        raise ConfigError("", f"the secret {SECRET} has {len(key)} bytes, expected at least {KEY_BYTES}: openssl rand -hex 32")
    if len(set(key)) < 8:
        raise ConfigError("", f"the secret {SECRET} repeats a few characters, expected random ones: openssl rand -hex 32")
    return key


def mask(bits: int, of: int) -> int:
    """A number of so many bits, of which the first are set."""
    return (1 << of) - (1 << (of - bits))


def rows_with(batch: Batch, key: int) -> Iterator[int]:
    """All rows that have a key, by its number."""
    keys, row = batch.row_key, -1
    try:
        while True:
            row = keys.index(key, row + 1)  # a search in C: most rows are passed over without a step of Python
            yield row
    except ValueError:
        return
