"""Beasts between transactions: events lost or doubled, keys that do not hold, races nobody runs again."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, INTEGRATION, RACES, REPOSITORIES, SQL, UNIT, Beast, Patch, race

_RELAY = f"{DOMAIN}/processes/worker/relay.py"
_DELIVERIES = f"{REPOSITORIES}/deliveries.py"
_OUTBOX = f"{REPOSITORIES}/outbox.py"
_RETRY = "src/adapters/retail_adapters/system/retry.py"
_SEALED = "src/adapters/retail_adapters/system/sealed_answers.py"
_UNIT = f"{SQL}/unit_of_work.py"
_RELAY_RACES = f"{INTEGRATION}/test_relay_races.py"
_STORES = f"{CONTRACT}/test_stores.py"
_SALES = f"{REPOSITORIES}/sales.py"
_GOODS = f"{CONTRACT}/test_catalog_stores.py"
_BEST_SELLERS = f"{INTEGRATION}/test_best_sellers.py"

BEASTS = (
    Beast(
        name="outbox-written-after-commit",
        says="events are written once the change is committed, in a transaction of their own",
        origin="R16, R25",
        patches=(
            Patch(
                f"{SQL}/unit.py",
                "        await self._session.tx.finish(self._session.flushes(event_flushes(self._session)))\n",
                "        await self._session.tx.finish(self._session.flushes(()))\n"
                "        self.told = [one for one in event_flushes(self._session) if one.rows]\n",
            ),
            Patch(
                _UNIT,
                "        return _Opened(self.database.begin(), self.tools)\n",
                "        return self.late()\n\n    @__import__('contextlib').asynccontextmanager\n    async def late(self):\n"
                "        async with self.database.begin() as transaction:\n            work = SqlUnitOfWork(transaction, self.tools)\n            yield work\n"
                "        told = getattr(work, 'told', ())\n        if told:\n            async with self.database.begin() as transaction:\n"
                "                await transaction.write([(one.write, one.rows) for one in told])\n                await transaction.commit()\n",
            ),
        ),
        catchers=(f"{INTEGRATION}/test_commit_unknown.py",),
    ),
    Beast(
        name="marked-done-before-the-effect",
        says="a delivery is marked as made, then its effect is attempted",
        origin="R26",
        patches=(
            Patch(
                _RELAY,
                "    delivery = errand.delivery = await work.deliveries.claim_next(means.clock.now())\n",
                "    is_second = errand.delivery is not None\n    delivery = errand.delivery = errand.delivery or await work.deliveries.claim_next(means.clock.now())\n",
            ),
            Patch(
                _RELAY,
                "    await reaction(work, delivery.event)\n    work.deliveries.done(delivery, means.clock.now())\n",
                "    if not is_second:\n        work.deliveries.done(delivery, means.clock.now())\n    else:\n        await reaction(work, delivery.event)\n",
            ),
            Patch(
                _RELAY, "return await self.deliver(errand)", "return await self.deliver(errand) and await self.deliver(errand)"
            ),
        ),
        catchers=(_STORES, _RELAY_RACES),
    ),
    Beast(
        name="effect-before-the-mark",
        says="the effect of a delivery is committed, then the delivery is marked as made",
        origin="R26",
        patches=(
            Patch(
                _RELAY,
                "    delivery = errand.delivery = await work.deliveries.claim_next(means.clock.now())\n",
                "    is_second = errand.delivery is not None\n    delivery = errand.delivery = errand.delivery or await work.deliveries.claim_next(means.clock.now())\n",
            ),
            Patch(
                _RELAY,
                "    await reaction(work, delivery.event)\n    work.deliveries.done(delivery, means.clock.now())\n",
                "    if is_second:\n        work.deliveries.done(delivery, means.clock.now())\n    else:\n        await reaction(work, delivery.event)\n",
            ),
            Patch(
                _RELAY, "return await self.deliver(errand)", "return await self.deliver(errand) and await self.deliver(errand)"
            ),
        ),
        catchers=(_RELAY_RACES, _STORES),
    ),
    Beast(
        name="events-out-of-order",
        says="a worker takes any due delivery, though an older one of the same thing is still open",
        origin="R25",
        patches=(
            Patch(
                _DELIVERIES,
                'deliveries.c.next_at <= bindparam("at"), _IS_OLDEST\n',
                'deliveries.c.next_at <= bindparam("at")\n',
            ),
        ),
        catchers=(_STORES, _RELAY_RACES),
    ),
    Beast(
        name="an-event-is-numbered-by-its-position",
        says="the number of an event is the counter that was drawn when it was written, committed or not",
        origin="R48",
        patches=(Patch(f"{REPOSITORIES}/numbers.py", ".values(number=_next.c.number)", ".values(number=_next.c.position)"),),
        catchers=(f"{CONTRACT}/test_events_by_number.py",),
    ),
    Beast(
        name="two-number-events-at-once",
        says="whoever numbers events does not look whether somebody else is at it",
        origin="R48",
        patches=(Patch(f"{REPOSITORIES}/numbers.py", 'if turn["is_mine"] else 0', "if turn else 0"),),
        catchers=(f"{CONTRACT}/test_events_by_number.py",),
    ),
    Beast(
        name="poison-holds-up-everybody",
        says="a delivery that always fails is tried for ever",
        origin="R27",
        patches=(Patch(_RELAY, "parked = at if delivery.attempts + 1 >= ATTEMPTS_MAX else None", "parked = None"),),
        catchers=(_STORES,),
    ),
    Beast(
        name="key-without-owner",
        says="an idempotency key of one member finds the answer of another",
        origin="R17: scoped to principal and operation",
        patches=(
            Patch(
                _SEALED,
                'self._digest("key", once.principal, once.operation, once.key)',
                'self._digest("key", once.operation, once.key)',
            ),
            Patch(_SEALED, 'self._digest("principal", once.principal).hex()', 'self._digest("principal").hex()'),
        ),
        catchers=(_STORES,),
    ),
    Beast(
        name="key-without-fingerprint",
        says="another request under a used key gets the first one's answer",
        origin="R17",
        patches=(
            Patch(
                _OUTBOX,
                '        if row["fingerprint"] != self._sealed.kept_fingerprint(once):',
                '        if not row["fingerprint"]:',
            ),
        ),
        catchers=(_STORES, RACES),
    ),
    Beast(
        name="answer-remembered-by-nobody",
        says="what a command answered is not kept under its key",
        origin="R17, mall",
        patches=(
            Patch(
                _OUTBOX,
                "        return [Flush(_INSERT_ANSWERS, [self._staged[key] for key in sorted(self._staged)])]",
                "        return []",
            ),
        ),
        catchers=(_STORES,),
    ),
    Beast(
        name="rival-with-the-same-key-sees-the-database",
        says="who comes second with a key is shown the unique constraint instead of the first one's answer",
        origin="R17, R31",
        patches=(
            Patch(
                _RETRY,
                "                if alike >= ALIKE_MAX:\n",
                '                if taken.table == "answers" or alike >= ALIKE_MAX:\n',
            ),
        ),
        catchers=(f"{UNIT}/test_lost_races_run_again.py", race("effects of an idempotency key")),
    ),
    Beast(
        name="lost-race-is-an-error",
        says="a serialization failure or a stale version is shown to the buyer",
        origin="R31: without retries it under-sells",
        patches=(
            Patch(
                _RETRY,
                "                locked_out += is_locked_out(race)\n                if locked_out == LOCKED_OUT_MAX:\n                    raise\n                lost = race\n",
                "                raise\n",
            ),
        ),
        catchers=(f"{UNIT}/test_lost_races_run_again.py",),
    ),
    Beast(
        name="code-in-use-is-tried-a-dozen-times",
        says="what is taken for good is run again until there are no tries left, however often it is the same rule",
        origin="R31: a conflict is told quickly",
        patches=(Patch(_RETRY, "                if alike >= ALIKE_MAX:\n", "                if attempt == TRIES_MAX:\n"),),
        catchers=(f"{UNIT}/test_lost_races_run_again.py",),
    ),
    Beast(
        name="sums-over-an-old-figure",
        says="two who add up sales of the same goods read one figure, and the second writes over what the first added",
        origin="CAT-R6",
        patches=(
            Patch(
                _SALES,
                'AnyOf(products.c.id, "ids")).order_by(products.c.id).with_for_update(),',
                'AnyOf(products.c.id, "ids")).order_by(products.c.id),',
            ),
        ),
        catchers=(_GOODS, _BEST_SELLERS),
    ),
    Beast(
        name="notes-added-up-by-both",
        says="two workers read the same notes of sales, and each adds them up",
        origin="CAT-R6",
        patches=(
            Patch(_SALES, '.limit(bindparam("most")).with_for_update(skip_locked=True)', '.limit(bindparam("most"))'),
            Patch(_SALES, 'Flush(_STRIKE_OUT, self._added_up, "sale")', "Flush(_STRIKE_OUT, self._added_up)"),
        ),
        catchers=(_GOODS, _BEST_SELLERS),
    ),
    Beast(
        name="every-order-writes-its-goods",
        says="a paid order adds itself to the row of its goods, which all orders of a best seller share",
        origin="CAT-R6: a hot row",
        patches=(
            Patch(
                f"{DOMAIN}/processes/worker/reactions.py",
                "    work.sales.note(sold)\n",
                "    await work.sales.add_up(1_000)\n    await work.products.claim(sold)\n    work.sales.note(sold)\n",
            ),
            Patch(
                f"{DOMAIN}/processes/worker/reactions.py",
                "    def sales(self) -> Sales: ...",
                "    def sales(self) -> Sales: ...\n    @property\n    def products(self): ...",
            ),
        ),
        catchers=(f"{_BEST_SELLERS}::test_what_is_paid_is_counted_while_somebody_holds_the_goods",),
    ),
)
"""Each must be caught."""
