"""What a tester makes the simulated provider do: pay, fail, expire, misbehave, keep silent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs
from attrs import frozen

from retail_entrypoints.simulators.sandbox.faults import USUAL_PLACE, Fault
from retail_entrypoints.simulators.sandbox.http import Reply, Request, json_reply
from retail_entrypoints.simulators.sandbox.postman import Postman
from retail_entrypoints.simulators.sandbox.provider import Provider
from retail_entrypoints.simulators.sandbox.reading import Document, Refused
from retail_entrypoints.simulators.sandbox.records import Notice

_REFUND_WORDS: Final[Mapping[str, str]] = {
    "succeed": "succeeded",
    "close": "closed",
    "need-attention": "needs_attention",
}


@frozen(kw_only=True)
class ControlApi:
    """Unsigned and all-powerful: for the loopback address of a development machine only."""

    provider: Provider
    postman: Postman

    async def answer(self, request: Request) -> Reply:
        """Carry out what the tester wants."""
        try:
            return json_reply(await self._carry_out(request))
        except Refused as no:
            return json_reply(no.document, no.status)
        except ValueError as no:
            return json_reply({"code": "invalid", "message": str(no)}, 422)

    async def _carry_out(self, request: Request) -> Document:
        match request.method, request.path.removeprefix("/control/").split("/"):
            case "GET", ["payments"]:
                return {"items": [self.provider.told(self.provider.find(p.ref)) for p in self.provider.store.payments()]}
            case "GET", ["payments", ref]:
                refunds = [self.provider.told_refund(refund) for refund in self.provider.store.refunds_of(ref)]
                return {"payment": self.provider.payment(ref), "refunds": refunds}
            case "POST", ["payments", ref, "pay"]:
                return self.provider.pay(ref, force=_flag(request, "force"))
            case "POST", ["payments", ref, "fail"]:
                return self.provider.fail(ref)
            case "POST", ["payments", ref, "expire"]:
                return self.provider.expire(ref)
            case "POST", ["refunds", ref, word] if word in _REFUND_WORDS:
                return self.provider.settle_refund(ref, _REFUND_WORDS[word])
            case _, ["notices", *rest]:
                return await self._notices(request, rest)
            case _, rest:
                return self._behaviour(request, rest)

    async def _notices(self, request: Request, rest: list[str]) -> Document:
        match request.method, rest:
            case "GET", []:
                return {"sent": self.provider.habits.sends_notices, "items": self._told_notices()}
            case "POST", []:
                self.provider.habits.sends_notices = _flag(request, "sent", default=True)
                return {"sent": self.provider.habits.sends_notices}
            case "GET", [event_id, "signed"]:
                signed = self.postman.sign(self._notice(event_id))
                return {"url": signed.url, "headers": signed.headers, "body": signed.body.decode()}
            case "POST", [event_id, "repeat"]:
                came = await self.postman.repeat(self._notice(event_id), _count(request, "times"))
                return {"answers": [attrs.asdict(one) for one in came]}
            case _:
                raise Refused(404, "no_such_call")

    def _behaviour(self, request: Request, rest: list[str]) -> Document:
        match request.method, rest:
            case "GET", ["faults"]:
                return {"items": [attrs.asdict(fault) for fault in self.provider.faults.armed]}
            case "POST", ["faults"]:
                fault = _fault(request.document())
                self.provider.faults.arm(fault)
                return attrs.asdict(fault)
            case "DELETE", ["faults"]:
                self.provider.faults.clear()
                return {"items": []}
            case "POST", ["refunds"]:
                self.provider.habits.refund_result = _refund_result(request)
                return {"result": self.provider.habits.refund_result}
            case "POST", ["reset"]:
                self._reset()
                return {}
            case _:
                raise Refused(404, "no_such_call")

    def _reset(self) -> None:
        self.provider.store.clear()
        self.provider.faults.clear()
        self.provider.habits.sends_notices, self.provider.habits.refund_result = True, "succeeded"
        self.postman.forget()

    def _notice(self, event_id: str) -> Notice:
        notice = self.provider.store.notice(event_id)
        if notice is None:
            raise Refused(404, "not_found")
        return notice

    def _told_notices(self) -> list[Document]:
        return [attrs.asdict(notice) for notice in self.provider.store.notices()]


def _fault(asked: Mapping[str, object]) -> Fault:
    kind = str(asked.get("kind", "")).strip().lower().replace(" ", "_").replace("-", "_")
    numbers = {name: asked[name] for name in ("count", "delay_ms") if name in asked}
    if not all(type(number) is int for number in numbers.values()):
        raise ValueError("count and delay_ms are whole numbers")
    usual: Document = {"delay_ms": 2_000} if kind == "reorder" else {}
    return Fault(kind=kind, on=str(asked.get("on") or USUAL_PLACE.get(kind, "any")), **{**usual, **numbers})


def _flag(request: Request, name: str, *, default: bool = False) -> bool:
    flag = request.document().get(name, default)
    if not isinstance(flag, bool):
        raise ValueError(f"{name} is true or false")
    return flag


def _count(request: Request, name: str) -> int:
    count = request.document().get(name, 1)
    if type(count) is not int or not 1 <= count <= 100:
        raise ValueError(f"{name} is 1 to 100")
    return count


def _refund_result(request: Request) -> str:
    result = request.document().get("result")
    if result not in ("succeeded", "pending"):
        raise ValueError("result is succeeded or pending")
    return str(result)
