"""Use cases beside the journey of test_statement_counts.py: each called once, with little or with much of everything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Protocol, cast
from uuid import UUID

from attrs import evolve

from retail_domain.accounts import (
    AddAddress,
    AdmitMember,
    AgreeToTerms,
    ChangeRole,
    ContactAsTyped,
    CorrectAddress,
    LogInWithCode,
    MakeKey,
    MakeRole,
    Permission,
    Proof,
    Purpose,
    RemoveAddress,
    RemoveRole,
    RevokeKey,
    SendCode,
    ShowKey,
    UpdateProfile,
)
from retail_domain.accounts.use_cases.sessions import LogOut
from retail_domain.catalog import (
    AddSku,
    Basis,
    BoundPrice,
    CostSku,
    CreateBrand,
    CreateCategory,
    CreateProduct,
    EditProduct,
    EditSku,
    LabelSku,
    ListBasis,
    Listing,
    MoveCategory,
    RepriceSku,
    RepriceSkus,
    SetOnSale,
    SetSalesWindow,
    SkuWish,
)
from retail_domain.coupons import (
    CouponWay,
    IssueCoupon,
    MakeCouponCodes,
    RedeemCouponCode,
    TakeCoupon,
    VoidCoupon,
    WantedOffers,
)
from retail_domain.insight import BehaviourDeed, BehaviourKind, CaptureBehaviour, ForgetSeen, ShowSeen, Visitor
from retail_domain.inventory import AdjustStock, OpenLocation, ReceiveStock, WatchStock
from retail_domain.jobs import CancelJob, EditPricesJob
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import MemberId, ProductId, RefundId, SkuId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.rows import Row
from retail_domain.membership import AddFavourite, CheckInToday, RemoveFavourite, ShowCheckIns
from retail_domain.messages import (
    ChangeMessageSettings,
    DecideMarketing,
    ReadMessages,
    Recipient,
    ShowInbox,
    StopMarketing,
)
from retail_domain.notes import NoteDown, ShowNotes, ThingSort
from retail_domain.ordering import (
    CancelOrder,
    CloseOrder,
    GoOn,
    HideOrder,
    RedirectMyOrder,
    RefundOrder,
    RepriceOrder,
    ShipOrder,
    Units,
    WriteMemo,
)
from retail_domain.payments import (
    CloseBooks,
    CorrectRefund,
    Flow,
    PayFromAccount,
    PaymentView,
    ReadBook,
    ReadBookEntries,
    RefreshPayment,
    RefundAside,
    Rejected,
    RetryRefund,
    StartPayment,
    TakeBackHeld,
    TakeNotice,
)
from retail_domain.pictures import AddPicture, PictureUser, ShowPicture, refer, release
from retail_domain.points import AdjustPoints
from retail_domain.pricing import ChargeBy, FreightZone, ShowQuote, WantedLine, Wish
from retail_domain.processes.delivery.edits_by_file import CountStock, EditPrices
from retail_domain.processes.leaving.closing import CloseAccountFor
from retail_domain.processes.leaving.exporting import ExportMember
from retail_domain.processes.purchase.carting import BuyAgain, CreateGuestCart
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from retail_domain.processes.purchase.placing_for import PlaceFor, QuoteFor
from retail_domain.processes.purchase.quoting import QuoteAgain, QuoteBasket, StoreFreightTemplate
from retail_domain.processes.staff.moving_in import MoveMembersIn
from retail_domain.processes.staff.offering import ChangeOffer, LaunchOffer, MakeOffer, StopOffer
from retail_domain.processes.takings import Paid
from retail_domain.settings import ChangeSettings, TakeSettingsBack
from retail_domain.testing.people import RememberingSms
from retail_domain.wallet import AdjustWallet, ApproveWithdrawal, ForfeitWallet, PayWithdrawal, RequestWithdrawal
from retail_domain.webhooks import ChangeWebhook, CreateWebhook, ReleaseTellings, ReplayTellings
from retail_entrypoints.worker import work_once
from tests.support.coupons import ANY_OFF, FREIGHT_OFF, kind_of, taken_by
from tests.support.drawn_pictures import sent as drawn_bytes
from tests.support.market import CLERK, Buyer, Market
from tests.support.pretend_gateway import PretendGateway, notice
from tests.support.purse import Mood
from tests.support.statements import Statements
from tests.support.wallets import put_into_wallet

SYSTEM: Final = Actor.system("tests")


class OnTheWay(Protocol):
    """What a journey offers to those who go along."""

    market: Market
    statements: Statements
    provider: PretendGateway
    sms: RememberingSms
    mood: Mood
    number: int

    async def ask(self, buyer: Buyer, goods: list[SkuId]) -> PlaceOrder: ...
    async def place(self, buyer: Buyer, goods: list[SkuId]) -> Placed: ...
    async def paid_order(self, buyer: Buyer, goods: list[SkuId]) -> Placed: ...
    def paid(self, view: PaymentView) -> TakeNotice: ...


async def call_them(on: OnTheWay, buyer: Buyer, goods: list[SkuId], product: ProductId) -> None:
    """All of them, with nothing due before."""
    await _people(on, buyer, goods)
    await _goods(on, goods, product)
    await _stock_and_freight(on, goods)
    await _offers(on)
    await _quotes(on, buyer, goods)
    await _for_a_member(on, buyer, goods)
    await _orders(on, buyer, goods)
    await _arrivals(on, buyer, goods)
    await _time(on)
    await _suspects(on, buyer, goods)


async def _people(on: OnTheWay, buyer: Buyer, goods: list[SkuId]) -> None:
    accounts, phone = on.market.retail.accounts, Phone.parse(f"1390013{on.number:04d}")
    typed = _typed(phone)
    walk_in = await on.statements.of("admit member", accounts.admit_member(AdmitMember(actor=CLERK, phone=phone)))
    add = AddAddress(member_id=buyer.id, contact=typed)
    added = await on.statements.of("add address", accounts.add_address(add))
    correct = CorrectAddress(member_id=buyer.id, address_id=added.address_id, contact=typed)
    await on.statements.of("correct address", accounts.correct_address(correct))
    remove = RemoveAddress(member_id=buyer.id, address_id=added.address_id)
    await on.statements.of("remove address", accounts.remove_address(remove))
    sent = await on.statements.of("send code", accounts.send_code(SendCode(phone=phone, purpose=Purpose.LOGIN)))
    proof = Proof(challenge_id=sent.challenge_id, code=on.sms.code)
    opened = await on.statements.of("log in with code", accounts.log_in_with_code(LogInWithCode(proof=proof)))
    principal = await on.statements.of("authenticate", accounts.authenticate(opened.token))
    make = MakeKey(name=f"program-{on.number}", permissions=(Permission.CATALOG_SEE,), actor=SYSTEM)
    made = await on.statements.of("make a key", accounts.make_key(make))
    shown = ShowKey(key=made.key, client="203.0.113.7")
    await on.statements.of("a key's first use of an hour", accounts.authenticate_key(shown))
    await on.statements.of("a key is used again", accounts.authenticate_key(shown))
    await on.statements.of("take a key back", accounts.revoke_key(RevokeKey(key_id=made.key_id, actor=SYSTEM)))
    await on.statements.of("log out", accounts.log_out(LogOut(principal=principal)))
    agree = UpdateProfile(member_id=buyer.id, name="x", behaviour_consent=True)
    await on.statements.of("update profile", accounts.update_profile(agree))
    deeds = tuple(BehaviourDeed(kind=BehaviourKind.VIEW, object=f"page:{at}") for at in range(1 if on.number == 1 else 20))
    tell = CaptureBehaviour(visitor=Visitor(buyer.id), deeds=deeds)
    await on.statements.of("capture behaviour", on.market.retail.insight.capture(tell))
    note = NoteDown(sort=ThingSort.MEMBER, thing_id=buyer.id, values={"crm.segment": on.number}, actor=SYSTEM)
    await on.statements.of("a first note", on.market.retail.notes.note_down(note))
    more = evolve(note, values={f"crm.n{at}": at for at in range(1 if on.number == 1 else 50)})
    await on.statements.of("more notes", on.market.retail.notes.note_down(more))
    show = ShowNotes(sort=ThingSort.MEMBER, thing_ids=(buyer.id,) if on.number == 1 else (buyer.id, *goods))
    await on.statements.of("show notes", on.market.retail.notes.of(show))
    membership = on.market.retail.membership
    await on.statements.of("check in", membership.check_in(CheckInToday(member_id=buyer.id)))
    await on.statements.of("show check-ins", membership.show_check_ins(ShowCheckIns(member_id=buyer.id)))
    await _points(on, buyer.id)
    await _wallet(on, buyer, goods)
    await _coupons(on, buyer, goods)
    await _moving(on)
    await _leaving(on, buyer, walk_in.member_id)
    await _roles(on)
    await _pictures(on, buyer)
    await _webhooks(on)
    await _messages(on, buyer, goods)
    await _settings(on)
    await _books(on)


async def _points(on: OnTheWay, member_id: MemberId) -> None:
    """Of one lot, or of many."""
    points = on.market.retail.points
    for more in range(1, 2 if on.number == 1 else 20):
        await points.adjust(AdjustPoints(member_id=member_id, points=more, reason="x", actor=SYSTEM))
    add = AdjustPoints(member_id=member_id, points=9, reason="x", actor=SYSTEM)
    await on.statements.of("add points", points.adjust(add))
    every = (await points.balance(member_id)).available
    await on.statements.of("show points", points.balance(member_id))
    await on.statements.of("take points", points.adjust(evolve(add, points=-every)))
    await on.statements.of("points history", points.show.entries(member_id, PageRequest(20)))


async def _wallet(on: OnTheWay, buyer: Buyer, goods: list[SkuId]) -> None:
    """Of one lot, or of many, some of which it uses up."""
    retail, wallet = on.market.retail, on.market.retail.wallet
    for _ in range(1 if on.number == 1 else 20):
        await put_into_wallet(retail.begin, buyer.id, 1)
    give = AdjustWallet(member_id=buyer.id, amount=Money(9, "CNY"), reason="x", actor=SYSTEM)
    await on.statements.of("give into a wallet", wallet.adjust(give))
    await put_into_wallet(retail.begin, buyer.id, 300)
    ask = RequestWithdrawal(member_id=buyer.id, amount=Money(100, "CNY"), pay_to="card 1")
    asked = await on.statements.of("ask to be paid out", wallet.request_withdrawal(ask))
    approve = ApproveWithdrawal(withdrawal_id=asked.withdrawal_id, actor=SYSTEM)
    await on.statements.of("approve a withdrawal", wallet.approve_withdrawal(approve))
    pay = PayWithdrawal(withdrawal_id=asked.withdrawal_id, reference="n 1", actor=SYSTEM)
    await on.statements.of("pay a withdrawal", wallet.pay_withdrawal(pay))
    quote = await on.market.quote(buyer, (goods[0], 1))
    placed = await retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
    use = PayFromAccount(member_id=buyer.id, order_id=placed.order_id, tender="wallet", most_minor=150)
    await on.statements.of("hold from a wallet", retail.payments.pay_from_account(use))
    back = TakeBackHeld(member_id=buyer.id, order_id=placed.order_id, tender="wallet")
    await on.statements.of("take back into a wallet", retail.payments.take_back(back))
    await retail.ordering.cancel(CancelOrder(member_id=buyer.id, order_id=placed.order_id))
    await on.statements.of("show a wallet", wallet.show.balances(buyer.id))
    await on.statements.of("wallet history", wallet.show.entries(buyer.id, PageRequest(20)))
    await on.statements.of("give up a wallet", wallet.forfeit(ForfeitWallet(member_id=buyer.id)))


async def _coupons(on: OnTheWay, buyer: Buyer, goods: list[SkuId]) -> None:
    """Of one kind, or of many; an order costs a constant number more with them, whatever its lines."""
    retail, coupons = on.market.retail, on.market.retail.coupons
    few = on.number == 1
    off = [evolve(ANY_OFF, value_minor=100), FREIGHT_OFF]
    kinds = [await kind_of(retail, off[at % 2], per_member=9) for at in range(2 if few else 20)]
    given = [(await taken_by(retail, buyer.id, one)).coupon_id for one in kinds]
    take = TakeCoupon(member_id=buyer.id, template_id=kinds[0].id)
    await on.statements.of("take a coupon", coupons.take(take))
    issue = IssueCoupon(member_id=buyer.id, template_id=kinds[1].id, actor=SYSTEM)
    spare = await on.statements.of("give a coupon", coupons.issue(issue))
    void = VoidCoupon(coupon_id=spare.coupon_id, reason="x", actor=SYSTEM)
    await on.statements.of("take a coupon back", coupons.void(void))
    by_code = await kind_of(retail, ANY_OFF, way=CouponWay.CODE)
    make = MakeCouponCodes(template_id=by_code.id, actor=SYSTEM, count=2 if few else 20)
    (code, *_) = (await on.statements.of("make codes", coupons.make_codes(make))).codes
    redeem = RedeemCouponCode(member_id=buyer.id, code=code, client="203.0.113.7")
    await on.statements.of("redeem a code", coupons.redeem(redeem))
    await on.statements.of("coupons to take", coupons.offers(WantedOffers(member_id=buyer.id)))
    await on.statements.of("my coupons", coupons.show.mine(buyer.id, PageRequest(20)))
    await on.statements.of("report of coupons", coupons.show.report(kinds[0].id))
    wanted = tuple(WantedLine(one, 1) for one in goods)
    wishes = tuple(Wish("coupon", str(one)) for one in given[:2])
    basket = QuoteBasket(member_id=buyer.id, address_id=buyer.home, lines=wanted, wishes=wishes)
    quote = await on.statements.of("quote with coupons", retail.quoting.quote(basket))
    await on.statements.of("coupons of a quote", coupons.on_quote(ShowQuote(member_id=buyer.id, quote_id=quote.id)))
    place = PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash)
    placed = await on.statements.of("place with coupons", retail.checkout.place(place))
    cancel = CancelOrder(member_id=buyer.id, order_id=placed.order_id)
    await on.statements.of("cancel with coupons", retail.ordering.cancel(cancel))


async def _books(on: OnTheWay) -> None:
    """A day of them, or a month; the first closing of all was made before."""
    books, day = on.market.retail.books, date(2020, 1, 1)
    if on.number == 1:
        await books.close(CloseBooks(through=day, actor=CLERK))
    through = day + timedelta(days=on.number)
    await on.statements.of("close the books", books.close(CloseBooks(through=through, actor=CLERK)))
    await on.statements.of("closings of the books", books.closings())
    today = await books.current_day()
    first = today if on.number == 1 else today - timedelta(days=30)
    await on.statements.of("day book", books.days(ReadBook(first=first, last=today)))
    await on.statements.of("entries of a day", books.entries(ReadBookEntries(day=today, page=PageRequest(100))))


async def _moving(on: OnTheWay) -> None:
    """A member with an address, or sixty of them."""
    many = 1 if on.number == 1 else 60
    cells = {"region_code": "440305", "detail": "1", "orders_count": "1", "amount": "1.00"}
    rows = tuple(
        Row(file="f", number=at + 2, fields={"phone": f"1370{on.number:03}{at:04}", "name": "x", **cells}) for at in range(many)
    )
    wish = MoveMembersIn(header=("phone", "name", *cells), rows=rows, actor=CLERK)
    await on.statements.of("move members in", on.market.retail.moving.move_in(wish))
    await on.statements.of("move members in again", on.market.retail.moving.move_in(wish))


async def _jobs(on: OnTheWay, codes: Sequence[str]) -> None:
    """A file of one row, or many, that a worker does; and one that is cancelled."""
    jobs, rows = on.market.retail.jobs, "\n".join(f"{code},14" for code in codes)
    wish = EditPricesJob(file=f"sku,price\n{rows}\n", actor=CLERK)
    asked = await on.statements.of("hand in a job", jobs.edit_prices(wish))
    await on.statements.of("do a job", on.market.retail.background.timers["do_jobs"]())
    await on.statements.of("show a job", jobs.show.show(asked.job_id))
    await on.statements.of("report of a job", jobs.show.report(asked.job_id))
    await on.statements.of("job list", jobs.show.all(PageRequest(100)))
    other = await jobs.edit_prices(wish)
    await on.statements.of("cancel a job", jobs.cancel(CancelJob(job_id=other.job_id, actor=CLERK)))


async def _roles(on: OnTheWay) -> None:
    """A role of the shop's own that may do one thing, or many; and what waits for somebody else."""
    accounts, code = on.market.retail.accounts, f"helper-{on.number}"
    seeing = tuple(one for one in Permission if one.value.endswith(".see"))
    may, then = (seeing[:1], seeing[1:2]) if on.number == 1 else (seeing, seeing[1:])
    make = MakeRole(code=code, name="Helper", permissions=may, actor=SYSTEM)
    await on.statements.of("make a role", accounts.make_role(make))
    change = ChangeRole(code=code, name="Another helper", permissions=then, actor=SYSTEM)
    await on.statements.of("change a role", accounts.change_role(change))
    await on.statements.of("remove a role", accounts.remove_role(RemoveRole(code=code, actor=SYSTEM)))
    await on.statements.of("approval list", on.market.retail.approvals.show.all(PageRequest(100)))


