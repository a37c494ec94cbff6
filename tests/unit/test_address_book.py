"""Addresses, regions, and the contact an order keeps (GEN-R14, R33, R40)."""

from __future__ import annotations

from uuid import UUID

import pytest

from retail_domain.accounts import (
    ABROAD,
    ADDRESSES_MAX,
    PROVINCES,
    AddAddress,
    AddressBook,
    AddressBookFull,
    AddressNotFound,
    ContactAsTyped,
    CorrectAddress,
    ImportRegions,
    RegionUnknown,
    RemoveAddress,
    read_regions,
)
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import AddressId, MemberId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.testing.people import NOON, PHONE, a_contact
from tests.support.accounts import SYSTEM, AccountsShop, a_shop

ALICE, BOB = MemberId(UUID(int=71)), MemberId(UUID(int=72))
ROWS = [
    {"code": "440000", "name": "广东省", "parent": ""},
    {"code": "440300", "name": "深圳市", "parent": "440000"},
    {"code": "440305", "name": "南山区", "parent": "440300"},
]


def id_of(number: int) -> AddressId:
    return AddressId(UUID(int=number))


def typed(
    region_code: str = "440305", region: str = "", recipient: str = "韩梅梅", detail: str = "科技园路 1 号"
) -> ContactAsTyped:
    return ContactAsTyped(recipient=recipient, phone=PHONE, region_code=region_code, region=region, detail=detail)


async def add(
    shop: AccountsShop, contact: ContactAsTyped | None = None, *, member: MemberId = ALICE, default: bool = False
) -> AddressId:
    added = await shop.accounts.add_address(AddAddress(member_id=member, contact=contact or typed(), is_default=default))
    return added.address_id


class TestTheBook:
    def test_the_first_address_is_the_default_until_another_is_preferred(self) -> None:
        book = AddressBook(member_id=ALICE).add(id_of(1), a_contact(), at=NOON).state.add(id_of(2), a_contact(), at=NOON).state

        assert book.default_id == id_of(1)
        assert book.prefer(id_of(2)).state.default_id == id_of(2)

    def test_striking_out_the_default_makes_the_oldest_left_the_default(self) -> None:
        book = AddressBook(member_id=ALICE)
        for number in (3, 1, 2):
            book = book.add(id_of(number), a_contact(), at=NOON).state

        left = book.remove(id_of(3)).state

        assert left.default_id == id_of(1)
        assert left.remove(id_of(1)).state.remove(id_of(2)).state.default_id is None

    def test_the_book_holds_fifty_addresses(self) -> None:
        book = AddressBook(member_id=ALICE)
        for number in range(ADDRESSES_MAX):
            book = book.add(id_of(number), a_contact(), at=NOON).state

        with pytest.raises(AddressBookFull):
            book.add(id_of(99), a_contact(), at=NOON)

    @pytest.mark.parametrize("step", ["correct", "prefer", "remove"])
    def test_what_is_not_in_the_book_is_not_found(self, step: str) -> None:
        book = AddressBook(member_id=ALICE).add(id_of(1), a_contact(), at=NOON).state
        arguments = (id_of(2), a_contact()) if step == "correct" else (id_of(2),)

        with pytest.raises(AddressNotFound):
            getattr(book, step)(*arguments)

    def test_a_contact_never_shows_who_and_where(self) -> None:
        """R40"""
        shown = repr(AddressBook(member_id=ALICE).add(id_of(1), a_contact(), at=NOON))

        assert not any(word in shown for word in ("韩梅梅", "南山区", "科技园", PHONE.e164))


