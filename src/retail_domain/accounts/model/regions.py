"""Administrative regions of China (行政区划) by their GB/T 2260 codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import evolve, frozen

from retail_domain.accounts.errors import RegionUnknown
from retail_domain.accounts.model.words import one_line
from retail_domain.kernel.checked import checked
from retail_domain.kernel.errors import FieldProblem, InvalidInput
from retail_domain.kernel.reading import CODE

PROVINCES: Final[Mapping[str, str]] = {
    "110000": "北京市", "120000": "天津市", "130000": "河北省", "140000": "山西省", "150000": "内蒙古自治区",
    "210000": "辽宁省", "220000": "吉林省", "230000": "黑龙江省",
    "310000": "上海市", "320000": "江苏省", "330000": "浙江省", "340000": "安徽省", "350000": "福建省",
    "360000": "江西省", "370000": "山东省",
    "410000": "河南省", "420000": "湖北省", "430000": "湖南省", "440000": "广东省", "450000": "广西壮族自治区",
    "460000": "海南省",
    "500000": "重庆市", "510000": "四川省", "520000": "贵州省", "530000": "云南省", "540000": "西藏自治区",
    "610000": "陕西省", "620000": "甘肃省", "630000": "青海省", "640000": "宁夏回族自治区", "650000": "新疆维吾尔自治区",
    "710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区",
}  # fmt: skip
"""The 34 provinces, autonomous regions, municipalities and special administrative regions."""

ABROAD: Final = "990000"
"""Everywhere else: not of GB/T 2260, but what Chinese carriers write; the country stands in the region's name."""

_CODE: Final = re.compile(r"[0-9]{6}")
_SHORT: Final = re.compile(r"[0-9]{2}|[0-9]{4}")
_STREET: Final = re.compile(r"[0-9]{9}")
_ABOVE: Final = ("cityCode", "provinceCode")
"""What files of areas call the city and the province in which one lies: the first digits of its code."""
_PROBLEMS_MAX: Final = 50


@frozen(kw_only=True)
@checked
class Region:
    """One region below or at the level of a province; `parent` is None for a province."""

    code: str
    name: str
    parent: str | None

    def __attrs_post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise InvalidInput.of("code", "format", "a region has a code of six digits")
        if not self.name:
            raise InvalidInput.of("name", "not_empty", "a region has a name")


def province_of(code: str) -> str | None:
    """The name of the province a code lies in, or None when there is no such province."""
    return PROVINCES.get(f"{code[:2]}0000") if _CODE.fullmatch(code) else None


def check_province(code: str) -> None:
    """Raises RegionUnknown unless the code has six digits and lies in a province, or abroad."""
    if code != ABROAD and province_of(code) is None:
        raise RegionUnknown(region_code=code[:12])


def read_regions(*files: Iterable[Mapping[str, str | None]], names: Sequence[str] = ("",)) -> tuple[Region, ...]:
    """Rows of `code`, `name`, `parent` as regions. Raises InvalidInput that names every row to blame, and takes none then.

    Rows are counted as a spreadsheet does, the header being 1; blank ones are no regions. A parent must be a province or
    stand in the rows as well. Provinces, cities and areas may come in a file each, which is told by its name: their codes
    are as short as they please there (`44`, `4403`), and a city that is its own area stands in two of them.
    """
    read: dict[str, Region] = {}
    where: dict[str, tuple[str, int]] = {}
    problems: list[FieldProblem] = []
    for name, rows in zip(names, files, strict=True):
        for number, row in enumerate(rows, 2):
            if not any((text or "").strip() for text in row.values()):
                continue
            try:
                region = _read_row(row)
            except InvalidInput as refused:
                problems += [_in_row((name, number), one) for one in refused.problems]
                continue
            before = read.get(region.code)
            if before is not None and (before != region or where[region.code][0] == name):
                twice = FieldProblem(field="code", rule="twice", message="this code stands in an earlier row")
                problems.append(_in_row((name, number), twice))
            read[region.code], where[region.code] = region, (name, number)
    known = read.keys() | PROVINCES.keys()
    problems += [
        _in_row(where[one.code], FieldProblem(field="parent", rule="unknown", message="there is no region with this code"))
        for one in read.values() if one.parent is not None and one.parent not in known
    ]  # fmt: skip
    placed = {code: _placed(read[code], read) for code in sorted(read)}
    circle = FieldProblem(field="parent", rule="circle", message="this region would lie in itself, by way of those it lies in")
    problems += [_in_row(where[code], circle) for code in placed if _lies_in_itself(code, placed)]
    if problems or not read:
        nothing = FieldProblem(field="rows", rule="empty", message="there is no region in it")
        raise InvalidInput(problems=tuple(problems[:_PROBLEMS_MAX]) or (nothing,))
    return tuple(placed.values())


def _read_row(row: Mapping[str, str | None]) -> Region:
    code, parent = _six_digits(row.get("code")), _six_digits(row.get("parent"))
    if _STREET.fullmatch(code):
        raise InvalidInput.of("code", "street", "nine digits name a street or town; regions end with counties and districts")
    if province_of(code) is None:
        raise InvalidInput.of("code", "region", "six digits that begin with those of a province")
    for column in _ABOVE:
        if not code.startswith(CODE.spelled(row.get(column) or "")):
            raise InvalidInput.of(column, "region", "the first digits of the code")
    if parent == code:
        raise InvalidInput.of("parent", "itself", "a region does not lie in itself: this row names its own code as its parent")
    if parent and not code.startswith(parent[:2]):
        raise InvalidInput.of("parent", "region", "another region of the same province")
    name = one_line(row.get("name") or "", 1, 60, "name")
    return Region(code=code, name=name, parent=parent or None)


def _placed(region: Region, known: Mapping[str, Region]) -> Region:
    """A region whose row names no parent lies in the city of its first four digits, else in its province."""
    city, province = f"{region.code[:4]}00", f"{region.code[:2]}0000"
    if region.parent is not None or region.code == province:
        return region
    return evolve(region, parent=city if city in known and city != region.code else province)


def _lies_in_itself(code: str, known: Mapping[str, Region]) -> bool:
    above, seen = known[code].parent, set[str]()
    while above is not None and above in known and above not in seen:
        if above == code:
            return True
        seen.add(above)
        above = known[above].parent
    return False


def _six_digits(told: str | None) -> str:
    """A code as it stands everywhere else; provinces and cities may be told by the digits that matter."""
    code = CODE.spelled(told or "")
    return f"{code:0<6}" if _SHORT.fullmatch(code) else code


def _in_row(where: tuple[str, int], problem: FieldProblem) -> FieldProblem:
    file, number = where
    field = f"{file and f'{file} '}rows[{number}].{problem.field}"
    return FieldProblem(field=field, rule=problem.rule, message=problem.message)
