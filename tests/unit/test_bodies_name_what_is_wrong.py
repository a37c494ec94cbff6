"""What is wrong with a body is named by where it stands."""

from __future__ import annotations

import pytest

from retail_domain.kernel.errors import InvalidInput
from retail_entrypoints.http.bodies import read
from retail_entrypoints.http.run_time_settings import ChangeSettingsBody


@pytest.mark.parametrize("value", [True, 1.5, {"a": 1}])
def test_a_value_among_others_is_named_by_its_key(value: object) -> None:
    """SET-R1, R37: the setting, as it is where a setting refuses its value itself."""
    body = {"values": {"orders.pay_seconds": value, "points.back_days": 1}, "reason": "x"}
    with pytest.raises(InvalidInput) as refused:
        read(body, ChangeSettingsBody)
    assert [one.field for one in refused.value.problems] == ["values.orders.pay_seconds"]
