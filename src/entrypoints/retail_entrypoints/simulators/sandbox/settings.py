"""What the simulated provider is told by its environment."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

DEVELOPMENT_MERCHANT: Final = "development-shop"
DEVELOPMENT_SECRET: Final = "sandbox merchant development secret"  # noqa: S105 - known to everybody, refused in production
DEVELOPMENT_SEED: Final = b"sandbox provider development key"
DEFAULT_RETRY_SECONDS: Final = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


class WrongSettings(Exception):
    """The simulator cannot start with these settings; the message names the variable."""


@frozen(kw_only=True)
class Settings:
    """Who may call, with which key we sign, and how often a notice is repeated."""

    merchant: str = DEVELOPMENT_MERCHANT
    secret: bytes = field(default=DEVELOPMENT_SECRET.encode(), repr=False)
    signing_seed: bytes = field(default=DEVELOPMENT_SEED, repr=False)
    retry_seconds: tuple[float, ...] = DEFAULT_RETRY_SECONDS
    """How long to wait after each delivery that was not acknowledged; the last one is repeated for ever."""
    clock_file: str | None = None
    public_url: str | None = None
    """Where buyers reach us; by default the address we listen on."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from `RETAIL_SANDBOX_*`; the development defaults are refused in production (R41)."""
    in_production = environment.get("RETAIL_ENV", "development") == "production"
    if in_production and not (environment.get("RETAIL_SANDBOX_SECRET") and environment.get("RETAIL_SANDBOX_SIGNING_KEY")):
        raise WrongSettings("set RETAIL_SANDBOX_SECRET and RETAIL_SANDBOX_SIGNING_KEY: production takes no development keys")
    settings = Settings(
        merchant=environment.get("RETAIL_SANDBOX_MERCHANT") or DEVELOPMENT_MERCHANT,
        secret=(environment.get("RETAIL_SANDBOX_SECRET") or DEVELOPMENT_SECRET).encode(),
        signing_seed=_seed(environment.get("RETAIL_SANDBOX_SIGNING_KEY")),
        retry_seconds=_seconds(environment.get("RETAIL_SANDBOX_RETRY_SECONDS")),
        clock_file=None if in_production else environment.get("RETAIL_TEST_CLOCK") or None,
        public_url=environment.get("RETAIL_SANDBOX_PUBLIC_URL") or None,
    )
    if len(settings.secret) < 16:
        raise WrongSettings("RETAIL_SANDBOX_SECRET has at least 16 bytes")
    if in_production and (settings.secret == DEVELOPMENT_SECRET.encode() or settings.signing_seed == DEVELOPMENT_SEED):
        raise WrongSettings("RETAIL_SANDBOX_SECRET and RETAIL_SANDBOX_SIGNING_KEY: production takes no development keys")
    return settings


def _seed(text: str | None) -> bytes:
    if not text:
        return DEVELOPMENT_SEED
    try:
        seed = base64.b64decode(text, validate=True)
    except binascii.Error:
        seed = b""
    if len(seed) != 32:
        raise WrongSettings("RETAIL_SANDBOX_SIGNING_KEY is 32 bytes in base64")
    return seed


def _seconds(text: str | None) -> tuple[float, ...]:
    if not text:
        return DEFAULT_RETRY_SECONDS
    try:
        seconds = tuple(float(part) for part in text.split(","))
    except ValueError:
        seconds = ()
    if not seconds or not all(0 < wait <= 86_400 for wait in seconds):
        raise WrongSettings("RETAIL_SANDBOX_RETRY_SECONDS is a list of seconds such as 1,2,5")
    return seconds
