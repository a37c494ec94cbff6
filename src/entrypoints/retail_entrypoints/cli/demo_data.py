"""A few goods, a warehouse, a member and an admin to try the shop with; made through the shop's own use cases."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from attrs import define, field, frozen

from retail_domain.accounts import LoginFailed, Purpose, Role
from retail_domain.accounts.sms import SmsAccepted, SmsMessage
from retail_domain.accounts.use_cases.addresses import AddAddress, ContactAsTyped
from retail_domain.accounts.use_cases.log_in_with_password import LogInWithPassword
from retail_domain.accounts.use_cases.open_session import LoggedIn
from retail_domain.accounts.use_cases.passwords import Register
from retail_domain.accounts.use_cases.prove import Proof
from retail_domain.accounts.use_cases.send_code import SendCode
from retail_domain.accounts.use_cases.staff import AddStaff
from retail_domain.application import Retail
from retail_domain.catalog import CreateCategory, CreateProduct, Listing, SkuWish
from retail_domain.inventory import OpenLocation, ReceiveStock, WatchStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import CategoryId, MemberId
from retail_domain.kernel.once import Once
from retail_domain.pricing import ChargeBy, FreightZone, StoreFreightTemplate
from retail_entrypoints.container import open_shop
from retail_entrypoints.settings import Settings

MEMBER_LOGIN: Final = "demo"
ADMIN_LOGIN: Final = "admin"
PASSWORD: Final = "demo-shop-2026"  # noqa: S105 - printed for everybody; `retail shop` refuses production
MEMBER_PHONE: Final = "+8613800138000"
LOCATION: Final = "SH"
_ACTOR: Final = Actor.system("demo data")
_UNITS: Final = 200


@frozen(kw_only=True)
class _Goods:
    code: str
    title: str
    kind: str
    skus: tuple[tuple[str, int, tuple[tuple[str, str], ...]], ...]


GOODS: Final = (
    _Goods(
        code="TEA", title="龙井绿茶 Longjing green tea", kind="茶 Tea",
        skus=(("TEA-100", 8_800, (("净含量", "100g"),)), ("TEA-250", 19_800, (("净含量", "250g"),))),
    ),
    _Goods(code="CUP", title="青瓷茶杯 Celadon cup", kind="茶具 Tea ware", skus=(("CUP-1", 5_900, ()),)),
    _Goods(code="POT", title="紫砂壶 Zisha teapot", kind="茶具 Tea ware", skus=(("POT-1", 39_900, ()),)),
    _Goods(
        code="SCARF", title="羊绒围巾 Cashmere scarf", kind="服饰 Clothing",
        skus=(("SCARF-R", 29_900, (("颜色", "红"),)), ("SCARF-B", 29_900, (("颜色", "蓝"),))),
    ),
)  # fmt: skip


@define
class CaughtMessages:
    """Text messages of the demo member's registration: nobody else gets to see them."""

    codes: list[str] = field(factory=list, repr=False)

    async def send(self, message: SmsMessage) -> SmsAccepted:
        """Keep the code."""
        self.codes.append(message.parameters["code"])
        return SmsAccepted(message.message_id, "demo")


async def stock_the_shelves(settings: Settings) -> bool:
    """Fill an empty shop; a shop that has a demo admin is left as it is. Whether anything was made."""
    caught = CaughtMessages()
    async with open_shop(settings, sms=caught) as shop:
        if await shop.retail.accounts.show.staff_named(ADMIN_LOGIN) is not None:
            return False
        await fill(shop.retail, caught)
    return True


async def fill(retail: Retail, caught: CaughtMessages) -> MemberId:
    """Make the goods, the member (whose id is answered), the member's address and the admin."""
    await _sell(retail)
    member_id = await _member(retail, caught)
    await _address(retail, member_id)
    # last, since it is what a second start looks for
    admin = AddStaff(login=ADMIN_LOGIN, password=PASSWORD, name="Demo admin", roles=(Role.ADMIN,), actor=_ACTOR)
    await retail.accounts.add_staff(admin)
    return member_id


def _once(what: str) -> Once:
    """A start that was interrupted is carried on by the next: what was made before is answered again."""
    return Once(principal="demo data", operation="demo", key=what, fingerprint=what)


async def _sell(retail: Retail) -> None:
    await retail.inventory.open_location(
        OpenLocation(code=LOCATION, name="上海仓 Shanghai", actor=_ACTOR, once=_once("location"))
    )
    zone = FreightZone(first_units=1, first_minor=800, next_units=5, next_minor=200, free_from_minor=9_900)
    await retail.quoting.store_freight_template(
        StoreFreightTemplate(
            name="快递 Courier", charge_by=ChargeBy.PIECE, zones=(zone,), actor=_ACTOR, is_default=True, once=_once("freight")
        )
    )
    kinds = {kind: await _category(retail, kind, place) for place, kind in enumerate(dict.fromkeys(g.kind for g in GOODS))}
    for goods in GOODS:
        await _product(retail, goods, kinds[goods.kind])


async def _category(retail: Retail, name: str, place: int) -> CategoryId:
    command = CreateCategory(code=f"demo-{place}", name=name, position=place, once=_once(f"category {place}"))
    return (await retail.catalog.create_category(command)).category_id


async def _product(retail: Retail, goods: _Goods, category_id: CategoryId) -> None:
    made = await retail.catalog.create(
        CreateProduct(
            code=goods.code,
            listing=Listing(title=goods.title, category_id=category_id),
            skus=tuple(SkuWish(code=code, price_minor=price, options=options) for code, price, options in goods.skus),
            on_sale=True,
            once=_once(f"product {goods.code}"),
        )
    )
    for sku_id in made.sku_ids:
        await retail.inventory.receive(
            ReceiveStock(
                sku_id=sku_id, location=LOCATION, quantity=_UNITS, reference="demo", actor=_ACTOR, once=_once(f"stock {sku_id}")
            )
        )
        await retail.inventory.watch(WatchStock(sku_id=sku_id, location=LOCATION, actor=_ACTOR, alert_threshold=10))


async def _member(retail: Retail, caught: CaughtMessages) -> MemberId:
    with suppress(LoginFailed):
        known = await retail.accounts.log_in_with_password(LogInWithPassword(login=MEMBER_LOGIN, password=PASSWORD))
        return _id_of(known)
    sent = await retail.accounts.send_code(SendCode(phone=Phone.parse(MEMBER_PHONE), purpose=Purpose.REGISTER))
    proof = Proof(challenge_id=sent.challenge_id, code=caught.codes[-1])
    return _id_of(
        await retail.accounts.register(Register(proof=proof, login=MEMBER_LOGIN, password=PASSWORD, name="小明 Demo member"))
    )


def _id_of(logged_in: LoggedIn) -> MemberId:
    assert logged_in.member_id is not None
    return logged_in.member_id


async def _address(retail: Retail, member_id: MemberId) -> None:
    contact = ContactAsTyped(
        recipient="小明", phone=Phone.parse(MEMBER_PHONE), region_code="310000", region="上海市", detail="南京东路1号"
    )
    await retail.accounts.add_address(
        AddAddress(member_id=member_id, contact=contact, is_default=True, once=_once("address"))
    )
