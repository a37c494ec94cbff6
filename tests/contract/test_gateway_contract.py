"""Our gateways pass the examination: the sandbox on a real socket, the counter (PAY-R15, PAY-R9)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import pytest
from attrs import evolve, field, frozen

from retail_adapters.payments import CounterGateway, SandboxConfig, SandboxGateway, counter_gateway, sandbox_gateway
from retail_adapters.system.clock import SystemClock
from retail_adapters.system.ids import UuidSevenIds
from retail_adapters.system.luck import SystemLuck
from retail_domain.payments.gateway import (
    Flow,
    MerchantRef,
    RawNotification,
    RefundRef,
    RefundRequest,
    RefundSnapshot,
)
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


@frozen
class TellsItsPayment:
    """A gateway that gives each refund the name of its payment, as one does who reads the wrong field of an answer."""

    gateway: SandboxGateway

    def __getattr__(self, name: str) -> Any:
        return getattr(self.gateway, name)

    async def refund(self, request: RefundRequest) -> RefundSnapshot:
        return await self.named(await self.gateway.refund(request))

    async def query_refund(self, payment_ref: MerchantRef, refund_ref: RefundRef) -> RefundSnapshot:
        return await self.named(await self.gateway.query_refund(payment_ref, refund_ref))

    async def named(self, refund: RefundSnapshot) -> RefundSnapshot:
        return evolve(refund, provider_ref=(await self.gateway.query(refund.payment_ref)).provider_ref)


class TestTheExaminationBites:
    bench = TestSandbox.bench

    async def test_a_gateway_that_gives_refunds_the_name_of_their_payment_is_found_out(self, bench: SandboxBench) -> None:
        """R12: two partial refunds of one payment would look like one deal, counted twice."""
        careless: Any = evolve(bench, gateway=TellsItsPayment(bench.gateway))
        with pytest.raises(AssertionError, match="both called"):
            await TestSandbox().test_each_refund_of_a_payment_has_a_name_of_its_own_at_the_provider_or_none(careless)


class TestCounter(GatewayContract):
    @pytest.fixture
    def bench(self) -> CounterBench:
        return CounterBench()