async def _settings(on: OnTheWay) -> None:
    """One of them, or many; what is set changes nothing about what is asked afterwards."""
    desk = on.market.retail.settings
    texts = ("name",) if on.number == 1 else ("name", "notice", "contact", "contact_hours", "company", "licence")
    values = {f"shop.{name}": f"Tea {on.number}" for name in texts}
    changed = await on.statements.of(
        "change settings", desk.change(ChangeSettings(actor=CLERK, values=values, reason="because"))
    )
    await on.statements.of("list settings", desk.show_all())
    await on.statements.of("shop front", desk.shop_front())
    await on.statements.of("first page", desk.home())
    back = TakeSettingsBack(actor=CLERK, number=changed.number, reason="because")
    await on.statements.of("take settings back", desk.take_back(back))
    await desk.show_all()  # each process reads a change once


async def _leaving(on: OnTheWay, buyer: Buyer, walk_in: MemberId) -> None:
    """One has just come; of the other one there is whatever the journey left."""
    privacy = on.market.retail.privacy
    await on.statements.of(
        "agree to terms", on.market.retail.accounts.agree_to_terms(AgreeToTerms(member_id=walk_in, version="1"))
    )
    await on.statements.of("export a member", privacy.export(ExportMember(member_id=buyer.id)))
    await on.statements.of("what is in the way", privacy.in_the_way(buyer.id))
    await on.statements.of("close an account", privacy.close_for(CloseAccountFor(member_id=walk_in, actor=CLERK)))
    await on.statements.of("erase a member", on.market.retail.background.timers["erase_members"]())


