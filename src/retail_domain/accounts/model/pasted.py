"""An address that somebody pasted in one go (粘贴地址): who, which phone, which region, and where there (ACC-R17).

Nothing is guessed that does not stand in the text: what cannot be told apart stays in the detail, where its owner sees it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import define, field, frozen

from retail_domain.accounts.model.regions import Region

LETTERS_MAX: Final = 500
"""So many letters of what was pasted are looked at; no address is longer."""

_SUFFIXES: Final = (
    "特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", "自治县", "自治旗", "地区", "林区", "新区",
    "矿区", "省", "市", "盟", "州", "区", "县", "旗",
)  # fmt: skip
_OWN_RULE: Final = ("自治州", "自治县", "自治旗")
_PEOPLES: Final = re.compile(
    r"(?:蒙古族|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克|傣族|黎族|傈僳族|佤族|畲族|"
    r"高山族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|阿昌族|普米族|"
    r"塔吉克|怒族|俄罗斯族|鄂温克族|德昂族|保安族|裕固族|独龙族|鄂伦春族|门巴族|珞巴族|各族|蒙古)+$"
)
_UNNAMED: Final = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
"""Levels of the register that no address names."""
_UNNAMED_SAID: Final = frozenset({"市辖区"})
_DISTRICT: Final = 3
"""How deep a district or county lies, below province and city."""
_NAME_MAX: Final = 4
_KINDS: Final = ("市", "区", "县", "旗", "地区", "新区")
"""What becomes of each other when a county becomes a district; an address may still say the older word."""
_STREETS: Final = (
    r"[东西南北中]{0,2}[一二三四五六七八九十]{0,2}"
    r"(?:大?[路街道巷弄]|大[厦桥学]|公[路园寓]|高速|广场|医院|小区|新村|花园|国际|商)"
)
_OF_CITIES: Final = re.compile(_STREETS)
_OF_COUNTIES: Final = re.compile(rf"{_STREETS}|[镇乡村山湖桥站]")
"""Behind a name without its kind: then it is the beginning of another name, such as 北京东路 or 西湖大道."""
_BETWEEN: Final = re.compile(r"[\s,;|/、，；。:：_-]+")
_APART: Final = re.compile(r"[\s,;|/、，；。:：\u3000]+")
_PHONE: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:\+|00)?86[- ]?)?(1[3-9][0-9](?:[- ]?[0-9]{4}){2})(?![0-9])"
    r"|(?<![0-9A-Za-z-])(\+[1-9][0-9](?:[- ]?[0-9]){5,12})(?![0-9])"
    r"|(?<![0-9A-Za-z-])(0[0-9]{2,3}-?[1-9][0-9]{6,7})(?![0-9-])"
)
_LABEL: Final = re.compile(
    r"(?P<name>收件人姓名|收货人姓名|收件人|收货人|联系人|姓名|名字)|(?P<phone>手机号码|联系电话|联系方式|手机号|手机|电话|"
    r"tel(?:ephone)?|mobile|phone)|(?P<place>所在地区|所在地|省市区|地区|区域)|(?P<detail>详细地址|收货地址|收件地址|详细|地址|"
    r"街道地址)|(?P<post>邮政编码|邮编|zip)",
    re.IGNORECASE,
)
_LABELLED: Final = re.compile(rf"(?:^|(?<=[\s,;|、。]))(?:{_LABEL.pattern})\s*[:=]\s*", re.IGNORECASE)
_POSTCODE: Final = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")
_NAME: Final = re.compile(r"[\u3400-\u9fff]{1,4}(?:·[\u3400-\u9fff]{1,8})?(?:先生|女士|小姐|老师)?")
_LATIN_NAME: Final = re.compile(r"[A-Za-z][A-Za-z.'-]*(?: [A-Za-z][A-Za-z.'-]*){0,3}")
_OF_PLACES: Final = re.compile(
    r"[省市区县镇乡村路街道巷弄号楼栋幢室座层厦园苑城庄组社]|单元|广场|大厦|中心|公司|学校|小区|门口|楼下|快递|驿站"
)


@frozen(kw_only=True)
class PastedContact:
    """What was told apart; what was not found is empty. `region_code` is the lowest region that is named."""

    recipient: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    region_code: str = ""
    detail: str = field(default="", repr=False)


@frozen
class _Found:
    """A region that begins at one place of a text and ends at another, how deep it lies, and how many letters name it."""

    region: Region
    begin: int
    end: int
    depth: int


@define
class RegionTree:
    """Regions by their names, to be found in a text; made once for many texts."""

    regions: Mapping[str, Region]
    _ways: dict[str, tuple[Region, ...]] = field(factory=dict, init=False)
    _named: dict[str, list[Region]] = field(factory=lambda: defaultdict(list), init=False)
    _whole: dict[str, list[Region]] = field(factory=lambda: defaultdict(list), init=False)
    _longest: int = field(default=0, init=False)

    @classmethod
    def of(cls, regions: Iterable[Region]) -> RegionTree:
        """A tree of all of these."""
        return cls({one.code: one for one in regions})

    def __attrs_post_init__(self) -> None:
        for one in self.regions.values():
            self._ways[one.code] = self._way_of(one)
            if one.name in _UNNAMED:
                continue
            for spelling, is_whole in _spellings(one.name):
                self._named[spelling].append(one)
                if is_whole:
                    self._whole[spelling].append(one)
                self._longest = max(self._longest, len(spelling))

    def way_to(self, code: str) -> tuple[Region, ...]:
        """A region with all that it lies in, the province first; levels that no address names are left out."""
        return tuple(one for one in self._ways.get(code, ()) if one.name not in _UNNAMED)

    def _way_of(self, region: Region) -> tuple[Region, ...]:
        """Up to what lies in nothing, each once: a register whose regions lie in each other ends there too."""
        way = [region]
        while (above := self.regions.get(way[0].parent or "")) is not None and above not in way:
            way.insert(0, above)
        return tuple(way)

    def find(self, text: str) -> _Found | None:
        """The region that goes deepest, the first of those that go as deep."""
        best: _Found | None = None
        for begin in range(len(text)):
            found = self._walk(text, begin)
            if found is not None and (best is None or found.depth > best.depth):
                best = found
        return best

    def _walk(self, text: str, begin: int) -> _Found | None:
        here, end = None, begin
        while (step := self._step(text, _behind(text, end) if here else begin, here)) is not None:
            if here is None and not self._may_begin(text, begin, step[0], text[begin : step[1]]):
                return None
            here, end = step
        return None if here is None else _Found(here, begin, end, _level_of(here))

    def _may_begin(self, text: str, begin: int, first: Region, said: str) -> bool:
        """At the beginning of a piece; or right behind a name, if it is a province or city in full."""
        if begin == 0 or _BETWEEN.fullmatch(text[begin - 1]):
            return True
        piece = _BETWEEN.split(text[:begin])[-1]
        return said in self._whole and _level_of(first) < _DISTRICT and len(piece) <= _NAME_MAX

    def _step(self, text: str, at: int, here: Region | None) -> tuple[Region, int] | None:
        """What the next name says: a region that lies in the one before, or that one again; anything if there is none."""
        return self._below(text, at, here) or (self._again(text, at, here) if here is not None else None)

    def _below(self, text: str, at: int, here: Region | None) -> tuple[Region, int] | None:
        """The longest name of a region that begins here and lies in the one before, or anywhere if there is none."""
        for length in range(min(self._longest, len(text) - at), 1, -1):
            spelled = text[at : at + length]
            known = self._named.get(spelled)
            if known is None:
                continue
            whole = self._whole.get(spelled, ())
            fits = [
                one
                for one in known
                if (one in whole or not _goes_on(text, at + length, one)) and (here is None or self._lies_in(one, here))
            ]
            found = self._chosen(fits, here, is_whole=bool(whole))
            if found is not None:
                return found, at + length
        return None

    def _chosen(self, fits: Sequence[Region], here: Region | None, *, is_whole: bool) -> Region | None:
        """The highest of several; two that are as high can be meant alike, so neither is."""
        if here is None and not is_whole:  # without its kind and alone, only a province or city is surely meant
            fits = [one for one in fits if one.code.endswith("00") or one.name.endswith("市")]
        if not fits:
            return None
        by_depth = sorted(fits, key=lambda one: (_level_of(one), one.code))
        depth = _level_of(by_depth[0])
        highest = [one for one in by_depth if _level_of(one) == depth]
        return highest[0] if len(highest) == 1 else None

    def _again(self, text: str, at: int, here: Region) -> tuple[Region, int] | None:
        """A name of where we are that is said once more."""
        spellings = {said for one in self.way_to(here.code) for said, _ in _spellings(one.name)}
        for name in sorted(spellings | _UNNAMED_SAID, key=len, reverse=True):
            is_whole = name in self._whole or name in _UNNAMED_SAID
            if text.startswith(name, at) and (is_whole or not _goes_on(text, at + len(name), here)):
                return here, at + len(name)
        return None

    def _lies_in(self, region: Region, place: Region) -> bool:
        return region.code != place.code and place in self._ways[region.code]


def _behind(text: str, at: int) -> int:
    """Behind what parts two names here."""
    apart = _BETWEEN.match(text, at)
    return apart.end() if apart else at


def _level_of(region: Region) -> int:
    """1 of a province, 2 of a city, 3 of what lies below: by its code, since some cities are left out between."""
    return 1 if region.code.endswith("0000") else 2 if region.code.endswith("00") else _DISTRICT


def _goes_on(text: str, end: int, region: Region) -> bool:
    """Whether a name without its kind is but the beginning of a longer one, such as that of a street."""
    return (_OF_COUNTIES if _level_of(region) == _DISTRICT else _OF_CITIES).match(text, end) is not None


def _spellings(name: str) -> Iterator[tuple[str, bool]]:
    """How an address may write a region: in full, without its kind, without its peoples, or with another kind."""
    yield name, True
    stem = next((name[: -len(suffix)] for suffix in _SUFFIXES if name.endswith(suffix) and len(name) > len(suffix) + 1), name)
    plain = _PEOPLES.sub("", stem)
    for short in {stem, plain} - {name}:
        if len(short) < 2:
            continue
        yield short, False
        if name.endswith(_OWN_RULE):
            yield short + name[-1], True
        if name.endswith(_KINDS):
            yield from ((short + kind, True) for kind in _KINDS if short + kind != name)


def read_pasted(text: str, tree: RegionTree) -> PastedContact:
    """Tells apart what was pasted, in whatever order it stands, with labels or without. Never raises."""
    plain = unicodedata.normalize("NFKC", text[:LETTERS_MAX]).replace("\r\n", "\n").strip()
    labelled, plain = _by_labels(plain)
    phone, plain = _phone(labelled.get("phone", ""), plain)
    plain = _without_postcode(plain)
    found = tree.find(plain)
    recipient, rest = _name(labelled.get("name", ""), plain, found)
    return PastedContact(
        recipient=recipient, phone=phone, region_code=found.region.code if found else "", detail=rest,
    )  # fmt: skip


def _by_labels(text: str) -> tuple[dict[str, str], str]:
    """What labels say of names and phones, and the text without its labels; places keep their order."""
    marks = list(_LABELLED.finditer(text))
    if not marks:
        return {}, text
    said: dict[str, str] = {}
    left = [text[: marks[0].start()]]
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        value = text[mark.end() : after.start() if after else len(text)]
        kind = mark.lastgroup or "detail"
        first = _APART.split(value.strip(), maxsplit=1)
        if kind in ("name", "post") and kind not in said:
            said[kind] = first[0]
            value = first[1] if len(first) > 1 else ""
        left.append(value)
    return said, "\n".join(part for part in left if part.strip())


def _phone(labelled: str, text: str) -> tuple[str, str]:
    found = next((one for one in _PHONE.finditer(text) if one[1]), None) or _PHONE.search(text)
    if found is None:
        return labelled, text
    digits = re.sub(r"[- ]", "", found[1] or found[2] or found[3])
    return digits, f"{text[: found.start()]}\n{text[found.end() :]}"


def _without_postcode(text: str) -> str:
    """A number of six digits that stands by itself; one that belongs to a house stands behind other words."""
    parts = _APART.split(text)
    return text if len(parts) < 2 else _POSTCODE.sub(lambda one: "" if one[0] in parts else one[0], text)


def _name(labelled: str, text: str, found: _Found | None) -> tuple[str, str]:
    """Who receives it, and what is left for the detail."""
    before, behind = (text[: found.begin], text[found.end :]) if found else ("", text)
    first, last = _parts(before), _parts(behind)
    if labelled:
        return labelled, " ".join((*first, *last))
    for parts in (first, last[1:] if found and behind and not _BETWEEN.match(behind) else last):
        named = next((one for one in parts if _is_name(one)), None)
        if named is not None and (found is not None or len(first) + len(last) > 1):
            left = [*first, *last]
            left.remove(named)
            return named, " ".join(left)
    return "", " ".join((*first, *last))


def _parts(text: str) -> list[str]:
    """Pieces between separators; words of Latin letters stay together."""
    pieces = [one for one in re.split(r"[\n,;|、，；。:：\t]+|(?<![A-Za-z.]) +| +(?![A-Za-z])", text) if one and one.strip()]
    return [one.strip() for one in pieces]


def _is_name(text: str) -> bool:
    if _LATIN_NAME.fullmatch(text):
        return True
    return bool(_NAME.fullmatch(text)) and len(text) > 1 and not _OF_PLACES.search(text)
