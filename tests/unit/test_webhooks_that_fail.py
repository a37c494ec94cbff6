"""When a webhook is stopped, and when it is not (HOK-R8)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from retail_domain.testing.goods import NOON
from retail_domain.webhooks import SecretSeed, Tries, Webhook, WebhookId, WebhookState, WebhookStopped
from retail_domain.webhooks.model import GIVES_UP_AFTER

TAKEN = Tries(any_taken=True, any_given_up=False)
REFUSED = Tries(any_taken=False, any_given_up=False)
GIVEN_UP = Tries(any_taken=False, any_given_up=True)
LATE = NOON + GIVES_UP_AFTER + timedelta(hours=1)


def webhook(state: WebhookState = WebhookState.ACTIVE) -> Webhook:
    secret = SecretSeed("seed", "check")
    return Webhook(
        id=WebhookId(UUID(int=1)), url="https://example.com/", description="", kinds=(), secret=secret, came_to=0,
        created_at=NOON, state=state,
    )  # fmt: skip


def test_it_is_stopped_when_something_is_given_up_and_nothing_was_taken_for_as_long() -> None:
    """HOK-R8: and that happened, for whoever follows."""
    failing = webhook().came_off(REFUSED, at=NOON).state
    assert failing.failing_since == NOON

    change = failing.came_off(GIVEN_UP, at=LATE)

    assert (change.state.state, change.state.failing_since) == (WebhookState.STOPPED, NOON)
    assert change.events == (WebhookStopped(at=LATE, webhook_id=failing.id, failing_since=NOON),)


def test_one_event_that_its_receiver_cannot_read_stops_nothing_as_long_as_others_are_taken() -> None:
    """HOK-R8: neither when both come at once, nor when another was taken between."""
    failing = webhook().came_off(REFUSED, at=NOON).state

    assert failing.came_off(Tries(any_taken=True, any_given_up=True), at=LATE).state.state is WebhookState.ACTIVE
    taken = failing.came_off(TAKEN, at=LATE - timedelta(hours=2)).state
    assert taken.failing_since is None
    assert taken.came_off(GIVEN_UP, at=LATE).state.state is WebhookState.ACTIVE


def test_a_single_failure_after_long_silence_stops_nothing() -> None:
    """HOK-R8: a shop where little happens may have tried once in a week."""
    failing = webhook().came_off(REFUSED, at=NOON).state

    assert failing.came_off(REFUSED, at=NOON + timedelta(days=7)).state is failing


def test_whoever_resumes_it_begins_to_count_anew() -> None:
    """HOK-R8: although what was tried before its stop fails once more."""
    stopped = webhook().came_off(REFUSED, at=NOON).state.came_off(GIVEN_UP, at=LATE).state

    resumed = stopped.stands(WebhookState.ACTIVE).state

    assert (resumed.state, resumed.failing_since) == (WebhookState.ACTIVE, None)
    assert resumed.came_off(GIVEN_UP, at=LATE).state.state is WebhookState.ACTIVE


@pytest.mark.parametrize("state", [WebhookState.PAUSED, WebhookState.STOPPED, WebhookState.REMOVED])
@pytest.mark.parametrize("tries", [TAKEN, REFUSED, GIVEN_UP])
def test_what_comes_late_changes_nothing_of_one_that_is_told_nothing_more(state: WebhookState, tries: Tries) -> None:
    """HOK-R8."""
    one = webhook(state)

    assert one.came_off(tries, at=LATE).state is one