async def _pictures(on: OnTheWay, buyer: Buyer) -> None:
    """Nine of them, or one."""
    retail, owner = on.market.retail, Actor.member(buyer.id)
    many = 2 if on.number == 1 else 9
    ids = [(await retail.pictures.add(AddPicture(owner=owner, content=drawn_bytes()))).picture_id for _ in range(many - 1)]
    look_after = retail.background.timers["look_after_pictures"]
    while (await look_after()).due:
        continue
    added = await on.statements.of("send a picture", retail.pictures.add(AddPicture(owner=owner, content=drawn_bytes())))
    ids.append(added.picture_id)
    await on.statements.of("show a picture", retail.pictures.show(ShowPicture(picture_id=added.picture_id, owner=owner)))
    await on.statements.of("prepare a picture", look_after())
    await on.statements.of("look at pictures", retail.pictures.look_at(ids))
    user = PictureUser("review", UUID(int=on.number))

    async def shows() -> None:
        async with retail.begin() as work:
            await refer(cast(Any, work), ids, user, owner=owner, at=on.market.clock.now())
            await work.commit()

    async def lets_go() -> None:
        async with retail.begin() as work:
            await release(cast(Any, work), ids, user, at=on.market.clock.now())
            await work.commit()

    await on.statements.of("show pictures", shows())
    await on.statements.of("let go of pictures", lets_go())


