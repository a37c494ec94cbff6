"""The sandbox gateway: a provider that is a separate process, for development and tests (DOR-R5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from attrs import field, frozen

from retail_adapters.payments.sandbox_wire import (
    SKEW_SECONDS_MAX,
    Document,
    MerchantKey,
    NotBelieved,
    ProviderKeys,
    UnreadableNotice,
    read_document,
    read_payment,
    read_refund,
    spell,
)
from retail_adapters.payments.transport import HttpTransport, Outgoing
from retail_domain.kernel import reading
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Luck
from retail_domain.kernel.money import Money
from retail_domain.payments.gateway import (
    Ack,
    Capabilities,
    ChargeRequest,
    ChargeStarted,
    Flow,
    GatewayError,
    MerchantRef,
    Misconfigured,
    NextAction,
    NothingToDo,
    Notification,
    NotificationForAnother,
    NotificationForged,
    NotificationStale,
    NotificationUnreadable,
    NotSent,
    OpenUrl,
    OutcomeUnknown,
    PaymentSnapshot,
    PaymentStatus,
    RawNotification,
    RawReply,
    ReferenceConflict,
    RefundRef,
    RefundRequest,
    RefundSnapshot,
    RefundStatus,
    Rejected,
    ShowQr,
)

CODE: Final = "sandbox"
DEVELOPMENT_BASE_URL: Final = "http://127.0.0.1:8901"
DEVELOPMENT_MERCHANT: Final = "development-shop"
DEVELOPMENT_SECRET: Final = "sandbox merchant development secret"  # noqa: S105 - known to everybody, refused in production
DEVELOPMENT_PROVIDER_KEY: Final = "mL792/u1yGO3vuTqai6+GTNMmiiWL2l2S/HqgiWospE="
NOTICE_BYTES_MAX: Final = 65_536

_REPLIES: Final[Mapping[Ack, RawReply]] = {
    Ack.DONE: RawReply(200, b"acknowledged", "text/plain"),
    Ack.RETRY_LATER: RawReply(503, b"later", "text/plain"),
    Ack.REFUSED: RawReply(400, b"refused", "text/plain"),
}
_WORD: Final = re.compile(r"[a-z_]{1,40}")


@frozen(kw_only=True)
class SandboxConfig:
    """Where the provider is, who we are to it, which of its keys we trust, and where it tells us news."""

    base_url: str
    notify_url: str
    merchant: str = DEVELOPMENT_MERCHANT
    secret: str = field(default=DEVELOPMENT_SECRET, repr=False)
    provider_keys: tuple[str, ...] = (DEVELOPMENT_PROVIDER_KEY,)
    currencies: frozenset[str] | None = None
    connect_seconds: float = 3.0
    total_seconds: float = 10.0

    def __attrs_post_init__(self) -> None:
        for name, url in (("base_url", self.base_url), ("notify_url", self.notify_url)):
            if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname or "?" in url:
                raise ValueError(f"sandbox {name} is a web address without a query")
        if len(self.secret.encode()) < 16:
            raise ValueError("sandbox secret has at least 16 bytes")
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", self.merchant):
            raise ValueError("sandbox merchant is letters, digits, hyphens and underscores")
        ProviderKeys.read(self.provider_keys)

    @classmethod
    def read(cls, values: Mapping[str, str], *, notify_url: str) -> SandboxConfig:
        """From `RETAIL_SANDBOX_*`, by the rest of their names in small letters; what is missing is as in development.

        Raises ValueError; the message never shows a secret. What only the provider reads is left alone.
        """
        keys, currencies = values.get("provider_key", DEVELOPMENT_PROVIDER_KEY), values.get("currencies")
        return cls(
            base_url=values.get("base_url", DEVELOPMENT_BASE_URL),
            notify_url=values.get("notify_url", notify_url),
            merchant=values.get("merchant", DEVELOPMENT_MERCHANT),
            secret=values.get("secret", DEVELOPMENT_SECRET),
            provider_keys=tuple(key.strip() for key in keys.split(",")),
            currencies=None if currencies is None else frozenset(code.strip() for code in currencies.split(",")),
            connect_seconds=_seconds(values, "connect_seconds", 3.0),
            total_seconds=_seconds(values, "total_seconds", 10.0),
        )

    @property
    def uses_development_keys(self) -> bool:
        """Whether a secret or key is one that everybody knows, which production refuses (R41)."""
        return self.secret == DEVELOPMENT_SECRET or DEVELOPMENT_PROVIDER_KEY in self.provider_keys


def sandbox_gateway(config: SandboxConfig, *, clock: Clock, luck: Luck) -> SandboxGateway:
    """The gateway to a sandbox provider; it reads that provider's notices as well."""
    transport = HttpTransport(gateway=CODE, connect_seconds=config.connect_seconds, total_seconds=config.total_seconds)
    return SandboxGateway(
        config=config,
        clock=clock,
        luck=luck,
        transport=transport,
        key=MerchantKey(config.merchant, config.secret.encode()),
        provider=ProviderKeys.read(config.provider_keys),
    )