class TestMembersAddresses:
    async def test_the_address_of_another_is_like_one_that_never_was(self) -> None:
        """GEN-R14, R33"""
        shop = a_shop()
        mine, _ = await add(shop), await add(shop, member=BOB)

        for address in (mine, id_of(404)):
            with pytest.raises(AddressNotFound) as refused:
                await shop.accounts.correct_address(CorrectAddress(member_id=BOB, address_id=address, contact=typed()))
            assert refused.value.facts() == {"address_id": address}
            with pytest.raises(AddressNotFound):
                await shop.accounts.remove_address(RemoveAddress(member_id=BOB, address_id=address))
        assert len((await shop.accounts.show.address_book(ALICE)).addresses) == 1

    async def test_an_address_is_corrected_preferred_and_struck_out(self) -> None:
        shop = a_shop()
        first, second = await add(shop), await add(shop, default=True)
        await shop.accounts.correct_address(
            CorrectAddress(member_id=ALICE, address_id=first, contact=typed(recipient="李雷"), is_default=True)
        )
        await shop.accounts.remove_address(RemoveAddress(member_id=ALICE, address_id=second))

        book = await shop.accounts.show.address_book(ALICE)

        assert [one.contact.recipient for one in book.addresses] == ["李雷"] and book.default_id == first

    async def test_the_same_request_under_one_key_adds_one_address(self) -> None:
        """R17; and the remembered answer holds no personal data (R40)."""
        shop = a_shop()
        once = Once(principal="member:71", operation="add_address", key="k", fingerprint="f")
        command = AddAddress(member_id=ALICE, contact=typed(), once=once)

        assert await shop.accounts.add_address(command) == await shop.accounts.add_address(command)

        assert len((await shop.accounts.show.address_book(ALICE)).addresses) == 1
        assert "科技园" not in f"{shop.memory.answers} {shop.memory.events}"

    @pytest.mark.parametrize(
        "contact",
        [
            typed(recipient=""), typed(recipient="x" * 51), typed(recipient="two\nlines"), typed(detail=" "),
            typed(detail="x" * 201), typed(region="x" * 101), typed(recipient="nul\x00"),
        ],
    )  # fmt: skip
    async def test_what_is_no_contact_is_refused(self, contact: ContactAsTyped) -> None:
        with pytest.raises(InvalidInput):
            await add(a_shop(), contact)


