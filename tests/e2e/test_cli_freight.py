"""`retail freight` (MSC-R5)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retail_entrypoints.cli.main import FAILED, WRONG_USE, run
from tests.support.stores import new_file

PARCEL = {
    "name": "标准快递", "charge_by": "weight", "is_default": True,
    "zones": [{"regions": [""], "first_units": 1_000, "first_minor": 1_000, "next_units": 1_000, "next_minor": 500}],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop with an empty database."""
    monkeypatch.setenv("RETAIL_DATABASE_URL", f"sqlite:///{tmp_path / 'shop.db'}")
    new_file(tmp_path / "shop.db")
    return tmp_path


def listed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    capsys.readouterr()
    assert run(["freight", "list", "--json"]) == 0
    return json.loads(capsys.readouterr().out)["items"]


def test_a_file_of_templates_may_be_imported_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """MSC-R5: a known name is rewritten, not doubled."""
    file = folder / "freight.json"
    file.write_text(json.dumps([PARCEL, {**PARCEL, "name": "Heavy", "is_default": False}]), "utf-8")

    assert run(["freight", "import", str(file)]) == 0
    assert run(["freight", "import", str(file)]) == 0
    assert {item["edition"] for item in listed(capsys)} == {1}, "what stands already is not written again"
    cheaper = {**PARCEL, "zones": [{**PARCEL["zones"][0], "first_minor": 1}]}
    file.write_text(json.dumps([cheaper]), "utf-8")
    assert run(["freight", "import", str(file)]) == 0

    templates = {str(item["name"]): item for item in listed(capsys)}
    assert set(templates) == {"标准快递", "Heavy"}
    assert [templates["标准快递"][name] for name in ("charge_by", "default", "edition", "zones")] == ["weight", True, 2, 1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "freight.json: the file is not JSON [json]"),
        ("{}", "freight.json: "),
        ("[NaN]", "freight.json: a number must be finite [number]"),
        ('[{"name": "x"}]', "freight.json [0].zones: "),
        (json.dumps([PARCEL, {**PARCEL, "price": 1}]), "freight.json [1].price: "),
    ],
)
def test_a_file_that_makes_no_sense_changes_nothing(folder: Path, capsys, text: str, told: str) -> None:
    """GEN-R13: one line on stderr, exit code 1."""
    file = folder / "freight.json"
    file.write_text(text, "utf-8")

    assert run(["freight", "import", str(file)]) == FAILED

    said = capsys.readouterr().err
    assert told in said and "FieldProblem" not in said
    assert listed(capsys) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "offer.json: the file is not JSON [json]"),
        ("[]", "offer.json terms: "),
        ('{"a": 1, "a": 2}', "offer.json: a field is given twice [duplicate]"),
        ('{"kind": "nothing"}', "offer.json "),
    ],
)
def test_a_file_of_an_offer_that_makes_no_sense_is_named(folder: Path, capsys, text: str, told: str) -> None:
    """GEN-R13: what is wrong is said in words, never as a program would print it."""
    file = folder / "offer.json"
    file.write_text(text, "utf-8")

    assert run(["offers", "make", str(file)]) == FAILED

    said = capsys.readouterr().err
    assert told in said and "FieldProblem" not in said


def test_an_import_says_how_many_are_in_force_and_not_only_how_many_it_wrote(folder: Path, capsys) -> None:
    """MSC-R5: an empty list takes no template away."""
    file = folder / "freight.json"
    file.write_text(json.dumps([PARCEL]), "utf-8")
    assert run(["freight", "import", str(file)]) == 0
    file.write_text("[]", "utf-8")
    assert run(["freight", "import", str(file)]) == 0
    assert "0 freight templates written, 1 in force" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_wrong_use(folder: Path) -> None:
    assert run(["freight", "import", str(folder / "nowhere.json")]) == WRONG_USE
