"""Our gateways pass the examination: the sandbox on a real socket, the counter (PAY-R15, PAY-R9)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
from attrs import field, frozen

from retail_adapters.payments import CounterGateway, SandboxConfig, SandboxGateway, counter_gateway, sandbox_gateway
from retail_adapters.system.clock import SystemClock
from retail_adapters.system.ids import UuidSevenIds
from retail_adapters.system.luck import SystemLuck
from retail_domain.payments.gateway import Flow, MerchantRef, RawNotification
from retail_domain.testing.contracts.gateway import GatewayContract, ProviderContract
from tests.support.sandbox import Sandbox, running_sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as sandbox:
        yield sandbox


@frozen(kw_only=True)
class SandboxBench:
    """The sandbox provider, whose buyers do what the examination wants."""

    gateway: SandboxGateway
    sandbox: Sandbox
    ids: UuidSevenIds = field(factory=UuidSevenIds)
    clock: SystemClock = field(factory=SystemClock)
    flow: Flow = Flow.DESKTOP_PAGE
    currency: str = "CNY"
    _told: dict[str, str] = field(factory=dict)

    @property
    def reader(self) -> SandboxGateway:
        return self.gateway

    async def buyer_pays(self, ref: MerchantRef) -> None:
        self._told[ref] = self.sandbox.pay(ref)

    async def bank_refuses(self, ref: MerchantRef) -> None:
        self.sandbox.fail(ref)

    async def deliveries(self, ref: MerchantRef) -> Sequence[RawNotification]:
        return [self.sandbox.signed(self._told[ref]) for _ in range(3)]


@frozen(kw_only=True)
class CounterBench:
    """The counter."""

    gateway: CounterGateway = field(factory=lambda: counter_gateway("a secret of the examination"))
    ids: UuidSevenIds = field(factory=UuidSevenIds)
    clock: SystemClock = field(factory=SystemClock)
    flow: Flow = Flow.COUNTER
    currency: str = "CNY"


class TestSandbox(ProviderContract):
    @pytest.fixture
    async def bench(self, sandbox: Sandbox) -> AsyncIterator[SandboxBench]:
        config = SandboxConfig(base_url=sandbox.url, notify_url="http://127.0.0.1:9/notices")
        gateway = sandbox_gateway(config, clock=SystemClock(), luck=SystemLuck())
        yield SandboxBench(gateway=gateway, sandbox=sandbox)
        await gateway.aclose()


class TestCounter(GatewayContract):
    @pytest.fixture
    def bench(self) -> CounterBench:
        return CounterBench()
