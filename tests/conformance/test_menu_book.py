"""MenuBook and MenuReading: one suite, run on the fake and on DynamoDB (moto)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from shared.adapters.dynamodb.due_index import DynamoDBDueIndex
from shared.adapters.dynamodb.menu_book import REMEMBERED, DynamoDBMenuBook
from shared.adapters.dynamodb.outbox import outbox_item_of
from shared.domain.errors import ConflictError
from shared.domain.menu.importing import Edition, ImportFailure, ImportRun, MenuHead
from shared.domain.menu.menu import Category, Gone, Menu, MenuPage, Option, OptionSet, Product
from shared.domain.record import Lease, OutboxItem
from shared.domain.timings import Timings
from tests.builders import NOON, at
from tests.dynamodb_table import TABLE, dynamodb_table
from tests.fake_menus import InMemoryMenuBook

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TIMINGS = Timings()
ITEM_BYTES = 400 * 1024
RUN = ImportRun("imp_1", "asked", NOON)
TOLD = OutboxItem("menu.updated", "demo", "one", NOON, "MENU#demo", {"products": 2})
MENU = Menu(
    products=(
        Product(
            "1",
            "Käse & Brot",
            Decimal("15.00"),
            Decimal("13.6364"),
            Decimal("1.3636"),
            available=False,
            code="B1",
            sku="S",
            docket_name="D",
            image="https://images.example.com/1.png",
            categories=("41",),
            option_sets=("501",),
            variants=("3",),
            variant_parent_id="2",
        ),
        Product("2", option_sets=()),
        Product("3", is_modifier=True, show_online=False),
    ),
    option_sets=(
        OptionSet("501", "Extras", 1, 2, True, (Option("3", "Oat milk", Decimal("0.50"), None, False, ("502",)),)),
        OptionSet("502", options=()),
        OptionSet("503"),
    ),
    categories=(Category("41", "Breakfast"),),
    gone=(Gone("9", "Soup"),),
)
EDITION = Edition("imp_1", NOON, at(60), "hash", 1, 3, 3, 1)


@dataclass
class Clock:
    """The book's time."""

    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client() -> Iterator[DynamoDBClient]:
    with dynamodb_table() as made:
        yield made


@pytest.fixture(params=["fake", "dynamodb"])
def book(request: pytest.FixtureRequest, clock: Clock) -> Any:
    if request.param == "fake":
        return InMemoryMenuBook()
    return DynamoDBMenuBook(request.getfixturevalue("client"), TABLE, TIMINGS, clock.now)


@pytest.fixture
def real(client: DynamoDBClient, clock: Clock) -> DynamoDBMenuBook:
    return DynamoDBMenuBook(client, TABLE, TIMINGS, clock.now)


def items(client: DynamoDBClient, beginning: str) -> list[dict[str, Any]]:
    """Items whose place begins so."""
    found: list[dict[str, Any]] = client.scan(TableName=TABLE)["Items"]  # type: ignore[assignment]
    return [item for item in found if item["sk"]["S"].startswith(beginning)]


def test_there_is_nothing_before_somebody_wants_it(book: Any) -> None:
    assert book.load("demo") is None
    assert book.stored("demo") is None
    assert book.pages("demo", "imp_1") == []


def test_a_head_is_kept_whole(book: Any) -> None:
    run = replace(
        RUN,
        started_at=at(1),
        phase="categories",
        cursor="https://api.example.com/?start=25",
        pages=3,
        products=70,
        failures=2,
        resume_at=at(5),
        has_slot=True,
        restarted=True,
        lease=Lease("w1", at(20)),
    )
    head = MenuHead("demo", 0, EDITION, run, ImportFailure("menu_empty", at(2), "said"), at(86_400))
    saved = book.save(head)
    assert saved == replace(head, version=1)
    assert book.load("demo") == saved
    assert book.load("other") is None