@frozen(kw_only=True)
class SandboxGateway:
    """Speaks the sandbox protocol; both `PaymentGateway` and `NotificationReader`."""

    config: SandboxConfig
    clock: Clock
    luck: Luck
    transport: HttpTransport
    key: MerchantKey
    provider: ProviderKeys

    @property
    def code(self) -> str:
        """`sandbox`."""
        return CODE

    @property
    def capabilities(self) -> Capabilities:
        """Pages and QR codes, in any currency unless configured otherwise."""
        flows = frozenset({Flow.DESKTOP_PAGE, Flow.MOBILE_WEB, Flow.DESKTOP_QR})
        return Capabilities(flows=flows, currencies=self.config.currencies)

    async def begin(self, request: ChargeRequest) -> ChargeStarted:
        """See `PaymentGateway.begin`."""
        if not self.capabilities.offers(request.flow, request.amount.currency):
            raise Rejected(gateway=CODE, reason="not_offered")
        document = await self._carry_out("POST", "/v1/payments", self._asked(request))
        snapshot = self._payment(document, request.ref)
        return ChargeStarted(
            action=_action(request.flow, snapshot.status, document.get("pay_url")),
            snapshot=snapshot,
            action_expires_at=request.expires_at,
        )

    async def query(self, ref: MerchantRef) -> PaymentSnapshot:
        """See `PaymentGateway.query`."""
        status, document = await self._ask("GET", f"/v1/payments/{ref}")
        if status == 200:
            return self._payment(document, ref)
        if _is_unknown(status, document):
            return PaymentSnapshot(ref=ref, status=PaymentStatus.NOT_FOUND)
        raise _undecided(status, document)

    async def close(self, ref: MerchantRef) -> PaymentSnapshot:
        """See `PaymentGateway.close`."""
        status, document = await self._ask("POST", f"/v1/payments/{ref}/close", {})
        if status == 200:
            return self._payment(document, ref)
        if status == 409 and _word(document) == "already_paid":  # the buyer was faster
            return self._payment(document.get("payment"), ref)
        if _is_unknown(status, document):
            return PaymentSnapshot(ref=ref, status=PaymentStatus.NOT_FOUND)
        raise _undecided(status, document)

    async def refund(self, request: RefundRequest) -> RefundSnapshot:
        """See `PaymentGateway.refund`."""
        asked = {
            "refund_ref": request.refund_ref,
            "amount": _spelled(request.amount),
            "total": _spelled(request.payment_total),
            "reason": _line(request.reason),
        }
        document = await self._carry_out("POST", f"/v1/payments/{request.payment_ref}/refunds", asked)
        return self._refund(document, request.payment_ref, request.refund_ref)

    async def query_refund(self, payment_ref: MerchantRef, refund_ref: RefundRef) -> RefundSnapshot:
        """See `PaymentGateway.query_refund`."""
        status, document = await self._ask("GET", f"/v1/payments/{payment_ref}/refunds/{refund_ref}")
        if status == 200:
            return self._refund(document, payment_ref, refund_ref)
        if _is_unknown(status, document):
            return RefundSnapshot(refund_ref=refund_ref, payment_ref=payment_ref, status=RefundStatus.NOT_FOUND)
        raise _undecided(status, document)

    def read(self, raw: RawNotification) -> Notification:
        """See `NotificationReader.read`."""
        if len(raw.body) > NOTICE_BYTES_MAX:
            raise NotificationForged(gateway=CODE, reason="too_large")
        headers = {name.lower(): text for name, text in raw.headers.items()}
        try:
            signed_at = self.provider.believe_notice(headers, raw.body)
        except NotBelieved as no:
            raise NotificationForged(gateway=CODE, reason=str(no)) from None
        if abs(raw.received_at - signed_at) > timedelta(seconds=SKEW_SECONDS_MAX):
            raise NotificationStale(gateway=CODE)
        try:
            document = read_document(raw.body)
        except UnreadableNotice as no:
            raise NotificationUnreadable(gateway=CODE, reason=str(no)) from None
        if document.get("merchant") != self.config.merchant:
            raise NotificationForAnother(gateway=CODE)
        try:
            subject = _subject(document)
            if subject.get("merchant") != self.config.merchant:
                raise NotificationForAnother(gateway=CODE)
            read = read_payment(subject) if "payment" in document else read_refund(subject)
            return Notification(event_id=_event_id(document), subject=read, signed_at=signed_at)
        except UnreadableNotice as no:
            raise NotificationUnreadable(gateway=CODE, reason=str(no), **_as_far_as_read(document)) from None

    def reply(self, ack: Ack) -> RawReply:
        """See `NotificationReader.reply`."""
        return _REPLIES[ack]

    async def aclose(self) -> None:
        """Let go of open connections."""
        await self.transport.aclose()

    # ---- one signed call ----------------------------------------------------------------------------------------------

    async def _carry_out(self, method: str, path: str, asked: Document) -> Document:
        """A call that changes something; anything but a yes is raised."""
        status, document = await self._ask(method, path, asked)
        if status == 200:
            return document
        raise _refusal(status, document)

    async def _ask(self, method: str, path: str, asked: Document | None = None) -> tuple[int, Document]:
        """Status and document of a genuine answer; everything else leaves the outcome unknown."""
        url = self.config.base_url.rstrip("/") + path
        body, nonce = b"" if asked is None else spell(asked), self.luck.token(24)
        stamp = int(self.clock.now().timestamp())
        headers = self.key.sign(method, urlsplit(url).path, body, stamp=stamp, nonce=nonce)
        outgoing = Outgoing(method=method, url=url, headers={**headers, "content-type": "application/json"}, body=body)
        answer = await self.transport.exchange(outgoing)
        try:
            self.provider.believe_answer(answer.status, answer.headers, answer.body, nonce=nonce)
            return answer.status, read_document(answer.body)
        except NotBelieved:
            raise OutcomeUnknown(gateway=CODE, reason="answer_not_believed") from None
        except UnreadableNotice:
            raise OutcomeUnknown(gateway=CODE, reason="answer_unreadable") from None

    def _asked(self, request: ChargeRequest) -> Document:
        asked: Document = {
            "ref": request.ref,
            "amount": _spelled(request.amount),
            "flow": request.flow.value,
            "description": _line(request.description),
            "expires_at": request.expires_at.isoformat(),
            "notify_url": self.config.notify_url,
        }
        return asked if request.return_url is None else {**asked, "return_url": request.return_url}

    def _payment(self, document: object, ref: MerchantRef) -> PaymentSnapshot:
        try:
            snapshot = read_payment(self._ours(document))
        except UnreadableNotice:
            raise OutcomeUnknown(gateway=CODE, reason="answer_unreadable") from None
        if snapshot.ref != ref:
            raise OutcomeUnknown(gateway=CODE, reason="answer_for_another")
        return snapshot

    def _refund(self, document: object, payment_ref: MerchantRef, refund_ref: RefundRef) -> RefundSnapshot:
        try:
            snapshot = read_refund(self._ours(document))
        except UnreadableNotice:
            raise OutcomeUnknown(gateway=CODE, reason="answer_unreadable") from None
        if (snapshot.payment_ref, snapshot.refund_ref) != (payment_ref, refund_ref):
            raise OutcomeUnknown(gateway=CODE, reason="answer_for_another")
        return snapshot

    def _ours(self, document: object) -> Document:
        if not isinstance(document, dict) or document.get("merchant") != self.config.merchant:
            raise UnreadableNotice("not ours")
        return document


