"""`retail staff`, `retail members`, `retail regions` (ACC-R4, R35, R40)."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest

from retail_adapters.assemble import on_sqlite
from retail_domain.accounts import AdmitMember
from retail_domain.kernel.actor import Actor
from retail_domain.testing.people import PHONE
from retail_entrypoints.cli.main import FAILED, WRONG_USE, run
from tests.support.stores import new_file

PASSWORD = "correct horse"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop with an empty database, and a password on standard input whenever it is asked for."""
    monkeypatch.setenv("RETAIL_DATABASE_URL", f"sqlite:///{tmp_path / 'shop.db'}")
    monkeypatch.setattr("sys.stdin", Typing(f"{PASSWORD}\n"))
    new_file(tmp_path / "shop.db")
    return tmp_path


class Typing(io.StringIO):
    """Standard input on which the same line comes again and again."""

    def readline(self, size: int = -1, /) -> str:
        self.seek(0)
        return super().readline(size)


async def admitted(path: Path) -> None:
    """The shop knows a member."""
    retail = on_sqlite(path)
    await retail.accounts.admit_member(AdmitMember(actor=Actor.system("test"), phone=PHONE, name="李雷"))
    await retail.aclose()


def add(login: str, *more: str, role: str = "clerk") -> int:
    return run(["staff", "add", login, "--role", role, "--password-stdin", *more])


def listed(capsys: Capture, *words: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run([*words, "--json"]) == 0
    items: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["items"]
    return items


def test_the_first_admin_is_made_here_and_takes_a_clerk_on(folder: Path, capsys: Capture) -> None:
    """ACC-R4"""
    assert add("boss", role="admin") == 0
    assert add("wang", "--as", "boss", "--name", "王芳") == 0

    staff = listed(capsys, "staff", "list")

    assert [(one["login"], one["name"], one["roles"]) for one in staff] == [
        ("boss", "boss", ["admin"]), ("wang", "王芳", ["clerk"]),
    ]  # fmt: skip


def test_who_may_not_manage_staff_is_refused(folder: Path, capsys: Capture) -> None:
    """R35"""
    add("wang")

    assert add("friend", "--as", "wang", role="admin") == FAILED
    assert "[staff.forbidden]" in capsys.readouterr().err
    assert add("friend", "--as", "nobody") == FAILED
    assert "[staff.not_found]" in capsys.readouterr().err
    assert [one["login"] for one in listed(capsys, "staff", "list")] == ["wang"]


def test_roles_are_granted_and_revoked_but_the_last_admin_stays(folder: Path, capsys: Capture) -> None:
    add("boss", role="admin")
    add("wang")

    assert run(["staff", "grant", "wang", "--role", "finance", "--as", "boss"]) == 0
    assert listed(capsys, "staff", "list")[1]["roles"] == ["clerk", "finance"]
    assert run(["staff", "revoke", "wang", "--role", "clerk"]) == 0
    assert run(["staff", "revoke", "boss"]) == FAILED
    assert "[staff.last_admin]" in capsys.readouterr().err
    assert run(["staff", "revoke", "Wang"]) == 0
    assert [one["roles"] for one in listed(capsys, "staff", "list")] == [["admin"], []]


@pytest.mark.parametrize(
    "words",
    [["staff", "add", "x1y"], ["staff", "add", "x1y", "--role", "king"], ["staff", "grant", "x1y"], ["members", "show"]],
)
def test_wrong_use_ends_with_two(folder: Path, words: list[str]) -> None:
    assert run(words) == WRONG_USE


def test_a_weak_password_is_refused_and_never_shown(folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """R41"""
    monkeypatch.setattr("sys.stdin", Typing("12345678\n"))

    assert add("boss", role="admin") == FAILED

    told = capsys.readouterr()
    assert "guessable" in told.err and "12345678" not in told.err + told.out


def test_members_are_shown_masked(folder: Path, capsys: Capture) -> None:
    """R40; and nobody is not found."""
    asyncio.run(admitted(folder / "shop.db"))

    (item,) = listed(capsys, "members", "list")
    assert run(["members", "ban", item["member_id"]]) == 0
    assert run(["members", "show", item["member_id"]]) == 0

    told = capsys.readouterr().out
    assert item["phone"] == PHONE.masked and PHONE.e164 not in told and "李雷" not in told + str(item)
    assert "banned" in told
    assert run(["members", "show", "0198f0a4-7c1e-7d3a-9b52-3f1c2a6e8d40"]) == FAILED
    assert "[member.not_found]" in capsys.readouterr().err


def test_regions_are_imported_all_or_none(folder: Path, capsys: Capture) -> None:
    good = folder / "regions.csv"
    good.write_text("\ufeffcode,name,parent\n440300,深圳市,440000\n440305,南山区,440300\n", "utf-8")
    bad = folder / "bad.csv"
    bad.write_text("code,name,parent\n440300,深圳市,440000\n44030,南山区,440300\n", "utf-8")

    assert run(["regions", "import", str(good)]) == 0
    assert "2 regions" in capsys.readouterr().out
    assert run(["regions", "import", str(bad)]) == FAILED
    assert "rows[3].code" in capsys.readouterr().err


@pytest.mark.parametrize("raw", [b"a,b\n1,2\n", b"", "code,name\n440300,深圳市\n".encode("gbk")])
def test_a_file_that_is_no_list_of_regions_is_refused(folder: Path, raw: bytes, capsys: Capture) -> None:
    file = folder / "regions.csv"
    file.write_bytes(raw)

    assert run(["regions", "import", str(file)]) == FAILED
    assert "[input.invalid]" in capsys.readouterr().err


def test_a_password_is_not_asked_for_where_there_is_no_terminal(folder: Path, capsys: Capture) -> None:
    """DOR-R3: wrong use, told in one line that says what to do instead."""
    capsys.readouterr()

    assert run(["staff", "add", "boss", "--role", "admin"]) == WRONG_USE

    told = capsys.readouterr().err
    assert "--password-stdin" in told and told.count("\n") == 1
    assert listed(capsys, "staff", "list") == []
