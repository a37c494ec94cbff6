"""Payment providers: each speaks its own protocol outside and the `PaymentGateway` port inside.

The counter needs nothing; whoever asks for a provider over the network needs the extra `http`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retail_adapters.extras import require
from retail_adapters.payments.counter import CounterGateway, counter_gateway

if TYPE_CHECKING:
    from retail_adapters.payments.sandbox import SandboxConfig, SandboxGateway, sandbox_gateway

__all__ = ("CounterGateway", "SandboxConfig", "SandboxGateway", "counter_gateway", "sandbox_gateway")


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    require("httpx2")
    from retail_adapters.payments import sandbox

    return getattr(sandbox, name)
