"""What payments need from a provider: begin, query, close, refund, and its notices read (PAY-R15).

The verbs and promises are the same for every provider, the counter included. Nothing of a provider's own format crosses this
port: adapters take and give only the types below.
"""

from __future__ import annotations

from retail_domain.payments.gateway.careful import careful, check_told, read_notification
from retail_domain.payments.gateway.charges import (
    CallClientSdk,
    Capabilities,
    ChargeRequest,
    Flow,
    NextAction,
    NothingToDo,
    OpenUrl,
    PayAtCounter,
    PostForm,
    ShowQr,
)
from retail_domain.payments.gateway.errors import (
    GatewayError,
    Misconfigured,
    NotificationForAnother,
    NotificationForged,
    NotificationRefused,
    NotificationStale,
    NotificationUnreadable,
    NotSent,
    OutcomeUnknown,
    ReferenceConflict,
    Rejected,
)
from retail_domain.payments.gateway.notices import (
    Ack,
    Notification,
    RawNotification,
    RawReply,
)
from retail_domain.payments.gateway.ports import (
    Gateways,
    NotificationReader,
    NotificationReaders,
    PaymentGateway,
)
from retail_domain.payments.gateway.references import (
    MerchantRef,
    RefundRef,
    merchant_ref,
    refund_ref,
)
from retail_domain.payments.gateway.snapshots import (
    ChargeStarted,
    PaymentSnapshot,
    PaymentStatus,
    RefundRequest,
    RefundSnapshot,
    RefundStatus,
)
from retail_domain.payments.gateway.watched import GatewayWatch, Outage, watched

__all__ = (
    "GatewayWatch",
    "Outage",
    "watched",
    "careful",
    "read_notification",
    "check_told",
    "Gateways",
    "NotificationReader",
    "NotificationReaders",
    "PaymentGateway",
    "CallClientSdk",
    "Capabilities",
    "ChargeRequest",
    "Flow",
    "NextAction",
    "NothingToDo",
    "OpenUrl",
    "PayAtCounter",
    "PostForm",
    "ShowQr",
    "ChargeStarted",
    "PaymentSnapshot",
    "PaymentStatus",
    "RefundRequest",
    "RefundSnapshot",
    "RefundStatus",
    "MerchantRef",
    "RefundRef",
    "merchant_ref",
    "refund_ref",
    "Ack",
    "Notification",
    "RawNotification",
    "RawReply",
    "GatewayError",
    "Misconfigured",
    "NotificationForAnother",
    "NotificationForged",
    "NotificationRefused",
    "NotificationStale",
    "NotificationUnreadable",
    "NotSent",
    "OutcomeUnknown",
    "ReferenceConflict",
    "Rejected",
)
