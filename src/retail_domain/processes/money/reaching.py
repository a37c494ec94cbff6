"""Reaching (渠道): who is asked about a payment; that nobody here knows its gateway is said, marked and listed (PAY-R18)."""

from __future__ import annotations

from attrs import frozen

from retail_domain.kernel.ids import PaymentId
from retail_domain.kernel.means import Means
from retail_domain.payments import (
    Gateways,
    GatewayUnknownHere,
    Payment,
    PaymentGateway,
    PaymentsWork,
    Refund,
    Tenders,
)
from retail_domain.processes.money.settlement import claim_payment


def gateway_of(gateways: Gateways, code: str) -> PaymentGateway:
    """The gateway of something that is stored. Raises GatewayUnknownHere."""
    if code not in gateways:
        raise GatewayUnknownHere(gateway=code)
    return gateways[code]


@frozen
class Reach:
    """Which gateways, and which accounts of the shop, this process can ask."""

    gateways: Gateways
    tenders: Tenders

    def knows(self, one: Payment | Refund) -> bool:
        """Whether its provider, or its account, can be asked here."""
        return one.tender in self.tenders.by_name if one.is_inside else one.gateway in self.gateways


async def mark_unknown(work: PaymentsWork, payment_id: PaymentId, means: Means) -> Payment:
    """It is noted that whoever was to ask about an attempt does not know its gateway; answers the attempt."""
    payment = await claim_payment(work, payment_id)
    change = payment.not_known_here(at=means.clock.now())
    work.payments.save(change)
    return change.state
