"""Compiled templates kept between starts: never in the way of a start, never in place of what a template says."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import DictLoader, Environment

from retail_domain.kernel.calendar import Calendar
from retail_entrypoints.web.compiled import compiled_templates
from retail_entrypoints.web.look import Look


def said(folder: Path, source: str) -> str:
    environment = Environment(
        loader=DictLoader({"page.html": source}), bytecode_cache=compiled_templates(str(folder)), autoescape=True
    )
    return environment.get_template("page.html").render(name="<Ann>")


def test_a_second_start_reads_what_the_first_one_compiled(tmp_path: Path) -> None:
    first = said(tmp_path, "Hello {{ name }}")
    (kept,) = tmp_path.iterdir()
    as_it_was = kept.read_bytes()

    assert (first, said(tmp_path, "Hello {{ name }}")) == ("Hello &lt;Ann&gt;",) * 2
    assert kept.read_bytes() == as_it_was


def test_a_template_that_was_changed_is_compiled_anew(tmp_path: Path) -> None:
    said(tmp_path, "Hello {{ name }}")

    assert said(tmp_path, "Good day {{ name }}") == "Good day &lt;Ann&gt;"


@pytest.mark.parametrize("torn", [b"", b"j2", bytes(4096)])
def test_a_file_that_was_torn_is_compiled_anew(tmp_path: Path, torn: bytes) -> None:
    said(tmp_path, "Hello {{ name }}")
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2] if torn == b"j2" else torn)

    assert said(tmp_path, "Hello {{ name }}") == "Hello &lt;Ann&gt;"


def test_where_nothing_can_be_kept_the_templates_work_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "no folder").write_text("")

    assert said(tmp_path / "no folder", "Hello {{ name }}") == "Hello &lt;Ann&gt;"


def test_what_somebody_else_may_have_put_there_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / f"_jinja2-cache-{os.getuid()}").symlink_to(elsewhere)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert compiled_templates() is None
    assert Look(Calendar(ZoneInfo("Asia/Shanghai"))).render is not None
