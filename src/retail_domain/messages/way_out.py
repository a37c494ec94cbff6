"""The way out of advertising: whoever has it need not log in, and nobody can guess another's (MSG-R3)."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final
from uuid import UUID

from retail_domain.kernel.counting import Sealer
from retail_domain.kernel.ids import MemberId

_PROOF_BYTES: Final = 14
LETTERS: Final = 40


def way_out_of(member_id: MemberId, sealer: Sealer) -> str:
    """What a message of advertising carries: the same for one member always, so that an old message leads out too."""
    return urlsafe_b64encode(member_id.bytes + _proof(member_id, sealer)).decode()


def member_of(way_out: str, sealer: Sealer) -> MemberId | None:
    """Whose way out it is; None for what the shop never gave to anybody."""
    if len(way_out) != LETTERS or not way_out.isascii():
        return None
    try:
        raw = urlsafe_b64decode(way_out)
    except ValueError:
        return None
    if len(raw) != 16 + _PROOF_BYTES:
        return None
    member_id = MemberId(UUID(bytes=raw[:16]))
    return member_id if hmac.compare_digest(way_out_of(member_id, sealer), way_out) else None


def _proof(member_id: MemberId, sealer: Sealer) -> bytes:
    return sealer.seal("way out of advertising", str(member_id))[:_PROOF_BYTES]
