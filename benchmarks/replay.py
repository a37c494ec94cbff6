"""Replay a real order history through the shop's public use cases, and reconcile it to the penny.

    python benchmarks/replay.py FILE.csv.gz --database sqlite:////path/replay.db
    python benchmarks/replay.py FILE.csv.gz --database postgresql://...

The file has the columns InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country (a `.parquet`
file of the same columns is read too, where pyarrow is installed). Every invoice becomes an order: placed, paid at the counter,
shipped, signed. Every `C` invoice becomes refunds of units which that customer bought before at that price. What cannot be an
order or a refund is reported with its reason. At the end the shop's sums plus what was reported equal the file's sums, by month
and by country, and the audit finds nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gzip
import io
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from attrs import define, field, frozen
from sqlalchemy import select

from retail_adapters.assemble import Outside, on_database
from retail_adapters.assembly.policies import Policies
from retail_adapters.sql.audit import audit
from retail_adapters.sql.migrations import upgrade
from retail_adapters.sql.postgres import PostgresDatabase, open_pool
from retail_adapters.sql.sqlite import SqliteDatabase
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.ordering import orders as orders_table
from retail_adapters.sql.tables.payments import refunds as refunds_table
from retail_domain.accounts import AddAddress, AdmitMember, ContactAsTyped
from retail_domain.application import Retail
from retail_domain.catalog import AddSku, CreateProduct, Listing, RepriceSkus, SkuWish
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import AddressId, MemberId, OrderId, ProductId, SkuId
from retail_domain.kernel.limits import Limits
from retail_domain.kernel.money import MINOR_MAX
from retail_domain.ordering import ConfirmReceipt, RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.pricing import WantedLine
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket

CLERK: Final = Actor.system("replay")
SHELF: Final = 10**8
PENNY: Final = Decimal("0.01")


@frozen
class Line:
    """One line of the file."""

    row: int
    invoice: str
    code: str
    title: str
    quantity: int
    price: Decimal
    at: datetime
    customer: str
    country: str

    @property
    def amount(self) -> Decimal:
        """Quantity times price, exactly as the file has it."""
        return self.quantity * self.price

    @property
    def price_minor(self) -> int:
        """The price in pence."""
        return int(self.price / PENNY)

    @property
    def buckets(self) -> tuple[str, str]:
        """The sums it counts in."""
        return (f"{self.at:%Y-%m}", self.country)


def read(path: Path) -> Iterator[Line]:
    """The lines of a file, in its order."""
    rows = _parquet_rows(path) if path.suffix == ".parquet" else _csv_rows(path)
    for number, row in enumerate(rows, 2):
        yield Line(
            row=number,
            invoice=row["InvoiceNo"].strip(),
            code=row["StockCode"].strip().upper(),
            title=" ".join((row["Description"] or "").split()),
            quantity=int(row["Quantity"]),
            price=Decimal(row["UnitPrice"]),
            at=_instant(row["InvoiceDate"]),
            customer=(row["CustomerID"] or "").strip().removesuffix(".0"),
            country=row["Country"].strip(),
        )


def _csv_rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open("rb") as raw, gzip.open(raw) if path.suffix == ".gz" else raw as plain:
        yield from csv.DictReader(io.TextIOWrapper(plain, encoding="utf-8-sig", newline=""))


def _parquet_rows(path: Path) -> Iterator[dict[str, str]]:
    import pyarrow.parquet  # type: ignore[import-not-found, unused-ignore]

    for batch in pyarrow.parquet.ParquetFile(path).iter_batches(10_000):
        for row in batch.to_pylist():
            yield {name: "" if value is None else str(value) for name, value in row.items()}


def _instant(text: str) -> datetime:
    for form in ("%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M", "%Y-%m-%dT%H:%M:%S"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ValueError(f"not a time this program can read: {text!r}")


def invoices(lines: Iterable[Line]) -> list[list[Line]]:
    """All lines by invoice, in order of time; an invoice keeps the time of its first line."""
    by_number: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_number[line.invoice].append(line)
    return sorted(by_number.values(), key=lambda invoice: (invoice[0].at, invoice[0].row))


@define
class FileClock:
    """The time of the file; it never goes back."""

    at: datetime = datetime(2000, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """The time of the invoice at hand."""
        return self.at

    def reach(self, at: datetime) -> None:
        """Go on to a later time."""
        self.at = max(self.at, at)


@define
class Report:
    """What was left out of the shop, and why; exact sums."""

    counts: Counter[str] = field(factory=Counter)
    sums: dict[str, Decimal] = field(factory=lambda: defaultdict(Decimal))
    by_bucket: dict[str, Decimal] = field(factory=lambda: defaultdict(Decimal))

    def leave_out(self, line: Line, reason: str, quantity: int | None = None) -> None:
        """Note a line, or some units of it."""
        amount = (line.quantity if quantity is None else quantity) * line.price
        self.counts[reason] += 1
        self.sums[reason] += amount
        for bucket in line.buckets:
            self.by_bucket[bucket] += amount


@define
class Bought:
    """Units a customer bought of one SKU in one order, at one price, and may still return."""

    order_id: OrderId
    sku_id: SkuId
    left: int


@define
class Replay:
    """The replay under way."""

    shop: Retail
    clock: FileClock
    limits: Limits
    report: Report = field(factory=Report)
    products: dict[str, ProductId] = field(factory=dict)
    skus: dict[tuple[str, int], SkuId] = field(factory=dict)
    prices: dict[SkuId, int] = field(factory=dict)
    members: dict[str, tuple[MemberId, AddressId]] = field(factory=dict)
    bought: dict[tuple[str, str, int], list[Bought]] = field(factory=lambda: defaultdict(list))
    country_of: dict[OrderId, str] = field(factory=dict)
    month_of_refund: dict[Any, str] = field(factory=dict)
    orders: int = 0
    order_lines: int = 0
    refunds: int = 0

    async def run(self, all_invoices: list[list[Line]], progress: Callable[[int, int], None]) -> None:
        """Every invoice in order of time; deliveries and timers in between, as a worker would."""
        await self.shop.inventory.open_location(OpenLocation(code="main", name="Warehouse", actor=CLERK))
        for done, invoice in enumerate(all_invoices):
            self.clock.reach(invoice[0].at)
            if invoice[0].invoice.startswith("C"):
                await self._take_back(invoice)
            else:
                await self._sell(invoice)
            if done % 200 == 0:
                await self.work()
                progress(done, len(all_invoices))
        for _ in range(3):  # signing starts the after-sale window, whose end completes the order
            await self.work()
            self.clock.reach(self.clock.at + timedelta(days=30))
        await self.work()

    async def work(self) -> None:
        """What a worker does until nothing is due."""
        background = self.shop.background
        while await background.deliver_next():
            pass
        for timer in background.timers.values():
            while (await timer()).done:
                pass

    # ---- selling -----------------------------------------------------------------------------------------------------

    async def _sell(self, invoice: list[Line]) -> None:
        wanted = self._merge(line for line in invoice if self._can_be_sold(line))
        if not wanted:
            return
        first = invoice[0]
        variants: Counter[str] = Counter()
        lines: list[tuple[SkuId, int, str, int]] = []
        for (code, price), (title, quantity) in wanted.items():
            sku_id = await self._sku(code, variants[code], title, price)
            variants[code] += 1
            lines.append((sku_id, quantity, code, price))
        await self._reprice([(sku_id, price) for sku_id, _, _, price in lines])
        member_id, address_id = await self._member(first)
        order_id = await self._order(member_id, address_id, lines)
        self.country_of[order_id] = first.country
        self.orders += 1
        self.order_lines += len(lines)
        if first.customer:
            for sku_id, quantity, code, price in lines:
                self.bought[first.customer, code, price].append(Bought(order_id, sku_id, quantity))

    def _can_be_sold(self, line: Line) -> bool:
        reason = self._obstacle(line)
        if reason is not None:
            self.report.leave_out(line, reason)
        return reason is None

    def _obstacle(self, line: Line) -> str | None:
        if line.price <= 0:
            return "price is not positive"
        if line.quantity <= 0:
            return "quantity is not positive, and not on a C invoice"
        if line.price % PENNY:
            return "price is finer than a penny"
        if line.quantity > self.limits.quantity_max:
            return "quantity over the limit of a line"
        return "amount over the limit of the shop" if line.amount / PENNY > MINOR_MAX else None

    def _merge(self, lines: Iterable[Line]) -> dict[tuple[str, int], tuple[str, int]]:
        wanted: dict[tuple[str, int], tuple[str, int]] = {}
        for line in lines:
            key = (line.code, line.price_minor)
            title, quantity = wanted.get(key, (line.title or line.code, 0))
            if quantity + line.quantity > self.limits.quantity_max:
                self.report.leave_out(line, "quantity over the limit of a line")
            elif key not in wanted and len(wanted) >= self.limits.lines_max:
                self.report.leave_out(line, "more lines than an order takes")
            else:
                wanted[key] = (title, quantity + line.quantity)
        return wanted

    async def _sku(self, code: str, variant: int, title: str, price: int) -> SkuId:
        known = self.skus.get((code, variant))
        if known is not None:
            return known
        wish = SkuWish(
            code=code if variant == 0 else f"{code}#{variant + 1}",
            price_minor=price,
            options=(("price", str(variant + 1)),),
        )
        if variant == 0:
            made = await self.shop.catalog.create(
                CreateProduct(code=code, listing=Listing(title=title), skus=(wish,), on_sale=True)
            )
            self.products[code], sku_id = made.product_id, made.sku_ids[0]
        else:
            added = await self.shop.catalog.add_sku(AddSku(product_id=self.products[code], sku=wish))
            assert added.sku_id is not None
            sku_id = added.sku_id
        self.skus[code, variant], self.prices[sku_id] = sku_id, price
        await self.shop.inventory.receive(
            ReceiveStock(sku_id=sku_id, location="main", quantity=SHELF, reference="replay", actor=CLERK)
        )
        return sku_id

    async def _reprice(self, asked: list[tuple[SkuId, int]]) -> None:
        changed = tuple((sku_id, price) for sku_id, price in asked if self.prices[sku_id] != price)
        if changed:
            await self.shop.catalog.reprice_many(RepriceSkus(prices=changed))
            self.prices.update(changed)

    async def _member(self, line: Line) -> tuple[MemberId, AddressId]:
        name = line.customer or f"walk-in {line.invoice}"
        known = self.members.get(name)
        if known is not None:
            return known
        member_id = (await self.shop.accounts.admit_member(AdmitMember(actor=CLERK, name=name))).member_id
        contact = ContactAsTyped(
            recipient=name, phone=Phone("+441632960000"), region_code="110101", region="", detail=line.country
        )
        address_id = (await self.shop.accounts.add_address(AddAddress(member_id=member_id, contact=contact))).address_id
        if line.customer:
            self.members[name] = (member_id, address_id)
        return member_id, address_id

    async def _order(self, member_id: MemberId, address_id: AddressId, lines: list[tuple[SkuId, int, str, int]]) -> OrderId:
        wanted = tuple(WantedLine(sku_id, quantity) for sku_id, quantity, _, _ in lines)
        quote = await self.shop.quoting.quote(QuoteBasket(member_id=member_id, address_id=address_id, lines=wanted))
        placed = await self.shop.checkout.place(PlaceOrder(member_id=member_id, quote_id=quote.id, hash=quote.hash))
        payment = await self.shop.payments.start(
            StartPayment(member_id=member_id, order_id=placed.order_id, gateway="counter", flow=Flow.COUNTER)
        )
        await self.shop.payments.confirm_counter(
            ConfirmCounterPayment(payment_id=payment.payment_id, amount=placed.payable, actor=CLERK)
        )
        await self.shop.ordering.ship(
            ShipOrder(order_id=placed.order_id, carrier="Royal Mail", tracking_number=placed.number, actor=CLERK)
        )
        await self.shop.ordering.confirm_receipt(ConfirmReceipt(member_id=member_id, order_id=placed.order_id))
        return placed.order_id

    # ---- taking back -------------------------------------------------------------------------------------------------

    async def _take_back(self, invoice: list[Line]) -> None:
        back: dict[OrderId, Counter[SkuId]] = defaultdict(Counter)
        for line in invoice:
            reason = self._no_return(line)
            if reason is not None:
                self.report.leave_out(line, reason)
                continue
            missing = self._match(line, back)
            if missing:
                self.report.leave_out(line, self._why_unmatched(line), -missing)
        for order_id, units in back.items():
            wish = tuple(Units(sku_id, quantity) for sku_id, quantity in units.items())
            started = await self.shop.ordering.refund(
                RefundOrder(order_id=order_id, reason=f"invoice {invoice[0].invoice}", actor=CLERK, units=wish)
            )
            self.month_of_refund[started.refund_id] = f"{invoice[0].at:%Y-%m}"
            self.refunds += 1

    def _no_return(self, line: Line) -> str | None:
        if line.quantity >= 0:
            return "return: quantity is not negative"
        if line.price <= 0:
            return "return: price is not positive"
        if line.price % PENNY:
            return "return: price is finer than a penny"
        return None if line.customer else "return: no customer is named"

    def _match(self, line: Line, back: dict[OrderId, Counter[SkuId]]) -> int:
        """Take units from what the customer bought at this price in this country, newest first; how many are missing."""
        missing = -line.quantity
        for one in reversed(self.bought.get((line.customer, line.code, line.price_minor), [])):
            if self.country_of[one.order_id] != line.country:
                continue
            taken = min(missing, one.left)
            if taken:
                one.left -= taken
                back[one.order_id][one.sku_id] += taken
                missing -= taken
            if not missing:
                break
        return missing

    def _why_unmatched(self, line: Line) -> str:
        if (line.customer, line.code, line.price_minor) in self.bought:
            return "return: more units than this customer bought at this price and has not returned"
        same = any(customer == line.customer and code == line.code for customer, code, _ in self.bought)
        return "return: bought at other prices only" if same else "return: this customer never bought it"


# ---- reconciling -----------------------------------------------------------------------------------------------------

_SOLD: Final = Statement("replay.sold", select(orders_table.c.id, orders_table.c.paid_minor, orders_table.c.placed_at))
_REFUNDED: Final = Statement(
    "replay.refunded", select(refunds_table.c.id, refunds_table.c.order_id, refunds_table.c.amount_minor, refunds_table.c.state)
)


async def shop_sums(database: Any, replay: Replay) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """What the shop's own books say was sold and refunded, by month, by country and in total."""
    sold: dict[str, Decimal] = defaultdict(Decimal)
    refunded: dict[str, Decimal] = defaultdict(Decimal)
    for row in await database.rows(_SOLD):
        for bucket in (f"{row['placed_at']:%Y-%m}", replay.country_of[row["id"]], "total"):
            sold[bucket] += row["paid_minor"] * PENNY
    for row in await database.rows(_REFUNDED):
        assert row["state"].value == "succeeded", "every refund at the counter ends at once"
        for bucket in (replay.month_of_refund[row["id"]], replay.country_of[row["order_id"]], "total"):
            refunded[bucket] += row["amount_minor"] * PENNY
    return sold, refunded