async def _webhooks(on: OnTheWay) -> None:
    """Somebody outside is told of one thing that happens."""
    retail, statements = on.market.retail, on.statements
    number, tell = retail.background.timers["number_events"], retail.background.timers["tell_webhooks"]
    while (await number()).done:
        continue
    create = CreateWebhook(url="https://example.com/hooks", kinds=("catalog.product_created",))
    hook = (await statements.of("create a webhook", retail.webhooks.create(create))).webhook_id
    listing, sku = Listing(title="x"), SkuWish(code=f"HOOK-{on.number}", price_minor=1)
    await retail.catalog.create(CreateProduct(code=f"HOOK-{on.number}", listing=listing, skus=(sku,)))
    while (await number()).done:
        continue
    await statements.of("tell a webhook", tell())
    await statements.of("a webhook that knows all", tell())
    await statements.of("show webhooks", retail.webhooks.every())
    await statements.of("what a webhook was told", retail.webhooks.show.tellings(hook, PageRequest()))
    await statements.of("replay to a webhook", retail.webhooks.replay(ReplayTellings(webhook_id=hook, numbers=(1, 2))))
    await statements.of("release for a webhook", retail.webhooks.release(ReleaseTellings(webhook_id=hook, numbers=(1, 2))))
    for name in ("rotate", "pause", "resume", "remove"):
        change = getattr(retail.webhooks, name)
        await statements.of(f"{name} a webhook", change(ChangeWebhook(webhook_id=hook)))


