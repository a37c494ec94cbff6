"""Everything that costs the shop something has its shares in the one table, and everything in the table is real (ACC-R7)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from retail_domain.accounts import AccountRules
from retail_domain.insight.use_cases import BehaviourRules
from retail_domain.kernel.costs import ARRIVING, BODY, CONNECTION, COSTS, GUESS, MESSAGE, PASSWORD, PLACE, READ, WAITING, Whose
from retail_domain.processes.purchase.carting import GuestRules
from retail_entrypoints.cli.door_limits import CONNECTIONS_MAX
from retail_entrypoints.http.arriving import Arrivals, BodyLimits, BodyTimer
from retail_entrypoints.settings import Settings
from scripts.reference_pages import COSTS_PAGE, PROJECT, costs_page

SOURCE = PROJECT / "src"
DEAR = {"Passwords": PASSWORD, "CountedPasswords": PASSWORD, "SmsSender": MESSAGE}
"""What a use case asks for when it is about to spend one of these."""
COUNTS_NO_TRY = frozenset({"add_staff", "give_password"})
"""Who hashes without having counted a try: staff who may, for others of staff."""


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in sorted((SOURCE / "retail_domain").rglob("*.py")):
        if "testing" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield path, node


def handlers() -> Iterator[tuple[str, bool]]:
    """Handlers that change something, and whether anybody may call them."""
    for path in sorted((SOURCE / "entrypoints/retail_entrypoints/http").glob("*.py")):
        tree = ast.parse(path.read_text())
        for scope in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            resources = [ast.unparse(node) for node in ast.walk(scope) if isinstance(node, ast.Call)]
            is_public_resource = any(one.startswith("Resource(") and "permission=PUBLIC" in one for one in resources)
            for node in scope.body:
                if not isinstance(node, ast.AsyncFunctionDef):
                    continue
                for route in node.decorator_list:
                    told = ast.unparse(route)
                    verb = told.partition("(")[0].rpartition(".")[2]
                    if verb in ("post", "put", "patch", "delete"):
                        permission = "permission=" in told
                        yield node.name, "permission=PUBLIC" in told or (is_public_resource and not permission)


def pages() -> Iterator[str]:
    """Handlers of pages, which are asked for as well as sent to."""
    for path in sorted((SOURCE / "entrypoints/retail_entrypoints/web").rglob("pages.py")):
        yield from (node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.AsyncFunctionDef))


def test_whoever_asks_for_something_dear_is_named_in_the_table() -> None:
    """ACC-R7: a new use case that hashes, sends or takes a code fails here until it is placed."""
    missing = [
        f"{path.name}: {node.name} spends {cost.what}"
        for path, node in functions()
        for kind, cost in DEAR.items()
        if not node.name.startswith("_")
        and any(ast.unparse(one.annotation) == kind for one in node.args.args if one.annotation is not None)
        and node.name not in cost.spent_by
    ]

    assert missing == []


def test_whoever_counts_a_try_asks_the_hasher_that_gives_it_back() -> None:
    """ACC-R7: who is turned away has tried nothing; with the bare hasher a use case would forget it."""
    bare = {
        node.name for _, node in functions()
        if any(ast.unparse(one.annotation) == "Passwords" for one in node.args.args if one.annotation is not None)
    }  # fmt: skip

    assert bare == COUNTS_NO_TRY


def test_wherever_a_code_is_looked_at_stands_somebody_who_is_named() -> None:
    """ACC-R7: codes are proven by `Proving` alone, which counts the wrong ones."""
    places = {path for path, node in functions() if "Proving.claimed(" in ast.unparse(node)}
    named = {path for path, node in functions() if node.name in GUESS.spent_by}

    assert len(places) >= 3 and places <= named


def test_whatever_anybody_may_make_the_shop_do_is_named_in_the_table() -> None:
    """ACC-R7: a new public route that writes fails here until it is placed."""
    known = frozenset().union(*(cost.spent_by for cost in COSTS))
    public = {name for name, is_public in handlers() if is_public}

    assert public >= {"send_code", "register_account", "log_in", "reset_password", "create_guest_cart", "capture_behaviour"}
    assert public - known == set()


def test_whoever_is_named_is_there() -> None:
    """ACC-R7: the table does not speak of what is gone."""
    there = {node.name for _, node in functions()} | {name for name, _ in handlers()} | set(pages())

    assert [f"{cost.what}: {name}" for cost in COSTS for name in cost.spent_by if name not in there] == []


def test_what_is_counted_is_what_the_table_says() -> None:
    """ACC-R7: the defaults of rules and settings are read there."""
    rules, settings, arrivals = AccountRules(), Settings.from_environ({}), Arrivals(BodyLimits(others=1), BodyTimer(1))

    assert (rules.codes_per_phone, settings.codes_per_address, settings.codes_in_all) == tuple(
        MESSAGE.often(whose) for whose in (Whose.PHONE_AND_LINE, Whose.LINE, Whose.ALL)
    )
    assert rules.codes_per_phone_of_strangers == MESSAGE.often(Whose.PHONE_OF_STRANGERS)
    assert (
        rules.tries_per_name_and_address, rules.tries_per_name, rules.tries_per_address, rules.tries_per_account,
        rules.hashes_per_phone,
    ) == tuple(
        PASSWORD.often(whose)[0] for whose in (Whose.NAME_AND_LINE, Whose.NAME, Whose.LINE, Whose.ACCOUNT, Whose.PHONE)
    )  # fmt: skip
    assert (settings.requests_max, settings.requests_per_address) == (PLACE.at_once(Whose.ALL), PLACE.at_once(Whose.LINE))
    assert settings.reads_per_address == READ.at_once(Whose.LINE)
    assert settings.waiting_max == WAITING.at_once(Whose.ALL) and CONNECTION.at_once(Whose.ALL) == CONNECTIONS_MAX
    assert settings.body_bytes_max == BODY.at_once(Whose.CONNECTION)
    assert (arrivals.line_bytes_max, arrivals.held_bytes_max) == (BODY.at_once(Whose.LINE), BODY.at_once(Whose.ALL))
    assert arrivals.line_arriving_max == ARRIVING.at_once(Whose.LINE)
    assert GuestRules().carts_per_address and BehaviourRules().events_per_address


@pytest.mark.parametrize("cost", COSTS, ids=lambda cost: cost.what)
def test_nobody_has_all_of_anything(cost: object) -> None:
    """ACC-R7: what one line may have is less than what there is, so that a stranger finds some."""
    shares = getattr(cost, "shares")  # noqa: B009 - typed as object for the parameter
    for kind in ("at_once", "often"):
        line = [share for share in shares if share.whose is Whose.LINE and getattr(share, kind)]
        everybody = [share for share in shares if share.whose is Whose.ALL and getattr(share, kind)]
        for ours, all_of_it in ((one, other) for one in line for other in everybody):
            if kind == "at_once":
                assert ours.at_once < all_of_it.at_once
            else:
                assert all(mine.most < theirs.most for mine, theirs in zip(ours.often, all_of_it.often, strict=True))


def test_the_page_of_limits_is_up_to_date() -> None:
    assert (PROJECT / COSTS_PAGE).read_text() == costs_page(COSTS), "run `make docs`: it writes the page anew"
