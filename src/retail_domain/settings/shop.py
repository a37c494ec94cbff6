"""What a shop says of itself to everybody: its name, whom to ask, and what the law wants at the foot of every page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import fields, frozen

from retail_domain.kernel.settings import AddressSetting, InForce, Setting, TextSetting


@frozen(kw_only=True)
class ShopFront:
    """The texts of the shop, as they are set now; empty where nobody has set one."""

    version: int
    """The number of the newest change of settings: another number, and something may read otherwise."""
    name: str
    notice: str
    contact: str
    contact_hours: str
    company: str
    licence: str
    licence_url: str
    record_number: str
    terms_url: str
    privacy_url: str


FRONT: Final[tuple[Setting[Any], ...]] = (
    TextSetting(
        name="shop.name", most=60,
        says="What the shop is called.", says_zh="商店名称。",
    ),
    TextSetting(
        name="shop.notice", most=2_000, lines=True,
        says="A notice to everybody who comes by.", says_zh="面向所有访客的公告。",
    ),
    TextSetting(
        name="shop.contact",
        says="Whom buyers ask: a telephone number or an address.", says_zh="客服联系方式：电话或地址。",
    ),
    TextSetting(
        name="shop.contact_hours",
        says="When somebody answers there.", says_zh="客服服务时间。",
    ),
    TextSetting(
        name="shop.company",
        says="Who sells: the name that the licence is made out to.", says_zh="经营者名称，与营业执照一致。",
    ),
    TextSetting(
        name="shop.licence",
        says="The number of the business licence.", says_zh="营业执照统一社会信用代码。",
    ),
    AddressSetting(
        name="shop.licence_url",
        says="Where the business licence is shown.", says_zh="营业执照公示网址。",
    ),
    TextSetting(
        name="shop.record_number",
        says="The record number of the website.", says_zh="网站备案号(ICP)。",
    ),
    AddressSetting(
        name="shop.terms_url",
        says="Where the terms of sale are read.", says_zh="用户协议网址。",
    ),
    AddressSetting(
        name="shop.privacy_url",
        says="Where it is read what becomes of personal data.", says_zh="隐私政策网址。",
    ),
)  # fmt: skip
_TEXTS: Final = {one.name.partition(".")[2]: one for one in FRONT}
if _TEXTS.keys() != {one.name for one in fields(ShopFront)} - {"version"}:
    raise TypeError("what a shop says of itself and its settings are called alike")


def front_of(in_force: InForce, usual: Mapping[str, Any]) -> ShopFront:
    """The texts in force."""
    texts = {name: in_force.of(setting, usual[setting.name]) for name, setting in _TEXTS.items()}
    return ShopFront(version=in_force.version, **texts)