async def _messages(on: OnTheWay, buyer: Buyer, goods: list[SkuId]) -> None:
    """A member is told of one order, and says how they want to be told."""
    retail, statements = on.market.retail, on.statements
    timers, desk, whom = retail.background.timers, retail.messages, Recipient.member(buyer.id)

    async def all_of(*names: str) -> None:
        for name in names:
            while (await timers[name]()).done:
                continue

    await all_of("number_events", "tell_messages", "send_messages")
    await on.paid_order(buyer, goods)
    while await retail.background.deliver_next():
        continue
    await all_of("number_events")
    await statements.of("tell messages", timers["tell_messages"]())
    await statements.of("send a message", timers["send_messages"]())
    await statements.of("nothing to tell", timers["tell_messages"]())
    await statements.of("inbox", desk.inbox(ShowInbox(recipient=whom)))
    await statements.of("count unread", desk.unread(whom))
    await statements.of("read messages", desk.read(ReadMessages(recipient=whom)))
    await statements.of("message settings", desk.settings(buyer.id))
    await statements.of("sendings", desk.show.sendings(PageRequest(10)))
    change = ChangeMessageSettings(member_id=buyer.id, muted=("sms:marketing",))
    await statements.of("change message settings", desk.change_settings(change))
    terms = (await desk.settings(buyer.id)).terms_version
    agrees = DecideMarketing(member_id=buyer.id, given=True, terms_version=terms)
    await statements.of("agree to advertising", desk.decide_marketing(agrees))
    await statements.of("end advertising", desk.stop_marketing(StopMarketing(member_id=buyer.id)))