# ---- what an answer means --------------------------------------------------------------------------------------------


def _refusal(status: int, document: Document) -> GatewayError:
    word = _word(document)
    if status == 401 or word == "no_such_call":
        return Misconfigured(gateway=CODE, reason=word)
    if status == 429:
        return NotSent(gateway=CODE, reason="throttled")
    if word == "reference_conflict":
        return ReferenceConflict(gateway=CODE, reason=word)
    if 400 <= status < 500:
        return Rejected(gateway=CODE, reason=word)
    return OutcomeUnknown(gateway=CODE, reason=f"status_{status}")


def _undecided(status: int, document: Document) -> GatewayError:
    """What a question that must not be refused raises: a no to it tells nothing about the payment."""
    error = _refusal(status, document)
    return OutcomeUnknown(gateway=CODE, reason=error.reason) if isinstance(error, Rejected) else error


def _is_unknown(status: int, document: Document) -> bool:
    return status == 404 and _word(document) == "not_found"


def _word(document: Document) -> str:
    word = document.get("code")
    return word if isinstance(word, str) and _WORD.fullmatch(word) else "no_reason"


def _action(flow: Flow, status: PaymentStatus, pay_url: object) -> NextAction:
    if status is not PaymentStatus.PENDING:
        return NothingToDo()
    try:
        address = reading.web_address(pay_url)
    except reading.Misread:
        raise OutcomeUnknown(gateway=CODE, reason="answer_unreadable") from None
    return ShowQr(address) if flow is Flow.DESKTOP_QR else OpenUrl(address)


