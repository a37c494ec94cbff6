"""Real texts through posting and moderation: what the shop counts and finds is held against a count of one's own.

    python -m scripts.review_run FILES...

Each of FILES is a CSV, gzipped or not, with a column `review` or `content`. Stars are by rule: `label` 0 is one star, `label` 1
is five, no label is three. Goods are told by `cat` or `goods_id`, else by the file. Orders are placed, paid, sent and signed
for with a line for each text; each twentieth is posted by its buyer, the others are taken over in bulk. Some wait for a person,
who decides about them in bulk, and some of what is up is hidden and removed. Exits with 1 if any figure differs.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gzip
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, Final

from attrs import define, field

from retail_adapters.assemble import Outside, on_database
from retail_adapters.sql.audit import audit
from retail_adapters.system.clock import SystemClock
from retail_adapters.system.word_list import WordList
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import OrderId, ProductId, SkuId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.ordering import ConfirmReceipt, ShipOrder
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.reviews import (
    DECIDED_AT_ONCE_MAX,
    IMPORTED_AT_ONCE_MAX,
    DecideReviews,
    ImportReviews,
    PostReview,
    ReviewAction,
    ReviewCase,
    ReviewCases,
    ReviewFilter,
    ReviewReason,
    ReviewRow,
    ReviewSeen,
    ReviewStatus,
)
from tests.support.market import CLERK, Buyer, Market
from tests.support.stores import Place, open_database

LINES: Final = 100
BUYERS: Final = 50
POSTED_EACH: Final = 20
PAGE: Final = PageRequest(100)
BLOCKED: Final = {"加微信": ReviewReason.ADVERTISING, "加qq": ReviewReason.ADVERTISING, "刷单": ReviewReason.PAID_FOR}
ASKED: Final = {"电话": ReviewReason.PERSONAL_DATA, "微信": ReviewReason.PERSONAL_DATA, "http": ReviewReason.ADVERTISING}
REFUSED: Final = "电话号码"
"""Whoever decides refuses texts with this, and passes the others that wait."""
HIDDEN: Final = "他妈"
REMOVED: Final = "垃圾"
"""Of what is hidden, what says this as well is removed, and the rest shown again."""
SOUGHT: Final = ("物流", "质量", "不错", "味道", "iphone", "a 差", "100%", "_", "电话", "屏幕 清晰", "没有的词语")


@define
class Said:
    """One text, by the rule that stands above, and what is expected of it."""

    goods: str
    stars: int
    text: str
    order_id: OrderId | None = None
    line: int = 0
    status: str = ""

    @property
    def plain(self) -> str:
        return "".join(unicodedata.normalize("NFKC", self.text).casefold().split())

    @property
    def is_up(self) -> bool:
        return self.status == "published"


@define
class Run:
    """A shop, the texts, and how the time went."""

    market: Market
    texts: list[Said]
    buyers: list[Buyer] = field(factory=list)
    whose: dict[OrderId, Buyer] = field(factory=dict)
    products: dict[str, ProductId] = field(factory=dict)
    wrong: list[str] = field(factory=list)

    def holds(self, what: str, found: object, expected: object) -> None:
        """Note a difference."""
        if found != expected:
            self.wrong.append(f"{what}: the shop says {found}, counted were {expected}")

    async def timed(self, what: str, work: Awaitable[object]) -> None:
        """Print how long something took."""
        began = monotonic()
        told = await work
        print(f"{what:44} {told!s:>24} {monotonic() - began:8.1f} s", flush=True)


def read(files: Sequence[Path], most: int | None) -> list[Said]:
    """The texts of all files."""
    csv.field_size_limit(10**7)
    return [one for file in files for one in list(_of_file(file))[:most]]


def _of_file(file: Path) -> Iterator[Said]:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            goods = row.get("cat") or row.get("goods_id") or file.name.partition(".")[0]
            stars = {"0": 1, "1": 5}.get(row.get("label") or "", 3)
            yield Said(goods=goods, stars=stars, text=row["review"] if "review" in row else row["content"])


# ---- orders ------------------------------------------------------------------------------------------------------------


async def buy(run: Run) -> int:
    """A line that has arrived for each text; answers how many orders that took."""
    retail = run.market.retail
    await run.market.freight(0)
    run.buyers = [await run.market.buyer(number) for number in range(BUYERS)]
    by_goods = defaultdict[str, list[Said]](list)
    for one in run.texts:
        by_goods[one.goods].append(one)
    orders = 0
    for number, (goods, texts) in enumerate(by_goods.items()):
        kinds = min(LINES, len(texts))
        wishes = tuple(SkuWish(code=f"R{number}-{at}", price_minor=100, options=(("kind", str(at)),)) for at in range(kinds))
        made = await retail.catalog.create(
            CreateProduct(code=f"R{number}", listing=Listing(title=f"goods {goods}"[:60]), skus=wishes, on_sale=True)
        )
        run.products[goods] = made.product_id
        for sku_id in made.sku_ids:
            note = ReceiveStock(sku_id=sku_id, location="main", quantity=len(texts), reference="first", actor=CLERK)
            await retail.inventory.receive(note)
        for at in range(0, len(texts), kinds):
            await _bought(run, run.buyers[orders % BUYERS], made.sku_ids, texts[at : at + kinds])
            orders += 1
    return orders


async def _bought(run: Run, buyer: Buyer, sku_ids: Sequence[SkuId], texts: Sequence[Said]) -> None:
    retail = run.market.retail
    quote = await run.market.quote(buyer, *((sku_id, 1) for sku_id in sku_ids[: len(texts)]))
    order = await retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
    start = StartPayment(member_id=buyer.id, order_id=order.order_id, gateway="counter", flow=Flow.COUNTER)
    attempt = await retail.payments.start(start)
    taken = ConfirmCounterPayment(payment_id=attempt.payment_id, amount=order.payable, actor=CLERK)
    await retail.payments.confirm_counter(taken)
    await retail.ordering.ship(ShipOrder(order_id=order.order_id, carrier="SF", tracking_number="1", actor=CLERK))
    await retail.ordering.confirm_receipt(ConfirmReceipt(member_id=buyer.id, order_id=order.order_id))
    run.whose[order.order_id] = buyer
    for line, one in enumerate(texts, 1):
        one.order_id, one.line = order.order_id, line


# ---- posting and deciding ----------------------------------------------------------------------------------------------


async def post(run: Run) -> str:
    """Each twentieth by its buyer, the others in bulk; what is refused is left out, and named by its rule."""
    refused = Counter[str]()
    alone, together = run.texts[::POSTED_EACH], [one for at, one in enumerate(run.texts) if at % POSTED_EACH]
    for one in alone:
        assert one.order_id is not None
        wish = PostReview(
            member_id=run.whose[one.order_id].id, order_id=one.order_id, line=one.line, stars=one.stars, text=one.text,
        )  # fmt: skip
        try:
            await run.market.retail.reviews.post(wish)
        except InvalidInput as no:
            _left_out(one, no.problems[0].rule, refused)
    for at in range(0, len(together), IMPORTED_AT_ONCE_MAX):
        await _taken_over(run, together[at : at + IMPORTED_AT_ONCE_MAX], refused)
    for one in run.texts:
        one.status = one.status or _judged(one)
    return f"{len(alone)} alone, refused {dict(refused)}"


async def _taken_over(run: Run, some: list[Said], refused: Counter[str]) -> None:
    while some:
        rows = [ReviewRow(order_id=one.order_id, line=one.line, stars=one.stars, text=one.text) for one in some]  # type: ignore[arg-type]
        try:
            await run.market.retail.reviews.import_rows(ImportReviews(rows=tuple(rows), actor=CLERK))
        except InvalidInput as no:
            named = {int(one.field.split(".")[1]): one.rule for one in no.problems}
            for at, rule in named.items():
                _left_out(some[at], rule, refused)
            some = [one for at, one in enumerate(some) if at not in named]
        else:
            return


def _left_out(one: Said, rule: str, refused: Counter[str]) -> None:
    one.status = "refused"
    refused[rule] += 1


def _judged(one: Said) -> str:
    if any(word in one.plain for word in BLOCKED):
        return "rejected"
    return "pending" if any(word in one.plain for word in ASKED) else "published"


async def decide(run: Run) -> str:
    """Whoever decides reads the queue to its end, then takes down what is hidden and removed."""
    cases = await _all(run, ReviewCases())
    bad = [one for one in cases if REFUSED in _plain(one)]
    await _decided(run, [one for one in cases if REFUSED not in _plain(one)], ReviewAction.PUBLISH)
    await _decided(run, bad, ReviewAction.REJECT, ReviewReason.PERSONAL_DATA)
    for one in run.texts:
        if one.status == "pending":
            one.status = "rejected" if REFUSED in one.plain else "published"
    up = await _all(run, ReviewCases.asked(ReviewStatus.PUBLISHED, HIDDEN))
    await _decided(run, up, ReviewAction.HIDE, ReviewReason.ABUSE)
    hidden = await _all(run, ReviewCases(status=ReviewStatus.HIDDEN))
    gone = [one for one in hidden if REMOVED in _plain(one)]
    await _decided(run, gone, ReviewAction.REMOVE, ReviewReason.ABUSE)
    await _decided(run, [one for one in hidden if REMOVED not in _plain(one)], ReviewAction.SHOW)
    for one in run.texts:
        if one.is_up and HIDDEN in one.plain and REMOVED in one.plain:
            one.status = "removed"
    return f"{len(cases)} waited, {len(up)} hidden"


def _plain(case: ReviewCase) -> str:
    return Said(goods="", stars=1, text=case.text).plain


async def _decided(run: Run, cases: Sequence[ReviewCase], action: ReviewAction, reason: ReviewReason | None = None) -> None:
    for at in range(0, len(cases), DECIDED_AT_ONCE_MAX):
        seen = tuple(ReviewSeen(review_id=one.review_id, version=one.version) for one in cases[at : at + DECIDED_AT_ONCE_MAX])
        await run.market.retail.reviews.decide(DecideReviews(reviews=seen, action=action, reason=reason, actor=CLERK))


async def _all(run: Run, wanted: ReviewCases) -> list[ReviewCase]:
    return await _leafed(lambda page: run.market.retail.reviews.show.cases(page, wanted))


async def _leafed(read: Callable[[PageRequest], Awaitable[Page[Any]]]) -> list[Any]:
    found: list[Any] = []
    page = await read(PAGE)
    while True:
        found += page.items
        if page.next_cursor is None:
            return found
        page = await read(PageRequest(PAGE.limit, page.next_cursor))


# ---- held against a count of one's own -----------------------------------------------------------------------------------


async def compare_goods(run: Run) -> str:
    """Summaries, pages of goods, and lists to their last page, by stars."""
    show, lists = run.market.retail.reviews.show, 0
    for goods, product_id in run.products.items():
        up = [one for one in run.texts if one.goods == goods and one.is_up]
        counted = Counter(one.stars for one in up)
        histogram = tuple(counted[stars] for stars in range(1, 6))
        summary = await show.summary(product_id)
        rating = (await run.market.retail.catalog.show.product(product_id)).rating
        mean = _half_up(sum(one.stars for one in up) * 100, len(up)) if up else None
        run.holds(f"summary of {goods}", (summary.histogram, summary.average_hundredths), (histogram, mean))
        run.holds(f"page of {goods}", (rating.count, rating.histogram, rating.average_hundredths), (len(up), histogram, mean))
        for stars in (None, *(stars for stars in range(1, 6) if counted[stars])):
            lists += 1
            found = await _leafed(lambda page, s=stars, p=product_id: show.of_product(p, ReviewFilter(stars=s), page))  # type: ignore[misc]
            run.holds(
                f"list of {goods} with {stars} stars", Counter((one.stars, one.text) for one in found),
                Counter((one.stars, _stored(one.text)) for one in up if stars in (None, one.stars)),
            )  # fmt: skip
            run.holds(f"authors of {goods}", {one.author for one in found if one.author}, set())
            run.holds(f"reviews of {goods} shown twice", len({one.review_id for one in found}), len(found))
    return f"{len(run.products)} goods, {lists} lists"


def _half_up(total: int, many: int) -> int:
    return (2 * total + many) // (2 * many)


def _stored(text: str) -> str:
    """As texts are read: invisible letters and blanks at the ends go."""
    told = unicodedata.normalize("NFC", text)
    seen = "".join(one for one in told if one not in "\u00ad\u180e\u200b\ufeff" and not "\u2060" <= one <= "\u2064")
    return seen.replace("\r\n", "\n").replace("\r", "\n").strip()


async def compare_states(run: Run) -> str:
    """How many stand where."""
    stands = Counter(one.status for one in run.texts if one.status != "refused")
    for status in ReviewStatus:
        found = await _all(run, ReviewCases(status=status))
        run.holds(f"how many are {status.value}", len(found), stands[status.value])
    return str(dict(stands))


async def compare_searches(run: Run) -> str:
    """Each word, in any state and among what is up; the commonest pairs of letters besides."""
    plain = {id(one): one.plain for one in run.texts if one.status != "refused"}
    pairs = Counter(text[at : at + 2] for text in list(plain.values())[::50] for at in range(len(text) - 1))
    rare = [pair for pair, many in pairs.most_common() if many == 3 and pair.isalnum()][:40]
    hits = 0
    for words in (*SOUGHT, *rare):
        wanted = [one for one in run.texts if id(one) in plain and _has_all(plain[id(one)], words)]
        for status in (None, ReviewStatus.PUBLISHED):
            found = await _all(run, ReviewCases.asked(status, words))
            many = sum(1 for one in wanted if status is None or one.status == status.value)
            run.holds(f"search for {words!r} in {status}", len(found), many)
            hits += len(found)
    return f"{2 * (len(SOUGHT) + len(rare))} searches, {hits} found"


def _has_all(plain: str, words: str) -> bool:
    return all("".join(unicodedata.normalize("NFKC", word).casefold().split()) in plain for word in words.split())


# ---- all of it -----------------------------------------------------------------------------------------------------------


async def go(place: Place, texts: list[Said]) -> int:
    """Everything, on one database; 1 if anything differs."""
    outside = Outside(review_moderator=WordList(blocks=BLOCKED, asks=ASKED))
    async with open_database(place) as database:
        market = Market(on_database(database, outside), outside.clock)  # type: ignore[arg-type]
        await _open(market)
        run = Run(market, texts)
        print(f"{len(texts)} texts, on {place.kind}")
        await run.timed("orders placed, paid, sent, signed for", buy(run))
        await run.timed("posted", post(run))
        again = ReviewRow(order_id=texts[1].order_id, line=texts[1].line, stars=1, text="again")  # type: ignore[arg-type]
        known = await market.retail.reviews.import_rows(ImportReviews(rows=(again,), actor=CLERK))
        run.holds("a line that has its review is passed over", known.known, 1)
        await run.timed("decided", decide(run))
        await run.timed("compared by state", compare_states(run))
        await run.timed("compared by goods", compare_goods(run))
        await run.timed("compared by words", compare_searches(run))
        await run.timed("what followed", _follow(run))
        run.wrong += [str(finding) for finding in await audit(database, at=SystemClock().now())]
        await market.retail.aclose()
    for one in run.wrong[:20]:
        print(f"DIFFERS {one[:400]}")
    print(f"{len(run.wrong)} differences; the audit among them")
    return 1 if run.wrong else 0


async def _follow(run: Run) -> int:
    """What a worker does: nothing waits when the audit looks."""
    many = 0
    while await run.market.retail.background.deliver_next():
        many += 1
    return many


async def _open(market: Market) -> None:
    await market.retail.inventory.open_location(OpenLocation(code="main", name="Warehouse", actor=CLERK))


def main(arguments: Sequence[str] | None = None) -> int:
    """1 if any figure differs."""
    parser = argparse.ArgumentParser(prog="python -m scripts.review_run", description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILES")
    parser.add_argument("--postgres", help="the URL of an empty database at the newest schema; else a file of SQLite")
    parser.add_argument("--most", type=int, help="no more than so many of each file")
    asked = parser.parse_args(arguments)
    texts = read(asked.files, asked.most)
    if asked.postgres:
        return asyncio.run(go(Place("postgres", asked.postgres), texts))
    with TemporaryDirectory(prefix="retail-reviews-") as folder:
        return asyncio.run(go(Place("sqlite", str(Path(folder) / "shop.db")), texts))


if __name__ == "__main__":
    sys.exit(main())