def reconcile(file: dict[str, Decimal], sold: dict[str, Decimal], refunded: dict[str, Decimal], report: Report) -> list[str]:
    """The buckets in which the shop's net plus what was reported is not what the file says."""
    reported = {**report.by_bucket, "total": sum(report.sums.values(), Decimal())}
    wrong = []
    for bucket in sorted({*file, *sold, *refunded, *reported}):
        ours = sold.get(bucket, Decimal()) - refunded.get(bucket, Decimal()) + reported.get(bucket, Decimal())
        if ours != file.get(bucket, Decimal()):
            wrong.append(f"{bucket}: file {file.get(bucket, Decimal())}, shop and report {ours}")
    return wrong


def file_sums(all_invoices: list[list[Line]]) -> dict[str, Decimal]:
    """The file's sums by month, by country and in total. A return counts in its own month."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for invoice in all_invoices:
        for line in invoice:
            for bucket in (*line.buckets, "total"):
                sums[bucket] += line.amount
    return sums


async def replay_on(options: argparse.Namespace, all_invoices: list[list[Line]]) -> int:
    """Run it on one database; how many things do not add up."""
    clock = FileClock()
    limits = Limits(lines_max=options.lines_max, quantity_max=options.quantity_max)
    policies = Policies.made(currency=options.currency, limits=limits)
    outside = Outside(clock=clock, policies=policies)
    url: str = options.database
    pool = None if url.startswith("sqlite") else await open_pool(url)
    database: Any = SqliteDatabase(url.removeprefix("sqlite:///")) if pool is None else PostgresDatabase(pool)
    replay = Replay(on_database(database, outside), clock, limits)
    started = time.perf_counter()
    await replay.run(all_invoices, _progress if sys.stderr.isatty() else _silence)
    seconds = time.perf_counter() - started
    sold, refunded = await shop_sums(database, replay)
    wrong = reconcile(file_sums(all_invoices), sold, refunded, replay.report)
    findings = await audit(database, at=clock.now())
    _print(replay, sold, refunded, seconds)
    for difference in wrong:
        print(f"NOT EQUAL  {difference}")
    for finding in findings:
        print(f"AUDIT  {finding}")
    print(f"reconciled to the penny: {'yes' if not wrong else 'NO'}; audit findings: {len(findings)}")
    await (database.close() if pool is None else pool.close())
    return len(wrong) + len(findings)


def _progress(done: int, of: int) -> None:
    print(f"\r{done}/{of} invoices", end="", file=sys.stderr, flush=True)


def _silence(done: int, of: int) -> None:
    """Piped: no progress bar."""


def _print(replay: Replay, sold: dict[str, Decimal], refunded: dict[str, Decimal], seconds: float) -> None:
    print(f"\norders {replay.orders}, lines {replay.order_lines}, refunds {replay.refunds}")
    print(f"gross {sold['total']:,.2f}  refunded {refunded['total']:,.2f}  net {sold['total'] - refunded['total']:,.2f}")
    print(f"{replay.orders / seconds:.1f} orders/s over {seconds:.0f} s, ", end="")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    print("reported, not in the shop:")
    for reason, count in sorted(replay.report.counts.items()):
        print(f"  {count:6}  {replay.report.sums[reason]:>16,}  {reason}")
    print("by month                 sold          refunded")
    for bucket in sorted(bucket for bucket in {*sold, *refunded} if bucket[:2].isdigit()):
        print(f"  {bucket}  {sold.get(bucket, Decimal()):>18,.2f}{refunded.get(bucket, Decimal()):>18,.2f}")
    print("by country")
    for bucket in sorted(bucket for bucket in {*sold, *refunded} if not bucket[:2].isdigit() and bucket != "total"):
        print(f"  {bucket:22}{sold.get(bucket, Decimal()):>18,.2f}{refunded.get(bucket, Decimal()):>18,.2f}")


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--database", default="sqlite:///replay.db", help="an empty database; migrated first")
    parser.add_argument("--currency", default="GBP")
    parser.add_argument("--lines-max", type=int, default=2_000)
    parser.add_argument("--quantity-max", type=int, default=9_999)
    parser.add_argument("--first", type=int, default=None, help="only this many invoices")
    options = parser.parse_args()
    upgrade(options.database)
    return 1 if asyncio.run(replay_on(options, invoices(read(options.file))[: options.first])) else 0


if __name__ == "__main__":
    sys.exit(main())
