"""Beasts of messages: told twice, sent twice, advertised to who never agreed, woken by night."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, INTEGRATION, Beast, Patch

_TOLD = f"{INTEGRATION}/test_messages_are_told.py"
_STORES = f"{CONTRACT}/test_messages.py"
_TELLING = f"{DOMAIN}/messages/use_cases/telling.py"
_SENDING = f"{DOMAIN}/messages/use_cases/sending.py"
_WATCH = f"{DOMAIN}/payments/gateway/watched.py"
_MODEL = f"{DOMAIN}/messages/model.py"

BEASTS = (
    Beast(
        name="messages-call-every-hiccup-an-outage",
        says="what a provider answered is not taken for a sign of life, so failures of a whole day add up to an outage",
        origin="MSG-R1",
        patches=(
            Patch(
                _WATCH,
                "        self._failing.pop(gateway, None)\n        return answer",
                "        return answer",
            ),
        ),
        catchers=(f"{INTEGRATION}/test_a_provider_that_is_down.py",),
    ),
    Beast(
        name="messages-forget-how-far-they-came",
        says="how far events were looked through is not stored with what they raise, so each round tells them anew",
        origin="MSG-R2",
        patches=(
            Patch(_TELLING, "    work.message_readings.save(reading.came_on(command.upto))\n", ""),
            Patch(_TELLING, "if (one.cause.code, whom, one.occasion) not in known]", "]"),
        ),
        catchers=(_TOLD,),
    ),
    Beast(
        name="messages-advertise-to-everybody",
        says="advertising is written whether or not its reader agreed",
        origin="MSG-R3",
        patches=(
            Patch(
                _TELLING,
                "for id, said in (await work.marketing_consents.last_of(members)).items() if said.given}",
                "for id, said in (await work.marketing_consents.last_of(members)).items()}",
            ),
        ),
        catchers=(_TOLD,),
    ),
    Beast(
        name="messages-advertise-after-the-last-word",
        says="advertising that waits goes out though its reader no longer agrees",
        origin="MSG-R3",
        patches=(Patch(_SENDING, "        if said is None or not said.given:\n", "        if said is None:\n"),),
        catchers=(_TOLD,),
    ),
    Beast(
        name="messages-are-sent-again-blindly",
        says="what may have been sent by somebody who died is sent again",
        origin="MSG-R6",
        patches=(
            Patch(
                _MODEL,
                "is_lost = self.state is SendingState.UNDER_WAY and not repeats",
                "is_lost = repeats and False",
            ),
        ),
        catchers=(_TOLD,),
    ),
    Beast(
        name="messages-wake-their-readers",
        says="quiet hours are kept by nobody",
        origin="MSG-R7",
        patches=(Patch(_SENDING, "morning = quiet.over_at(at, means.calendar)", "morning = None if quiet else None"),),
        catchers=(_TOLD,),
    ),
    Beast(
        name="messages-change-behind-their-reader",
        says="what was read goes on to gather what follows",
        origin="MSG-R5",
        patches=(
            Patch(_MODEL, "self.bundles_until is not None and self.read_at is None and", "self.bundles_until is not None and"),
            Patch(_MODEL, "evolve(self, read_at=at, bundles_until=None)", "evolve(self, read_at=at)"),
            Patch(
                "src/adapters/retail_adapters/memory/messages.py",
                "one.recipient in recipients and one.read_at is None",
                "one.recipient in recipients",
            ),
            Patch(
                "src/adapters/retail_adapters/sql/repositories/messages.py",
                "if one.recipient in recipients and one.read_at is None)",
                "if one.recipient in recipients)",
            ),
        ),
        catchers=(_TOLD, _STORES),
    ),
)
