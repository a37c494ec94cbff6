"""Payment providers: each speaks its own protocol outside and the `PaymentGateway` port inside."""

from __future__ import annotations

from retail_adapters.payments.counter import CounterGateway, counter_gateway
from retail_adapters.payments.sandbox import SandboxConfig, SandboxGateway, sandbox_gateway

__all__ = ("CounterGateway", "SandboxConfig", "SandboxGateway", "counter_gateway", "sandbox_gateway")