def test_who_read_an_older_head_stores_nothing(book: Any) -> None:
    first = book.save(MenuHead("demo", run=RUN))
    second = book.save(replace(first, run=replace(RUN, pages=1)), page=MenuPage((Product("1"),)))
    for stale in (first, MenuHead("demo")):
        with pytest.raises(ConflictError):
            book.save(replace(stale, run=replace(RUN, pages=1)), page=MenuPage((Product("2"),)), outbox=[TOLD])
    assert book.load("demo") == second
    assert book.pages("demo", "imp_1") == [MenuPage((Product("1"),))]


def test_pages_come_back_in_order_and_by_import(book: Any) -> None:
    head = MenuHead("demo", run=RUN)
    pages = [MenuPage((Product(str(number)),), next=str(number)) for number in range(12)]
    for number, page in enumerate(pages):
        head = book.save(replace(head, run=replace(RUN, pages=number + 1)), page=page)
    book.save(replace(head, run=replace(RUN, id="imp_2", pages=1)), page=MenuPage(MENU.products, MENU.option_sets))
    assert list(book.pages("demo", "imp_1")) == pages
    assert list(book.pages("demo", "imp_2")) == [MenuPage(MENU.products, MENU.option_sets)]


def test_a_menu_counts_once_the_head_names_it(book: Any) -> None:
    chunks = book.put_menu("demo", "imp_1", MENU)
    assert book.stored("demo") is None
    head = book.save(MenuHead("demo", edition=replace(EDITION, chunks=chunks)))
    stored = book.stored("demo")
    assert stored.menu == MENU
    assert stored.imported_at == at(60)
    newer = replace(MENU, products=MENU.products[:1])
    chunks = book.put_menu("demo", "imp_2", newer)
    assert book.stored("demo").menu == MENU
    book.save(replace(head, edition=replace(EDITION, import_id="imp_2", chunks=chunks)))
    assert book.stored("demo").menu == newer


def test_what_is_to_be_told_is_stored_with_the_head(real: DynamoDBMenuBook, client: DynamoDBClient) -> None:
    real.save(MenuHead("demo", edition=EDITION), outbox=[TOLD, replace(TOLD, platform="two")])
    told = items(client, "ITEM")
    assert sorted(outbox_item_of(item).platform for item in told) == ["one", "two"]
    assert all("due_pk" in item and "expires_at" in item for item in told)


def test_more_platforms_than_a_transaction_takes_are_told_all_the_same(
    real: DynamoDBMenuBook, client: DynamoDBClient
) -> None:
    real.save(MenuHead("demo", edition=EDITION), outbox=[replace(TOLD, platform=str(number)) for number in range(230)])
    assert {outbox_item_of(item).platform for item in items(client, "ITEM")} == set(map(str, range(230)))
    assert real.load("demo") is not None


@pytest.mark.parametrize(
    ("head", "due_at"),
    [
        (MenuHead("demo", run=RUN), NOON),
        (MenuHead("demo", run=replace(RUN, resume_at=at(30))), at(30)),
        (MenuHead("demo", run=replace(RUN, lease=Lease("w", at(20)))), at(20)),
        (MenuHead("demo", edition=EDITION, next_at=at(3600)), at(3600)),
        (MenuHead("demo"), None),
    ],
    ids=["wanted", "waiting", "leased", "daily", "nothing"],
)
def test_the_caretaker_finds_it_when_it_is_due(
    real: DynamoDBMenuBook, client: DynamoDBClient, head: MenuHead, due_at: datetime | None
) -> None:
    real.save(head)
    due = DynamoDBDueIndex(client, TABLE)
    if due_at is None:
        assert list(due.overdue(at(10**6))) == []
        return
    assert list(due.overdue(due_at - timedelta(seconds=1))) == []
    assert list(due.overdue(due_at)) == [("MENU#demo", due_at)]


def test_pages_and_menus_expire_and_heads_do_not(real: DynamoDBMenuBook, client: DynamoDBClient, clock: Clock) -> None:
    chunks = real.put_menu("demo", "imp_1", MENU)
    real.save(MenuHead("demo", edition=replace(EDITION, chunks=chunks), run=replace(RUN, pages=1)), page=MenuPage())
    assert "expires_at" not in items(client, "HEAD")[0]
    clock.moment = at(TIMINGS.menu_pages_kept_s + 1)
    assert real.pages("demo", "imp_1") == []
    assert real.stored("demo") is not None
    clock.moment = at(TIMINGS.menu_kept_s + 1)
    assert DynamoDBMenuBook(client, TABLE, TIMINGS, clock.now).stored("demo") is None


