"""The settings of the environment, all that is wrong with them at once, and what production lacks (DOR-R4, DOR-R9)."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from retail_entrypoints.cli.health.diagnosis import Diagnosis, ill, odd, well
from retail_entrypoints.databases import is_file
from retail_entrypoints.settings import BadSetting, Mode, Settings, lacking_in_production

_WRONG_MAX: Final = 100
_OURS: Final[Mapping[str, tuple[str, ...]]] = {
    "sandbox": (
        "base_url", "notify_url", "merchant", "secret", "provider_key", "currencies", "connect_seconds", "total_seconds",
        "signing_key", "retry_seconds", "public_url",
    ),
    "counter": ("secret",),
    "pictures": ("endpoint", "bucket", "region", "key_id", "secret", "prefix"),
}  # fmt: skip
"""What our own adapters and the simulator read for themselves; what adapters of others read is theirs to know."""
_OURS_NAMED: Final = frozenset(f"RETAIL_{family}_{word}".upper() for family, words in _OURS.items() for word in words)
_TESTS: Final = ("RETAIL_TEST_", "RETAIL_HYPOTHESIS", "RETAIL_WRITE_")
"""What the project's own tests are told."""


class _Noted(UserDict[str, str]):
    """An environment that knows what it was asked for: those are the settings there are."""

    def __init__(self, told: Mapping[str, str]) -> None:
        super().__init__(told)
        self.asked: set[str] = set()

    def get(self, name: Any, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


@frozen
class ReadEnvironment:
    """Settings as far as they can be read, whether production is meant, and what cannot be read."""

    settings: Settings
    is_production: bool
    wrong: tuple[BadSetting, ...]


def read_as_far_as_possible(environ: Mapping[str, str]) -> ReadEnvironment:
    """Every setting that can be read; what cannot is left out and named. What production refuses is asked apart."""
    told, wrong = dict(environ), list[BadSetting]()
    is_production = told.pop("RETAIL_ENV", "").strip() == Mode.PRODUCTION.value
    while len(wrong) < _WRONG_MAX:
        try:
            return ReadEnvironment(Settings.from_environ(told), is_production, tuple(wrong))
        except BadSetting as one:
            wrong.append(one)
            if told.pop(one.name, None) is None:
                break
    return ReadEnvironment(Settings.from_environ({}), is_production, tuple(wrong))


def of_environment(around: ReadEnvironment, environ: Mapping[str, str]) -> Iterator[Diagnosis]:
    """What is wrong with the settings, and what production would refuse."""
    for one in around.wrong:
        yield ill("settings", str(one), f"set {one.name} as docs/reference/settings.md says")
    if environ.get("RETAIL_ENV", "").strip() not in ("", *(mode.value for mode in Mode)):
        yield ill("settings", "RETAIL_ENV: one of development, production", "set RETAIL_ENV")
    known, families = _known(around, environ) | _OURS_NAMED, _families(around.settings)
    unknown = sorted(
        name for name in environ if name.startswith("RETAIL_") and name not in known and not name.startswith(families)
    )
    for name in unknown:
        yield odd("settings", f"{name} is no setting of this release", "look for a typing error, or take it out")
    if not around.wrong and not unknown:
        yield well("settings", "every RETAIL_* variable is one, and can be read")
    yield from _production(around)


def _known(around: ReadEnvironment, environ: Mapping[str, str]) -> frozenset[str]:
    """The names of settings: those that are read, and those that cannot be."""
    noted = _Noted({name: value for name, value in environ.items() if name not in {one.name for one in around.wrong}})
    noted.pop("RETAIL_ENV", None)
    Settings.from_environ(noted)
    return frozenset({*noted.asked, "RETAIL_ENV", *(one.name for one in around.wrong)})


def _families(settings: Settings) -> tuple[str, ...]:
    """How the names of settings begin that adapters read for themselves."""
    others = [code for code in (*settings.gateway_codes, "sms") if code not in _OURS]
    return (*(f"RETAIL_{code.upper()}_" for code in others), *_TESTS)


def _production(around: ReadEnvironment) -> Iterator[Diagnosis]:
    lacking = lacking_in_production(around.settings)
    for name, why in lacking.items():
        says = f"{name}: {why}"
        yield ill("production", says, f"set {name}") if around.is_production else well("production", f"would refuse {says}")
    if not around.is_production:
        yield well("production", "not meant: RETAIL_ENV is development")
        return
    if not lacking:
        yield well("production", "nothing is left that only development may use")
    if not around.settings.trusted_proxies:
        says = "no proxy is trusted, and https ends at one: every caller seems to come from its address"
        yield odd("production", says, "name it in RETAIL_TRUSTED_PROXIES")
    if is_file(around.settings):
        says = "the shop lives in one file of one machine"
        yield odd("production", says, "docs/how-to/run-in-production.md tells when PostgreSQL pays")