async def _goods(on: OnTheWay, goods: list[SkuId], product: ProductId) -> None:
    catalog, number = on.market.retail.catalog, on.number
    edit = EditProduct(product_id=product, listing=Listing(title="Tea, green"))
    await on.statements.of("edit product", catalog.edit(edit))
    wish = SkuWish(code=f"N{number}", price_minor=1_000, options=(("size", "new"),))
    await on.statements.of("add kind", catalog.add_sku(AddSku(product_id=product, sku=wish)))
    change = EditSku(sku_id=goods[0], options=(("size", "0"),), weight_grams=10)
    await on.statements.of("edit kind", catalog.edit_sku(change))
    await on.statements.of("reprice", catalog.reprice(RepriceSku(sku_id=goods[0], price_minor=1_100)))
    prices = tuple((sku_id, 1_200) for sku_id in goods)
    await on.statements.of("reprice many", catalog.reprice_many(RepriceSkus(prices=prices)))
    await on.statements.of("label kind", catalog.label(LabelSku(sku_id=goods[0], barcodes=(f"BAR-{number}",))))
    basis = Basis(sort=ListBasis.LISTED, since=date(2026, 1, 1))
    bounds = BoundPrice(sku_id=goods[0], floor_minor=900, list_price_minor=1_500, basis=basis)
    await on.statements.of("bound price", catalog.bound_price(bounds))
    await on.statements.of("set cost", catalog.set_cost(CostSku(sku_id=goods[0], cost_minor=800)))
    await on.statements.of("sku sheet", catalog.show.sku_sheet(goods[0]))
    await on.statements.of("sku by name", catalog.show.sku_coded(f"BAR-{number}"))
    await on.statements.of("costs", catalog.show.costs(product))
    await on.statements.of("prices", catalog.show.prices(goods[0], PageRequest(10)))
    membership = on.market.retail.membership
    mark = AddFavourite(member_id=MemberId(UUID(int=number)), product_id=product)
    await on.statements.of("add a favourite", membership.add_favourite(mark))
    await on.statements.of("favourites", membership.favourites(mark.member_id))
    await on.statements.of("count favourites", membership.count_favourites(product))
    unmark = RemoveFavourite(member_id=mark.member_id, product_id=product)
    await on.statements.of("remove a favourite", membership.remove_favourite(unmark))
    insight, buyer = on.market.retail.insight, MemberId(UUID(int=number))
    await on.statements.of("seen goods", insight.seen(ShowSeen(member_id=buyer, page=PageRequest(10))))
    await on.statements.of("forget seen goods", insight.forget_seen(ForgetSeen(member_id=buyer, product_id=product)))
    codes = [sku.code for sku in (await catalog.show.product(product)).card.skus]
    said = [{"sku": code, "price": "13", "stock": "90"} for code in codes]
    rows = tuple(Row(file="f", number=at, fields=one) for at, one in enumerate(said, 2))
    await on.statements.of("prices by file", on.market.retail.edits.prices(EditPrices(rows=rows)))
    await _jobs(on, codes)
    counted = CountStock(rows=rows, location="main", reason="counted")
    await on.statements.of("counts by file", on.market.retail.edits.counts(counted))
    window = SetSalesWindow(product_id=product, sale_from=datetime(2026, 1, 1, tzinfo=UTC))
    await on.statements.of("sales window", catalog.set_sales_window(window))
    off = SetOnSale(product_id=product, on_sale=False)
    await on.statements.of("take off sale", catalog.set_on_sale(off))
    await catalog.set_on_sale(SetOnSale(product_id=product, on_sale=True))
    above = await catalog.create_category(CreateCategory(code=f"A{number}", name="Above"))
    below = CreateCategory(code=f"B{number}", name="Below", parent_id=above.category_id)
    made = await on.statements.of("create category", catalog.create_category(below))
    await on.statements.of("move category", catalog.move_category(MoveCategory(category_id=made.category_id)))
    await on.statements.of("create brand", catalog.create_brand(CreateBrand(name=f"Brand {number}")))


async def _stock_and_freight(on: OnTheWay, goods: list[SkuId]) -> None:
    inventory, quoting = on.market.retail.inventory, on.market.retail.quoting
    another = OpenLocation(code=f"L{on.number}", name="Shop", sells_online=False, actor=CLERK)
    await on.statements.of("open location", inventory.open_location(another))
    come = ReceiveStock(sku_id=goods[0], location="main", quantity=9, reference="n", actor=CLERK)
    await on.statements.of("receive stock", inventory.receive(come))
    lost = AdjustStock(sku_id=goods[0], location="main", change=-1, reason="broken", actor=CLERK)
    await on.statements.of("adjust stock", inventory.adjust(lost))
    watch = WatchStock(sku_id=goods[0], location="main", actor=CLERK, alert_threshold=1)
    await on.statements.of("watch stock", inventory.watch(watch))
    zones = (FreightZone(regions=("",), first_minor=900),)
    store = StoreFreightTemplate(name=f"By piece {on.number}", charge_by=ChargeBy.PIECE, zones=zones, actor=CLERK)
    await on.statements.of("store freight template", quoting.store_freight_template(store))
    await on.statements.of("freight templates", quoting.freight_templates())


