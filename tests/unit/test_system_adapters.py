"""The machine's clock, ids and luck (R29, GEN-R6)."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import define

from retail_adapters.system.clock import FileClock, SystemClock
from retail_adapters.system.ids import UuidSevenIds
from retail_adapters.system.luck import SystemLuck

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@define
class StandingClock:
    at: datetime = NOON

    def now(self) -> datetime:
        return self.at


def test_the_system_clock_tells_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_the_file_clock_is_read_afresh_each_time(tmp_path: Path) -> None:
    clock = FileClock(tmp_path / "clock")
    (tmp_path / "clock").write_text("2026-01-31T20:00:00+08:00\n")
    first = clock.now()
    (tmp_path / "clock").write_text("2026-02-01T00:00:00Z")

    assert (first, clock.now()) == (NOON, datetime(2026, 2, 1, tzinfo=UTC))


@pytest.mark.parametrize("written", ["2026-01-31T12:00:00", "noon", ""])
def test_the_file_clock_refuses_what_is_no_instant(tmp_path: Path, written: str) -> None:
    (tmp_path / "clock").write_text(written)

    with pytest.raises(ValueError):
        FileClock(tmp_path / "clock").now()


def test_ids_are_version_seven_and_carry_the_time() -> None:
    minted = UuidSevenIds(clock=StandingClock()).new()

    assert (minted.version, minted.variant) == (7, "specified in RFC 4122")
    assert minted.int >> 80 == int(NOON.timestamp() * 1000)


def test_ids_rise_while_the_clock_stands_and_even_when_it_goes_back() -> None:
    clock = StandingClock()
    ids = UuidSevenIds(clock=clock)
    minted = [ids.new() for _ in range(2_000)]
    clock.at = NOON - timedelta(days=1)
    minted += [ids.new() for _ in range(2_000)]

    assert all(earlier < later for earlier, later in itertools.pairwise(minted))


def test_ids_are_reproducible_from_their_clock_and_randomness() -> None:
    first = UuidSevenIds(clock=StandingClock(), random_bits=lambda bits: 5)
    second = UuidSevenIds(clock=StandingClock(), random_bits=lambda bits: 5)

    assert [first.new(), first.new()] == [second.new(), second.new()]


def test_digits_keep_their_leading_zeros_and_differ() -> None:
    codes = [SystemLuck().digits(6) for _ in range(400)]

    assert {len(code) for code in codes} == {6} and all(code.isascii() and code.isdigit() for code in codes)
    assert len(set(codes)) > 350


def test_tokens_are_url_safe_and_hold_the_bytes_asked_for() -> None:
    token = SystemLuck().token(32)

    assert len(token) == 43 and "=" not in token and token != SystemLuck().token(32)
