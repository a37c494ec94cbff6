"""The pieces `make bench` is made of: what reads, counts and writes; nothing here asks how long something took."""

from __future__ import annotations

import os
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from benchmarks import history
from benchmarks.__main__ import PARTS, main
from benchmarks.databases import filesystem
from benchmarks.figures import NoMarkers, Table, median, put_between_markers, ratios, short
from benchmarks.load import Refused, fire, request
from benchmarks.machine import PAGE
from benchmarks.pricing import basket
from benchmarks.processes import Process, cpu_seconds, peak_bytes, process_of, processes, tree
from retail_domain.pricing.model.engine import price
from retail_domain.testing.baskets import NOON


class TestFigures:
    def test_ratios_are_taken_round_by_round(self) -> None:
        assert ratios([10, 1], [5, 2]) == [2.0, 0.5]

    def test_sides_with_different_numbers_of_rounds_cannot_be_compared(self) -> None:
        with pytest.raises(ValueError, match="argument"):
            ratios([1, 2], [1])

    @given(st.lists(st.floats(0, 1e6), min_size=1))
    def test_a_median_lies_within_what_was_measured(self, values: list[float]) -> None:
        assert min(values) <= median(values) <= max(values)

    @pytest.mark.parametrize(
        ("number", "told"), [(0, "0"), (0.0971, "0.097"), (0.5, "0.50"), (9.876, "9.88"), (12.34, "12.3"), (12345.6, "12,346")]
    )
    def test_a_figure_shows_the_digits_that_count(self, number: float, told: str) -> None:
        assert short(number) == told

    def test_a_table_has_a_cell_for_each_column(self) -> None:
        with pytest.raises(ValueError, match="every row"):
            Table("Wrong", ("a", "b"), (("1",),))

    def test_a_table_is_markdown_with_its_sentences(self) -> None:
        table = Table("Orders", ("side", "rate"), (("ours|theirs", "2"),), before="Before.", after="After.")

        assert table.markdown() == ("### Orders\n\nBefore.\n\n| side | rate |\n| --- | --: |\n| ours∣theirs | 2 |\n\nAfter.")

    def test_one_part_of_the_page_is_renewed_and_the_rest_is_left(self) -> None:
        page = "# Page\n<!-- bench:a -->\nold\n<!-- end:a -->\n<!-- bench:b -->\nkept\n<!-- end:b -->\n"

        renewed = put_between_markers(put_between_markers(page, "a", r"new \1"), "a", r"newer \1")

        assert renewed == page.replace("old\n", "\nnewer \\1\n\n")

    def test_a_part_without_a_place_is_refused(self) -> None:
        with pytest.raises(NoMarkers):
            put_between_markers("# Page", "a", "new")

    @pytest.mark.parametrize("part", [*PARTS, "replay", "machine"])
    def test_the_page_has_a_place_for_every_part(self, part: str) -> None:
        assert put_between_markers(PAGE.read_text(encoding="utf-8"), part, "new")


class TestProcesses:
    LINE = "77 (a (strange) name) S 5 77 77 0 -1 4194560 1 2 3 4 100 20 30 4 20 0 1 0 1000 1 1\n"

    def test_a_line_of_proc_is_read_whatever_the_process_calls_itself(self) -> None:
        assert process_of(self.LINE) == Process(id=77, parent=5, ticks=120, ticks_of_ended=34)

    def test_a_tree_is_a_process_and_all_below_it_but_nobody_beside_it(self) -> None:
        known = {id: Process(id, parent, 0, 0) for id, parent in ((1, 0), (2, 1), (3, 2), (4, 1), (5, 4))}

        assert {one.id for one in tree(2, known)} == {2, 3}
        assert {one.id for one in tree(1, known)} == {1, 2, 3, 4, 5}
        assert tree(9, known) == []

    def test_what_is_no_process_is_passed_over(self, tmp_path: Path) -> None:
        (tmp_path / "77").mkdir()
        (tmp_path / "77" / "stat").write_text(self.LINE)
        (tmp_path / "78").mkdir()  # it ended before its file was read
        (tmp_path / "self").mkdir()

        assert list(processes(tmp_path)) == [77]

    def test_work_is_counted_and_never_uncounted(self) -> None:
        before = cpu_seconds(os.getpid())

        assert cpu_seconds(os.getpid()) >= before > 0

    def test_the_nearest_mount_tells_the_kind_of_disk(self, tmp_path: Path) -> None:
        mounts = tmp_path / "mounts"
        mounts.write_text("/dev/vda / ext4 rw 0 0\ntmpfs /var/ram tmpfs rw 0 0\n")

        assert (filesystem(Path("/var/ram/x/y"), mounts), filesystem(Path("/var/tmp"), mounts)) == ("tmpfs", "ext4")


