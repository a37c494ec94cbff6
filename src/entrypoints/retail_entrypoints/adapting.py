"""Gateways and senders of text messages that RETAIL_GATEWAYS and RETAIL_SMS name by functions of installed packages."""

from __future__ import annotations

from inspect import iscoroutinefunction
from typing import Any, Final, cast

from retail_adapters.assembly.given import AdapterGiven
from retail_domain.accounts.sms import SmsSender
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Luck
from retail_domain.payments.gateway import Capabilities, PaymentGateway
from retail_entrypoints.dotted import function_named, takes_one
from retail_entrypoints.settings import BadSetting, GatewaySetting, Settings

_VERBS: Final = ("begin", "query", "close", "refund", "query_refund")
_READS: Final = ("read", "reply")


def made_gateway(setting: GatewaySetting, settings: Settings, clock: Clock, luck: Luck) -> PaymentGateway:
    """The gateway that its function makes, looked at. Raises BadSetting."""
    name = "RETAIL_GATEWAYS"
    notices = f"{settings.public_url}/v1/gateways/{setting.code}/notices"
    given = AdapterGiven(
        code=setting.code, values=setting.values, clock=clock, luck=luck, currency=settings.currency, notify_url=notices
    )
    made = _made(name, setting.maker, given)
    wrong = _without(made, _VERBS)
    if wrong:
        raise BadSetting(name, f"{setting.maker} makes no gateway: it lacks async {', '.join(wrong)}")
    if getattr(made, "code", None) != setting.code:
        raise BadSetting(name, f"{setting.maker} makes a gateway that is not called {setting.code}: its code says otherwise")
    if not isinstance(getattr(made, "capabilities", None), Capabilities):
        raise BadSetting(name, f"{setting.maker} makes a gateway whose capabilities are no Capabilities")
    reads = [one for one in _READS if callable(getattr(made, one, None))]
    if len(reads) == 1:
        raise BadSetting(name, f"{setting.maker} makes half a reader of notices: it needs both read and reply, or neither")
    return cast(PaymentGateway, made)


def made_sms(settings: Settings, clock: Clock, luck: Luck) -> SmsSender:
    """The sender that its function makes, looked at. Raises BadSetting."""
    name, setting = "RETAIL_SMS", settings.sms
    given = AdapterGiven(code="sms", values=setting.values, clock=clock, luck=luck, currency=settings.currency)
    made = _made(name, setting.maker, given)
    if _without(made, ("send",)):
        raise BadSetting(name, f"{setting.maker} makes no sender of text messages: it lacks async send")
    return cast(SmsSender, made)


def _made(name: str, maker: str, given: AdapterGiven) -> Any:
    make = function_named(name, maker)
    if not takes_one(make):
        raise BadSetting(name, f"{maker} is no function of one argument, what it is given")
    try:
        return make(given)
    except Exception as error:
        # Its words may hold a secret that it was given.
        raise BadSetting(name, f"{maker} broke: {type(error).__name__}") from error


def _without(made: Any, verbs: tuple[str, ...]) -> list[str]:
    return [verb for verb in verbs if not iscoroutinefunction(getattr(made, verb, None))]