def _event_id(document: Document) -> str:
    event_id = document.get("event_id")
    if not isinstance(event_id, str) or not re.fullmatch(r"[0-9A-Za-z_]{8,64}", event_id):
        raise UnreadableNotice("no event id")
    return event_id


def _as_far_as_read(document: Document) -> dict[str, str]:
    """What an unreadable notice is called, and which of our references it names, where that much can be read."""
    subject = document.get("payment", document.get("refund"))
    ref = subject.get("ref", subject.get("refund_ref")) if isinstance(subject, dict) else None
    told = {"event_id": document.get("event_id"), "ref": ref}
    return {name: text for name, text in told.items() if isinstance(text, str)}


def _subject(document: Document) -> Document:
    """The one payment or refund that a notice is about."""
    match document:
        case {"payment": _, "refund": _}:
            raise UnreadableNotice("two subjects")
        case {"payment": dict(subject)} | {"refund": dict(subject)}:
            return subject
        case _:
            raise UnreadableNotice("no subject")


def _spelled(amount: Money) -> Document:
    return {"minor": amount.minor, "currency": amount.currency}


def _seconds(values: Mapping[str, str], name: str, usual: float) -> float:
    text = values.get(name)
    if text is None:
        return usual
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", text) or not float(text):
        raise ValueError(f"sandbox {name} is a number of seconds")
    return float(text)


def _line(text: str) -> str:
    """One printable line of at most 200 characters, as the provider takes it."""
    return "".join(sign if sign.isprintable() else " " for sign in text)[:200].strip() or "-"