async def _offers(on: OnTheWay) -> None:
    """Of goods that nobody has."""
    offers, of = on.market.retail.promotions, {"sku_ids": [str(UUID(int=1))]}
    terms = {"name": f"Offer {on.number}", "name_en": "Offer", "kind": "discount", "off_bps": 500, "scope": of}
    draft = await on.statements.of("make offer", offers.make(MakeOffer(actor=CLERK, terms=json.dumps(terms))))
    await on.statements.of("launch offer", offers.launch(LaunchOffer(actor=CLERK, offer_id=draft.id)))
    other = json.dumps(terms | {"name": f"Another {on.number}"})
    await on.statements.of("change offer", offers.change(ChangeOffer(actor=CLERK, offer_id=draft.id, terms=other)))
    await on.statements.of("offer", offers.show(draft.id))
    await on.statements.of("stop offer", offers.stop(StopOffer(actor=CLERK, offer_id=draft.id)))
    await on.statements.of("offers", offers.list())


async def _quotes(on: OnTheWay, buyer: Buyer, goods: list[SkuId]) -> None:
    quote = await on.statements.of("quote lines", on.market.quote(buyer, *((sku_id, 1) for sku_id in goods)))
    again = QuoteAgain(member_id=buyer.id, quote_id=quote.id)
    await on.statements.of("quote again", on.market.retail.quoting.again(again))
    await on.statements.of("create guest cart", on.market.retail.cart.create_guest_cart(CreateGuestCart()))


async def _for_a_member(on: OnTheWay, buyer: Buyer, goods: list[SkuId]) -> None:
    """Staff order one thing, or many; and the member calls it off."""
    checkout = on.market.retail.checkout
    lines = tuple(WantedLine(id, 1) for id in goods)
    wish = QuoteFor(member_id=buyer.id, lines=lines, actor=CLERK)
    quote = await on.statements.of("quote for a member", checkout.quote_for(wish))
    ask = PlaceFor(member_id=buyer.id, quote_id=quote.id, hash=quote.hash, actor=CLERK)
    placed = await on.statements.of("place for a member", checkout.place_for(ask))
    await on.market.retail.ordering.cancel(CancelOrder(member_id=buyer.id, order_id=placed.order_id))


async def _orders(on: OnTheWay, buyer: Buyer, goods: list[SkuId]) -> None:
    ordering = on.market.retail.ordering
    limited = [await on.market.goods(f"LIM{on.number}-{at}", stock=99, limit=9) for at in range(1 if on.number == 1 else 20)]
    wish = await on.ask(buyer, limited)
    placed = await on.statements.of("place limited goods", on.market.retail.checkout.place(wish))
    work = AddAddress(member_id=buyer.id, contact=_typed(Phone.parse("13900139000")))
    other = await on.market.retail.accounts.add_address(work)
    move = RedirectMyOrder(member_id=buyer.id, order_id=placed.order_id, address_id=other.address_id)
    await on.statements.of("redirect an order", ordering.redirect_mine(move))
    agreed = RepriceOrder(order_id=placed.order_id, payable_minor=9_876, reason="x", actor=CLERK)
    await on.statements.of("reprice an order", ordering.reprice(agreed))
    again = BuyAgain(member_id=buyer.id, order_id=placed.order_id)
    await on.statements.of("buy again", on.market.retail.cart.buy_again(again))
    memo = WriteMemo(order_id=placed.order_id, text="x", actor=CLERK)
    await on.statements.of("write a memo", ordering.write_memo(memo))
    await on.statements.of("show memos", ordering.show.memos(placed.order_id))
    call_off = CloseOrder(order_id=placed.order_id, reason="x", actor=CLERK)
    await on.statements.of("close an unpaid order of limited goods", ordering.close(call_off))
    on.mood.says = Paid.WAITS
    waiting = await on.paid_order(buyer, goods)
    on.mood.says = Paid.FIRM
    await on.statements.of("go on", ordering.go_on(GoOn(order_id=waiting.order_id, actor=CLERK)))
    await on.statements.of("hide an order", ordering.hide(HideOrder(member_id=buyer.id, order_id=placed.order_id)))
    paid = await on.paid_order(buyer, goods)
    some = tuple(Units(sku_id, 1) for sku_id in goods[:-1])
    part = ShipOrder(order_id=paid.order_id, carrier="SF", tracking_number="1", actor=CLERK, units=some)
    await on.statements.of("ship in part", ordering.ship(part))
    rest = RefundOrder(order_id=paid.order_id, reason="x", actor=CLERK, units=(Units(goods[-1], 1),))
    await on.statements.of("refund the units that were not shipped", ordering.refund(rest))


