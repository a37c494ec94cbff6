"""Where the shop may call when somebody else has chosen the address (R39)."""

from __future__ import annotations

from enum import Enum


class OutboundSetting(Enum):
    """How far such calls may go."""

    PUBLIC = "public"
    """Public addresses; in development without TLS as well."""
    LOOPBACK = "loopback"
    """This machine too; never in production."""
