"""What stands in the project and is of others is named, as it was taken, with its licence."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import Final

VENDOR: Final = Path(__file__).parents[1] / "web" / "vendor"


def test_every_file_of_others_is_listed_with_its_licence_and_is_as_it_was_taken() -> None:
    told = (VENDOR / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\S+) \| [^|]+ \| [^|]+ \| ([^|]+) \| ([0-9a-f]{64}) \|$", told, re.MULTILINE)
    licences = {name for _, names, _ in rows for name in names.split(", ")}

    assert rows and {one.name for one in VENDOR.iterdir()} == {"README.md", *(name for name, _, _ in rows), *licences}
    assert [name for name, _, digest in rows if sha256((VENDOR / name).read_bytes()).hexdigest() != digest] == []
    assert [name for name in licences if not (VENDOR / name).read_text(encoding="utf-8").strip()] == []
