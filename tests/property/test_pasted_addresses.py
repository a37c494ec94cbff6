"""Addresses pasted in one go: made-up people at made-up houses, in every order and with every separator (ACC-R17)."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, strategies as st

from retail_domain.accounts import PastedContact, Region, RegionTree, read_pasted
from retail_domain.accounts.model.regions import PROVINCES
from retail_domain.kernel.contact import Phone


def _region(code: str, name: str, parent: str | None) -> Region:
    return Region(code=code, name=name, parent=parent)


TREE: Final = RegionTree.of(
    [
        *(_region(code, name, None) for code, name in PROVINCES.items()),
        _region("110100", "市辖区", "110000"), _region("110105", "朝阳区", "110100"), _region("110108", "海淀区", "110100"),
        _region("220100", "长春市", "220000"), _region("220104", "朝阳区", "220100"), _region("220200", "吉林市", "220000"),
        _region("220204", "船营区", "220200"), _region("320100", "南京市", "320000"), _region("320106", "鼓楼区", "320100"),
        _region("330100", "杭州市", "330000"), _region("330106", "西湖区", "330100"), _region("330109", "萧山区", "330100"),
        _region("330700", "金华市", "330000"), _region("330782", "义乌市", "330700"), _region("310100", "市辖区", "310000"),
        _region("310101", "黄浦区", "310100"), _region("350100", "福州市", "350000"), _region("350102", "鼓楼区", "350100"),
        _region("440300", "深圳市", "440000"), _region("440305", "南山区", "440300"),
        _region("533100", "德宏傣族景颇族自治州", "530000"), _region("533102", "瑞丽市", "533100"),
    ]
)  # fmt: skip
PLACES: Final = {
    "330106": (
        "浙江省杭州市西湖区", "浙江杭州西湖区", "杭州市西湖区", "浙江省 杭州市 西湖区", "浙江省-杭州市-西湖区",
        "浙江省杭州市杭州市西湖区",
    ),
    "330782": ("浙江省金华市义乌市", "义乌市", "浙江金华义乌市", "浙江省义乌市"),
    "110105": ("北京市朝阳区", "北京朝阳区", "北京市市辖区朝阳区", "北京北京市朝阳区"),
    "220204": ("吉林省吉林市船营区", "吉林市船营区", "吉林吉林市船营区"),
    "440305": ("广东省深圳市南山区", "深圳市南山区", "广东深圳南山区"),
    "533102": ("云南省德宏傣族景颇族自治州瑞丽市", "云南省德宏州瑞丽市", "云南德宏瑞丽市"),
}  # fmt: skip
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴欧诸", "伟芳娜敏静强磊洋勇艳杰娟涛霞刚桂辉建华一"
names = st.builds(lambda first, rest: first + rest, st.sampled_from(SURNAMES), st.text(GIVEN, min_size=1, max_size=2))
mobiles = st.builds(
    "{}{}".format, st.sampled_from(["13", "15", "17", "18", "19"]), st.text("0123456789", min_size=9, max_size=9)
)
places = st.sampled_from([(code, said) for code, ways in PLACES.items() for said in ways])
details = st.builds(
    "{}{}号{}幢{}室".format, st.sampled_from(["文三路", "科技园路", "解放北路", "北京东路", "南京西路", "人民大街", "杭州路"]),
    st.integers(1, 9999), st.integers(1, 99), st.integers(101, 3999),
)  # fmt: skip
separators = st.sampled_from([" ", ",", "，", "\n", "  ", " , ", "；", "\t", "\r\n"])


@given(names, mobiles, places, details, separators, st.permutations(["name", "phone", "place"]))
def test_whatever_the_order_each_part_is_found(
    name: str, phone: str, place: tuple[str, str], detail: str, separator: str, order: list[str]
) -> None:
    """Name, phone, region by the names of the register, and what is left (ACC-R17)."""
    code, said = place
    parts = {"name": name, "phone": phone, "place": f"{said}{detail}"}

    read = read_pasted(separator.join(parts[one] for one in order), TREE)

    assert read == PastedContact(recipient=name, phone=phone, region_code=code, detail=detail)


@given(names, mobiles, places, details, st.booleans(), st.sampled_from(["：", ":", ": "]))
def test_labels_say_what_is_what(
    name: str, phone: str, place: tuple[str, str], detail: str, together: bool, colon: str
) -> None:
    """As shops and chat programs write them (ACC-R17)."""
    code, said = place
    where = [f"收货地址{colon}{said}{detail}"] if together else [f"所在地区{colon}{said}", f"详细地址{colon}{detail}"]

    read = read_pasted("\n".join([f"收货人{colon}{name}", f"手机号码{colon}{phone}", *where]), TREE)

    assert read == PastedContact(recipient=name, phone=phone, region_code=code, detail=detail)


@given(mobiles, st.sampled_from(["{}", "+86{}", "86 {}", "0086-{}"]), st.sampled_from(["", " ", "-"]))
def test_a_phone_is_read_as_carriers_write_it(mobile: str, country: str, gap: str) -> None:
    """With the country before it, and in groups of three and four (ACC-R17)."""
    spelled = country.format(gap.join((mobile[:3], mobile[3:7], mobile[7:])))

    read = read_pasted(f"李雷，{spelled}，杭州市西湖区文三路1号", TREE)

    assert Phone.parse(read.phone) == Phone.parse(mobile)


@given(st.text(max_size=700) | st.text("北京市海淀区，。0123456789 张:收货人手机\n-", max_size=700))
def test_no_text_makes_it_fail_and_nothing_is_made_up(text: str) -> None:
    """A region that is read is one of the register, and whoever and whatever is read stands in the text (ACC-R17)."""
    read = read_pasted(text, TREE)

    assert read.region_code == "" or read.region_code in TREE.regions
    assert sum(map(len, (read.recipient, read.detail, read.phone))) <= 4 * 500


@pytest.mark.parametrize(
    ("text", "code", "detail"),
    [
        ("朝阳区建国路1号", "", "朝阳区建国路1号"),  # of Beijing or of Changchun
        ("鼓楼区中山路2号", "", "鼓楼区中山路2号"),
        ("南京东路300号", "", "南京东路300号"),  # a street of Shanghai
        ("上海市黄浦区南京东路300号", "310101", "南京东路300号"),
        ("杭州西湖大道1号", "330100", "西湖大道1号"),
        ("上海市 义乌商城5楼", "310000", "义乌商城5楼"),
        ("文三路1号", "", "文三路1号"),
        ("", "", ""),
    ],
)
def test_what_could_be_meant_twice_is_left_where_it_stands(text: str, code: str, detail: str) -> None:
    """A district of two cities names neither, and a street that is called after a city lies in none (ACC-R17)."""
    read = read_pasted(text, TREE)

    assert (read.region_code, read.detail) == (code, detail)


def test_a_register_whose_regions_lie_in_each_other_is_read_to_its_end() -> None:
    """ACC-R17."""
    tree = RegionTree.of([_region("330100", "杭州市", "330106"), _region("330106", "西湖区", "330100")])
    assert read_pasted("杭州市西湖区文三路1号", tree).detail.endswith("文三路1号")
