"""What `make bench ARGS="compare ..."` compares: the tree of a commit with this one, turn by turn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import servers
from benchmarks.__main__ import main
from benchmarks.compare import FULL, NoSuchTree, Side, Turn, report, tree_of
from benchmarks.databases import Database
from benchmarks.journey import Spent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository of one commit, whose file has been changed since."""
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"]
    (tmp_path / "shop.py").write_text("then")
    for words in (["init", "--quiet"], ["add", "shop.py"], ["commit", "--quiet", "-m", "One"]):
        subprocess.run([*git, *words], check=True)
    (tmp_path / "shop.py").write_text("now")
    return tmp_path


def test_the_files_of_a_commit_are_there_while_they_are_compared(project: Path) -> None:
    with tree_of("HEAD", project) as root:
        assert (root / "shop.py").read_text() == "then" and root.is_relative_to(project / ".cache")

    assert not root.exists() and (project / "shop.py").read_text() == "now"
    trees = subprocess.run(["git", "-C", str(project), "worktree", "list"], capture_output=True, text=True, check=True)
    assert len(trees.stdout.splitlines()) == 1


def test_a_commit_that_is_not_there_is_refused(project: Path) -> None:
    with pytest.raises(NoSuchTree, match="no commit nowhere"), tree_of("nowhere", project):
        pass


def test_a_server_of_another_tree_runs_the_code_of_that_tree(tmp_path: Path) -> None:
    """Though the packages of this tree are installed."""
    package = tmp_path / "src" / "retail_domain"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    code = "import retail_domain; print(retail_domain.__file__)"
    here = servers.environment(tmp_path)
    ran = subprocess.run([sys.executable, "-c", code], env=here, capture_output=True, text=True, check=True)

    assert Path(ran.stdout.strip()).is_relative_to(tmp_path)


def test_a_ratio_is_the_median_of_the_turns_and_tells_its_parts() -> None:
    def side(name: str, *turns: tuple[float, float]) -> Side:
        made = [Turn(Spent(app, database), Spent(2 * app, database)) for app, database in turns]
        nobody = iter(())
        return Side(name, Path(), Database("a database", "", None), (), nobody, turns=made)

    table = report("here", side("base", (100, 10), (200, 10), (100, 40)), side("now", (110, 10), (200, 20), (300, 20)), FULL)

    assert table.rows == (
        ("an order: server", "100", "200", "**1.100**", "1.000 to 3.000"),
        ("an order: database", "10.0", "20.0", "**1.000**", "0.500 to 2.000"),
        ("**an order**", "140", "220", "**1.091**", "1.048 to 2.286"),
        ("the journey: server", "200", "400", "**1.100**", "1.000 to 3.000"),
        ("the journey: database", "10.0", "20.0", "**1.000**", "0.500 to 2.000"),
        ("**the journey**", "240", "420", "**1.095**", "1.024 to 2.583"),
    )


def test_without_a_database_of_its_own_there_is_one_row_each() -> None:
    turns = [Turn(Spent(100, 0), Spent(900, 0))]
    side = Side("x", Path(), Database("a file", "", None), (), iter(()), turns=turns)

    assert [row[0] for row in report("here", side, side, FULL).rows] == ["an order: server", "the journey: server"]


def test_a_comparison_needs_something_to_compare_with(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["compare"])
    assert "--base COMMIT" in capsys.readouterr().err