def test_a_menu_with_a_part_missing_is_not_shown(real: DynamoDBMenuBook, client: DynamoDBClient, clock: Clock) -> None:
    real.put_menu("demo", "imp_1", MENU)
    real.save(MenuHead("demo", edition=replace(EDITION, chunks=2)))
    with pytest.raises(ConflictError):
        real.stored("demo")


def long_menu(count: int) -> Menu:
    """Products that resemble real ones, each with a name that does not repeat itself."""
    return Menu(
        tuple(
            Product(
                id=str(10_000_000 + number * 7919),
                name=f"Dish {number * 48271 % 2147483647:x} with {number * 16807 % 2147483647:x}, slowly roasted",
                price=Decimal(number * 37 % 9000) / 100,
                price_ex_tax=(Decimal(number * 37 % 9000) / 110).quantize(Decimal("0.0001")),
                tax=Decimal("1.3636"),
                available=number % 7 != 0,
                code=f"C{number}",
                sku=f"SKU-{number * 7919 % 104729}",
                docket_name=f"DISH {number}",
                image=f"https://images.example.com/{number * 48271 % 2147483647:x}/{number}.png",
                categories=(str(number % 40),),
                option_sets=(str(number % 200),),
            )
            for number in range(count)
        ),
        tuple(
            OptionSet(
                str(number), f"Set {number}", options=tuple(Option(str(each), f"Option {each}") for each in range(12))
            )
            for number in range(200)
        ),
    )


def test_three_thousand_products_fit_and_are_read_with_few_calls(
    real: DynamoDBMenuBook, client: DynamoDBClient
) -> None:
    menu = long_menu(3000)
    head = MenuHead("demo", run=RUN)
    for number in range(120):
        page = MenuPage(menu.products[number * 25 : (number + 1) * 25], menu.option_sets[:25])
        head = real.save(replace(head, run=replace(RUN, pages=number + 1)), page=page)
    together = Menu.of_pages(real.pages("demo", "imp_1"), None)
    assert together.products == menu.products
    chunks = real.put_menu("demo", "imp_1", menu)
    assert chunks <= 2
    real.save(replace(head, run=None, edition=replace(EDITION, chunks=chunks)))
    stored = real.stored("demo")
    assert stored is not None
    assert stored.menu == menu
    for item in items(client, ""):
        body = item["body"].get("B") or item["body"]["S"].encode()
        assert len(body) < ITEM_BYTES - 1024, item["sk"]


def test_a_menu_beyond_one_item_is_cut_into_several(real: DynamoDBMenuBook, client: DynamoDBClient) -> None:
    menu = long_menu(30_000)
    chunks = real.put_menu("demo", "imp_1", menu)
    assert chunks > 1
    real.save(MenuHead("demo", edition=replace(EDITION, chunks=chunks)))
    stored = real.stored("demo")
    assert stored is not None
    assert stored.menu.products == menu.products
    assert all(len(item["body"]["B"]) <= 350_000 for item in items(client, "EDITION#"))


def test_a_menu_is_read_once_for_many_orders(real: DynamoDBMenuBook, client: DynamoDBClient) -> None:
    real.save(MenuHead("demo", edition=replace(EDITION, chunks=real.put_menu("demo", "imp_1", MENU))))
    queries: list[str] = []
    client.meta.events.register("before-call.dynamodb.Query", lambda **_: queries.append("query"))
    for _ in range(5):
        assert real.stored("demo") is not None
    assert len(queries) == 1


def test_not_more_menus_than_fit_are_remembered(real: DynamoDBMenuBook) -> None:
    for number in range(REMEMBERED + 3):
        chunks = real.put_menu(f"venue-{number}", "imp_1", MENU)
        real.save(MenuHead(f"venue-{number}", edition=replace(EDITION, chunks=chunks)))
        assert real.stored(f"venue-{number}") is not None
    assert len(real._remembered) == REMEMBERED
    assert real.stored("venue-0") is not None
