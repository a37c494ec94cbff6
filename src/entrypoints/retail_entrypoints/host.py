"""The application around the shop (RETAIL_HOST): found, asked once, and looked at before anybody is served."""

from __future__ import annotations

from typing import Final

from retail_adapters.assemble import Outside
from retail_adapters.system.stores import DATABASE, require_store
from retail_domain.payments.tenders import Tenders
from retail_domain.pricing import Step
from retail_domain.processes.rewards.wallet_tender import OUR_TENDERS
from retail_domain.processes.takings import our_takings
from retail_domain.processes.worker.reactions import our_reactions
from retail_entrypoints.dotted import function_named, takes_one, told
from retail_entrypoints.settings import BadSetting, Settings

_NAME: Final = "RETAIL_HOST"


def with_host(settings: Settings, ours: Outside) -> Outside:
    """What the shop finds outside itself, with what the application around it adds.

    Raises BadSetting, with what the application said, whatever is wrong with it.
    """
    if not settings.host:
        return ours
    host = function_named(_NAME, settings.host)
    try:
        outside: object = host(ours) if takes_one(host) else None
    except Exception as error:
        raise BadSetting(_NAME, f"{settings.host} broke: {told(error)}") from error
    if not isinstance(outside, Outside):
        raise BadSetting(_NAME, f"{settings.host} is no function from an Outside to an Outside")
    try:
        _check(outside)
    except (TypeError, ValueError) as wrong:
        raise BadSetting(_NAME, str(wrong)) from wrong
    except Exception as error:
        raise BadSetting(_NAME, told(error)) from error
    return outside


def _check(outside: Outside) -> None:
    """What a shop made of it would break with. Raises TypeError, ValueError."""
    our_takings(*outside.takings)
    our_reactions(*outside.reactions)
    Tenders((*OUR_TENDERS, *outside.tenders))
    for step in outside.steps:
        if not isinstance(step, Step):
            raise TypeError(f"{step!r} is no step of the price")
    require_store(outside.hosted, DATABASE)
