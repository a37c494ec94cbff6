"""What a server gives to a function of yours that makes a payment gateway or a sender of text messages."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Luck


@frozen(kw_only=True)
class AdapterGiven:
    """`make(given)` answers the adapter, or raises whatever says what is wrong: the server does not start, and tells it."""

    code: str
    """What the shop calls the gateway: its `code` must be this. `sms` for text messages."""
    values: Mapping[str, str] = field(factory=dict, repr=False)
    """The settings `RETAIL_<CODE>_*`, by the rest of their names in lower case; secrets may be among them."""
    clock: Clock
    luck: Luck
    currency: str
    notify_url: str = ""
    """Where the provider sends its notices; the gateway needs `read` and `reply` for them."""