class Echo(socketserver.StreamRequestHandler):
    """Answers every request with its own path and body, in two pieces; what is `gone` is not found."""

    def handle(self) -> None:
        while line := self.rfile.readline():
            path, length = line.split()[1], 0
            while (header := self.rfile.readline()) != b"\r\n":
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            body = path + self.rfile.read(length)
            status = b"404 Not Found" if path.endswith(b"gone") else b"200 OK"
            self.wfile.write(b"HTTP/1.1 %s\r\ncontent-length: %d\r\n" % (status, len(body)))
            self.wfile.write(b"\r\n" + body)


class Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True


@pytest.fixture
def echo() -> Iterator[int]:
    with Threads(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


class TestLoad:
    def test_every_request_gets_its_own_answer_in_the_order_they_were_given(self, echo: int) -> None:
        asked = [request("POST", f"/{number}", b"!" * (number % 3)) for number in range(50)]

        volley = fire(echo, asked, 4).all(200)

        assert [answer.body for answer in volley.answers] == [b"/%d" % n + b"!" * (n % 3) for n in range(50)]

    def test_more_connections_than_requests_do_no_harm(self, echo: int) -> None:
        assert fire(echo, [request("GET", "/a")], 16).statuses == {200: 1}

    def test_figures_of_refusals_are_no_figures(self, echo: int) -> None:
        volley = fire(echo, [request("GET", "/here"), request("GET", "/gone")], 1)

        with pytest.raises(Refused, match="1 of 2: 404 /gone"):
            volley.all(200)


class TestParts:
    def test_a_part_that_is_not_there_is_refused_with_those_that_are(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit, match="2"):
            main(["plaice"])

        assert "no part is called plaice" in capsys.readouterr().err

    def test_without_a_history_the_replay_is_skipped_and_says_how_to_name_one(self) -> None:
        told: list[Any] = []

        assert main(["replay", "--quick"], show=told.append) == 0
        assert "make bench FILE=" in told[-1]

    def test_the_verdict_of_a_replay_is_read_from_what_it_prints(self) -> None:
        printed = (
            "\norders 60, lines 800, refunds 3\ngross 1.00  refunded 0.00  net 1.00\n"
            "17.4 orders/s over 3 s, peak memory 90 MiB\n"
            "reconciled to the penny: yes; audit findings: 0\n"
        )

        assert history.Replayed.of(printed) == history.Replayed("60", "800", "3", "17.4", "90", "to the penny")
        with pytest.raises(history.NotReplayed):
            history.Replayed.of("Traceback")

    @pytest.mark.parametrize(("lines", "templates"), [(1, 1), (10, 10), (100, 100)])
    def test_the_baskets_that_are_priced_have_as_many_lines_and_parcels_as_they_say(self, lines: int, templates: int) -> None:
        request, book = basket(lines, templates)

        priced = price(request, book, NOON)

        assert (len(priced.lines), len(book.templates)) == (lines, templates)
        assert all(line.freight_minor > 0 for line in priced.lines)


def test_the_most_memory_of_a_process_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "status").write_text("Name:\tretail\nVmPeak:\t  999 kB\nVmHWM:\t  12 kB\nVmRSS:\t  10 kB\n")

    assert (peak_bytes(7, tmp_path), peak_bytes(8, tmp_path)) == (12 * 1024, 0)