class TestRegions:
    def test_there_are_34_provinces(self) -> None:
        assert len(PROVINCES) == 34 and all(code.endswith("0000") and len(code) == 6 for code in PROVINCES)

    @pytest.mark.parametrize("code", ["990305", "000000", "44030", "4403055", "", "44030a", "４４０３０５"])
    async def test_a_code_outside_every_province_is_unknown(self, code: str) -> None:
        with pytest.raises(RegionUnknown):
            await add(a_shop(), typed(code, "somewhere"))

    async def test_before_an_import_names_are_taken_as_typed_and_the_province_fills_in(self) -> None:
        shop = a_shop()
        await add(shop, typed("440305", " 广东 深圳 南山 "))
        await add(shop, typed("440305"))

        book = await shop.accounts.show.address_book(ALICE)
        assert [one.contact.region for one in book.addresses] == ["广东 深圳 南山", "广东省"]

    async def test_after_an_import_codes_must_exist_and_names_are_filled_in(self) -> None:
        shop = a_shop()
        imported = await shop.accounts.import_regions(ImportRegions(regions=read_regions(ROWS), actor=SYSTEM))
        await add(shop, typed("440305", "something typed"))

        book = await shop.accounts.show.address_book(ALICE)

        assert imported.count == 3
        assert book.addresses[0].contact.region == "广东省 深圳市 南山区"
        with pytest.raises(RegionUnknown):
            await add(shop, typed("440306", "宝安区"))
        assert (await shop.accounts.show.trail(PageRequest())).items[0].action == "regions.import"

    async def test_abroad_the_country_is_typed(self) -> None:
        shop = a_shop()
        await shop.accounts.import_regions(ImportRegions(regions=read_regions(ROWS), actor=SYSTEM))

        await add(shop, typed(ABROAD, "United Kingdom"))

        with pytest.raises(InvalidInput):
            await add(shop, typed(ABROAD))

    def test_a_row_without_a_parent_lies_in_its_city_or_province(self) -> None:
        names = {"440300": "深圳市", "440305": "南山区", "429004": "仙桃市"}

        regions = read_regions({"code": code, "name": name} for code, name in names.items())

        parents = {one.code: one.parent for one in regions}
        assert parents == {"440300": "440000", "440305": "440300", "429004": "420000"}

    @pytest.mark.parametrize(
        ("row", "field", "rule"),
        [
            ({"code": "44030", "name": "x", "parent": ""}, "rows[5].code", "region"),
            ({"code": "995555", "name": "x", "parent": ""}, "rows[5].code", "region"),
            ({"code": "440306", "name": " ", "parent": "440300"}, "rows[5].name", "length"),
            ({"code": "440306", "name": "宝安区", "parent": "440400"}, "rows[5].parent", "unknown"),
            ({"code": "440306", "name": "宝安区", "parent": "110000"}, "rows[5].parent", "region"),
            ({"code": "440306", "name": "宝安区", "parent": "440306"}, "rows[5].parent", "itself"),
            ({"code": "440305", "name": "南山区", "parent": "440300"}, "rows[5].code", "twice"),
        ],
    )
    def test_a_bad_row_is_named_and_nothing_is_taken(self, row: dict[str, str | None], field: str, rule: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            read_regions([*ROWS, row])

        assert [(problem.field, problem.rule) for problem in refused.value.problems] == [(field, rule)]

    def test_provinces_cities_and_areas_may_come_in_a_file_each(self) -> None:
        """With codes as short as they are there; a city that is its own area stands in two files, and once in the shop."""
        provinces = [{"code": "44", "name": "广东省"}]
        cities = [
            {"code": "4403", "name": "深圳市", "provinceCode": "44"},
            {"code": "4419", "name": "东莞市", "provinceCode": "44"},
        ]
        areas = [
            {"code": "440305", "name": "南山区", "cityCode": "4403", "provinceCode": "44"},
            {"code": "441900", "name": "东莞市", "cityCode": "4419", "provinceCode": "44"},
        ]

        regions = read_regions(areas, cities, provinces, names=("areas.csv", "cities.csv", "provinces.csv"))

        assert [(one.code, one.name, one.parent) for one in regions] == [
            ("440000", "广东省", None), ("440300", "深圳市", "440000"), ("440305", "南山区", "440300"),
            ("441900", "东莞市", "440000"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("row", "field", "rule"),
        [
            ({"code": "440305001", "name": "南头街道"}, "more.csv rows[2].code", "street"),
            ({"code": "440305", "name": "北山区"}, "more.csv rows[2].code", "twice"),
            ({"code": "440307", "name": "龙岗区", "cityCode": "4401"}, "more.csv rows[2].cityCode", "region"),
            (
                {"code": "440307", "name": "龙岗区", "cityCode": "4403", "provinceCode": "11"},
                "more.csv rows[2].provinceCode",
                "region",
            ),
            ({"code": "440", "name": "x"}, "more.csv rows[2].code", "region"),
        ],
    )
    def test_a_bad_row_of_several_files_is_named_with_its_file(self, row: dict[str, str | None], field: str, rule: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            read_regions(ROWS, [row], names=("areas.csv", "more.csv"))

        assert [(problem.field, problem.rule) for problem in refused.value.problems] == [(field, rule)]

    @pytest.mark.parametrize(
        ("rows", "wrong"),
        [
            ({"110000": "110100", "110100": "110000"}, [2, 3]),
            ({"110000": "110100", "110100": ""}, [2, 3]),  # who names no parent lies in the province
            ({"440300": "440305", "440305": "440306", "440306": "440300", "440307": "440300"}, [2, 3, 4]),
        ],
    )
    def test_regions_that_lie_in_each_other_are_refused_by_row(self, rows: dict[str, str], wrong: list[int]) -> None:
        """ACC-R17: an address would be read in circles."""
        with pytest.raises(InvalidInput) as refused:
            read_regions({"code": code, "name": "x", "parent": parent} for code, parent in rows.items())

        told = [(problem.field, problem.rule) for problem in refused.value.problems]
        assert told == [(f"rows[{row}].parent", "circle") for row in wrong]

    def test_an_empty_file_is_refused(self) -> None:
        with pytest.raises(InvalidInput):
            read_regions([])
