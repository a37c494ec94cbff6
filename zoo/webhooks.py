"""Beasts of webhooks: unsigned, out of order, told twice, led to where nobody may be led."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, INTEGRATION, Beast, Patch

_TOLD = f"{INTEGRATION}/test_webhooks_are_told.py"
_STORES = f"{CONTRACT}/test_webhook_stores.py"
_OUT = f"{INTEGRATION}/test_outbound_calls.py"
_PROCESS = f"{DOMAIN}/processes/worker/webhooks.py"
_MODEL = f"{DOMAIN}/webhooks/model.py"
_CALLING = "src/adapters/retail_adapters/outbound/calling.py"
_BOUNDED = "src/adapters/retail_adapters/outbound/bounded.py"

BEASTS = (
    Beast(
        name="webhook-is-not-signed",
        says="what is told carries a signature that nobody's secret made",
        origin="HOK-R2",
        patches=(Patch(_PROCESS, '"webhook-signature": signed(secrets, id, timestamp, body),', '"webhook-signature": "v1,",'),),
        catchers=(_TOLD,),
    ),
    Beast(
        name="webhook-signs-without-the-time",
        says="the time of a call is not signed, so that an old call can be sent again",
        origin="HOK-R2",
        patches=(Patch(_MODEL, 'content = f"{id}.{timestamp}.".encode() + body', 'content = f"{id}.".encode() + body'),),
        catchers=(_TOLD,),
    ),
    Beast(
        name="webhook-tells-out-of-order",
        says="an event is told while an earlier one of its order waits",
        origin="HOK-R4",
        patches=(
            Patch("src/adapters/retail_adapters/sql/contexts/webhooks.py", "        _IS_OLDEST,\n", ""),
            Patch(
                "src/adapters/retail_adapters/memory/contexts/webhooks.py",
                "heads.setdefault(one.aggregate_id, one)",
                "heads.setdefault(one.number, one)",
            ),
        ),
        catchers=(_STORES, _TOLD),
    ),
    Beast(
        name="webhook-is-called-wherever-its-name-leads",
        says="nobody looks where the name of an address leads",
        origin="R39",
        patches=(
            Patch(
                _CALLING,
                "        if not all(self.destinations.may_reach(one) for one in found):\n            raise CallFailed(Obstacle.ADDRESS)\n",
                "",
            ),
        ),
        catchers=(_OUT,),
    ),
    Beast(
        name="webhook-is-called-if-one-address-is-public",
        says="of the addresses of a name one is looked at, and another may be called",
        origin="R39",
        patches=(
            Patch(
                _CALLING,
                "if not all(self.destinations.may_reach(one) for one in found):",
                "if not self.destinations.may_reach(found[0]):",
            ),
        ),
        catchers=(_OUT,),
    ),
    Beast(
        name="webhook-is-called-by-its-name-once-more",
        says="the name is looked up again to connect, after its addresses were looked at",
        origin="R39",
        patches=(
            Patch(
                _BOUNDED,
                "self.network.connect_tcp(self.address, port,",
                "self.network.connect_tcp(host, port,",
            ),
        ),
        catchers=(_OUT,),
    ),
    Beast(
        name="webhook-goes-where-it-is-sent",
        says="a redirect is followed",
        origin="R39",
        patches=(
            Patch(
                _CALLING,
                "return await self._exchange(call, target, await self._addresses(target))",
                'called = await self._exchange(call, target, await self._addresses(target))\n                to = called.headers.get("location")\n                return await self.exchange(Call(method=call.method, url=to, headers=call.headers)) if to else called',
            ),
        ),
        catchers=(_OUT, _TOLD),
    ),
    Beast(
        name="webhook-is-read-as-long-as-it-talks",
        says="of interim answers and their heads any number is read",
        origin="R39",
        patches=(Patch(_BOUNDED, "if self.left.bytes < 0:", "if not came and self.left.bytes < 0:"),),
        catchers=(_OUT,),
    ),
    Beast(
        name="webhook-name-holds-up-everybody",
        says="names are looked up in the few threads that payment providers' names are looked up in",
        origin="HOK-R4",
        patches=(
            Patch(
                "src/adapters/retail_adapters/outbound/names.py",
                'Thread(target=look_up, name=f"look up {host}", daemon=True).start()',
                "asyncio.get_running_loop().run_in_executor(None, look_up)",
            ),
        ),
        catchers=(_OUT,),
    ),
    Beast(
        name="webhook-replays-what-was-delivered",
        says="a replay tells again what was taken",
        origin="HOK-R6",
        patches=(
            Patch(
                _MODEL,
                "        if self.state is not TellingState.PARKED:\n            return Change(self, self)\n        return Change(self, evolve(self, state=TellingState.WAITING, tries=0, next_at=at, first_at=None))",
                "        return Change(self, evolve(self, state=TellingState.WAITING, tries=0, next_at=at, first_at=None, ended_at=None))",
            ),
        ),
        catchers=(_TOLD,),
    ),
    Beast(
        name="webhook-is-told-before-that-is-noted",
        says="a late failure overtakes the try that followed it",
        origin="HOK-R5",
        patches=(
            Patch(
                _MODEL,
                "if self.state is not TellingState.UNDER_WAY or self.tries != tried:",
                "if self.state is not TellingState.UNDER_WAY:",
            ),
        ),
        catchers=(_STORES,),
    ),
    Beast(
        name="webhook-goes-back-to-where-it-began",
        says="the number to which a webhook has come is not stored with what is written down",
        origin="HOK-R3",
        patches=(
            Patch(
                f"{DOMAIN}/webhooks/use_cases/telling.py",
                "    work.webhooks.save(webhook.came_on(command.events[-1].number))\n",
                "",
            ),
        ),
        catchers=(_TOLD,),
    ),
)