async def _arrivals(on: OnTheWay, buyer: Buyer, goods: list[SkuId]) -> None:
    payments, timers = on.market.retail.payments, on.market.retail.background.timers
    view = await _started(on, buyer, goods)
    refresh = RefreshPayment(member_id=buyer.id, payment_id=view.payment_id)
    await on.statements.of("refresh a payment", payments.refresh(refresh))
    paid = on.paid(view)
    await payments.take_notice(paid)
    await on.statements.of("the same notice again", payments.take_notice(paid))
    await work_once(on.market.retail.background)
    late = await _started(on, buyer, goods)
    cancel = CancelOrder(member_id=buyer.id, order_id=late.order_id)
    await on.statements.of("cancel with an attempt under way", on.market.retail.ordering.cancel(cancel))
    await _work_off(on)
    await on.statements.of("late notice", payments.take_notice(on.paid(late)))
    await _work_off(on)
    silent = await _started(on, buyer, goods)
    on.market.clock.pass_(timedelta(minutes=10))
    on.provider.pay(silent.payment_id.hex)
    await on.statements.of("poll a payment that arrived", timers["poll_payments"]())
    await _work_off(on)


async def _suspects(on: OnTheWay, buyer: Buyer, goods: list[SkuId]) -> None:
    payments = on.market.retail.payments
    odd = await _started(on, buyer, goods)
    wrong = notice(on.provider.pay(odd.payment_id.hex, amount=Money(500, "CNY")), f"evt-odd-{odd.payment_id.hex}")
    await on.statements.of("notice of another sum", payments.take_notice(TakeNotice(gateway="sandbox", headers={}, body=wrong)))
    aside = RefundAside(payment_id=odd.payment_id, reason="x", actor=CLERK)
    back = await on.statements.of("refund what was set aside", payments.refund_aside(aside))
    assert back.state == "requested"
    await work_once(on.market.retail.background)
    stuck = await _stuck_refund(on, buyer, goods)
    retry = RetryRefund(refund_id=stuck, actor=CLERK)
    await on.statements.of("retry a refund", payments.retry_refund(retry))
    await work_once(on.market.retail.background)
    known = await _stuck_refund(on, buyer, goods)
    lower = CorrectRefund(refund_id=known, amount=Money(400, "CNY"), reason="x", actor=CLERK)
    await on.statements.of("correct a refund", payments.correct_refund(lower))
    await _work_off(on)


async def _time(on: OnTheWay) -> None:
    await on.statements.of("a worker's round with nothing to do", work_once(on.market.retail.background))
    on.market.clock.pass_(timedelta(hours=2))
    await on.statements.of("sweep", on.market.retail.background.timers["sweep"]())


async def _work_off(on: OnTheWay) -> None:
    """Until nothing is due any more, nor will be; whoever was asked about in vain is asked about at growing intervals."""
    quiet = 0
    while quiet < 3:
        on.market.clock.pass_(timedelta(days=40))
        quiet = 0 if await work_once(on.market.retail.background) else quiet + 1


def _typed(phone: Phone) -> ContactAsTyped:
    return ContactAsTyped(recipient="x", phone=phone, region_code="440305", region="x", detail="y")


async def _started(on: OnTheWay, buyer: Buyer, goods: list[SkuId]) -> PaymentView:
    placed = await on.place(buyer, goods)
    start = StartPayment(member_id=buyer.id, order_id=placed.order_id, gateway="sandbox", flow=Flow.DESKTOP_QR)
    return await on.market.retail.payments.start(start)


async def _stuck_refund(on: OnTheWay, buyer: Buyer, goods: list[SkuId]) -> RefundId:
    odd = await _started(on, buyer, goods)
    wrong = notice(on.provider.pay(odd.payment_id.hex, amount=Money(500, "CNY")), f"evt-odd-{odd.payment_id.hex}")
    await on.market.retail.payments.take_notice(TakeNotice(gateway="sandbox", headers={}, body=wrong))
    aside = RefundAside(payment_id=odd.payment_id, reason="x", actor=CLERK)
    asked = await on.market.retail.payments.refund_aside(aside)
    on.provider.before["refund"] = [Rejected(gateway="sandbox", reason="no")]
    await on.market.retail.background.timers["push_refunds"]()
    return asked.refund_id
