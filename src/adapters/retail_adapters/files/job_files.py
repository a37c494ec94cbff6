"""Files of jobs, read where a worker is (JOB-R1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from attrs import frozen

from retail_adapters.files.catalogue_files import open_catalogue, typed_mapping, usual_mapping
from retail_adapters.files.csv_files import CsvText
from retail_domain.catalog import CatalogueSource, ImportMapping
from retail_domain.jobs import JobKind
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.rows import Row
from retail_domain.processes.delivery.edits_by_file import COUNT_COLUMNS, PRICE_COLUMNS, ROWS_MAX, check_columns
from retail_domain.processes.staff.moving_in import check_header

_NAME: Final = Path("file")
_COLUMNS: Final[Mapping[JobKind, Sequence[str]]] = {JobKind.PRICES: PRICE_COLUMNS, JobKind.COUNTS: COUNT_COLUMNS}


@frozen
class CsvJobFiles:
    """CSV as text; a catalogue lies in a folder of its own while it is read."""

    def check(self, kind: JobKind, file: str, options: Mapping[str, str]) -> int:
        """Columns and the number of rows; what stands in them is judged by the job."""
        csv = CsvText(path=_NAME, content=file)
        header = csv.header()
        if kind in _COLUMNS:
            check_columns(header, _COLUMNS[kind])
        if kind is JobKind.GOODS:
            _mapping(header, options.get("mapping", "")).require_columns(header, (), ())
        if kind is JobKind.MEMBERS:
            check_header(header)
        rows = sum(not row.is_blank for row in csv.rows())
        if not rows or (kind in _COLUMNS and rows > ROWS_MAX):
            most = f"1 to {ROWS_MAX:,} rows" if kind in _COLUMNS else "a row at least"
            raise InvalidInput.of("file", "rows", f"a file has {most} below its header")
        return rows

    def rows(self, file: str) -> tuple[tuple[str, ...], tuple[Row, ...]]:
        """All of it."""
        csv = CsvText(path=_NAME, content=file)
        return tuple(csv.header()), tuple(csv.rows())

    @contextmanager
    def catalogue(self, file: str, mapping: str) -> Iterator[tuple[ImportMapping, CatalogueSource]]:
        """Row by row from the disk."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "file.csv"
            path.write_text(file, encoding="utf-8")
            told = _mapping(CsvText(path=_NAME, content=file).header(), mapping)
            with open_catalogue(path, told) as source:
                yield told, source


def _mapping(header: Sequence[str], text: str) -> ImportMapping:
    return typed_mapping(text, "mapping") if text else usual_mapping(header, "file")
