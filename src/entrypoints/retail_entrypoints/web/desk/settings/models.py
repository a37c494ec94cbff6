"""Settings as they are shown and typed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import groupby

from attrs import evolve

from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.settings import Told
from retail_domain.settings import SettingView


def grouped(settings: Sequence[SettingView]) -> list[tuple[str, list[SettingView]]]:
    """By the first word of their names; what has a room of its own is left out."""

    def group_of(one: SettingView) -> str:
        return one.name.partition(".")[0]

    shown = sorted((one for one in settings if one.kind != "blocks"), key=lambda one: one.name)
    return [(group, list(found)) for group, found in groupby(shown, key=group_of)]


def laid_out(one: SettingView) -> SettingView:
    """A ladder line by line, so that people can read and write it."""
    if one.kind != "ladder":
        return one
    return evolve(
        one, value=_in_lines(one.value), usual=_in_lines(one.usual),
        planned=tuple(evolve(plan, value=None if plan.value is None else _in_lines(plan.value)) for plan in one.planned),
    )  # fmt: skip


def _in_lines(told: Told) -> str:
    return json.dumps(json.loads(str(told)), ensure_ascii=False, indent=1)


def typed_value(kind: str, text: str) -> int | str | list[str]:
    """What was typed, as a setting of this kind takes it. Raises InvalidInput."""
    if kind == "regions":
        return [one for one in re.split(r"[\s,，、;；]+", text) if one]
    if kind != "whole":
        return text
    if not re.fullmatch(r"\d{1,9}", text.strip()):
        raise InvalidInput.of("value", "type", "a whole number is expected")
    return int(text)
