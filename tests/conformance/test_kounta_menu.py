"""The menu's adapter against the sandbox: paging, prices, availability, option sets, and answers that are no menu."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest

from sandbox.core import Sandbox
from sandbox.kounta.back_office import Category as SandboxCategory
from sandbox.kounta.back_office import Product as SandboxProduct
from sandbox.settings import SandboxSettings
from sandbox.transport import sandbox_transport
from shared.adapters.http.clients import make_client
from shared.adapters.kounta.client import KountaClient
from shared.adapters.kounta.menu import KountaMenu
from shared.adapters.kounta.reads import KountaReads
from shared.adapters.kounta.tokens import Credentials
from shared.domain.errors import PermissionLostError, RefusedError, UnreachableError
from shared.domain.menu.menu import Menu, MenuPage, Option, OptionSet, Product
from shared.domain.timings import Timings
from shared.domain.venues import PosConnection
from shared.usecases.menu_book import MenuSource

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PAGE = 25


@dataclass
class Kounta:
    """A sandbox, and how many slots were taken for its calls."""

    sandbox: Sandbox = field(default_factory=lambda: Sandbox(lambda: NOW, SandboxSettings(basic_per_minute=0)))
    slots: int = 0

    def source(
        self, site_id: str = "823", secret: str = "demo-basic-secret", transport: httpx.BaseTransport | None = None
    ) -> MenuSource:
        connection = PosConnection("kounta", "5678", site_id)
        client = KountaClient(
            make_client(transport or sandbox_transport(self.sandbox)),
            api_url="http://sandbox.test/kounta",
            connection_id="kounta-5678",
            company_id="5678",
            credentials=Credentials("demo-basic", secret),
            tokens=None,
            timings=Timings(),
            now=lambda: NOW,
        )
        return KountaMenu(KountaReads(client, connection, pace=self._take, sleep=lambda _: None), connection)

    def sell(self, count: int) -> None:
        """That many products more, each in a category of its own."""
        company = self.sandbox.kounta.state.company(5678)
        products = [SandboxProduct(id=1000 + n, name=f"Dish {n}", unit_price=Decimal("10")) for n in range(count)]
        categories = [SandboxCategory(id=500 + n, name=f"Category {n}") for n in range(count)]
        changed = {"products": [*company.products, *products], "categories": [*company.categories, *categories]}
        self.sandbox.kounta.state.put_company(company.model_copy(update=changed))

    def condition(self, **what: object) -> None:
        """`/_control/state` of site 823."""
        switches = self.sandbox.kounta.state.switches.model_copy(deep=True)
        switches.sites[823] = switches.site(823).model_copy(update=what)
        self.sandbox.kounta.state.put_switches(switches)

    def _take(self) -> None:
        self.slots += 1


@pytest.fixture
def kounta() -> Kounta:
    return Kounta()


def whole(source: MenuSource) -> tuple[Menu, list[MenuPage]]:
    """All pages of both lists."""
    pages = []
    for read in (source.products, source.categories):
        cursor: str | None = None
        while True:
            pages.append(read(cursor))
            cursor = pages[-1].next
            if cursor is None:
                break
    return Menu.of_pages(pages, None), pages


def product(menu: Menu, product_id: str) -> Product:
    return next(each for each in menu.products if each.id == product_id)


def test_every_page_of_products_and_categories_is_read_each_with_a_slot(kounta: Kounta) -> None:
    kounta.sell(60)
    menu, pages = whole(kounta.source())
    assert [len(page.products) for page in pages] == [25, 25, 25, 5, 0, 0, 0]
    assert [len(page.categories) for page in pages] == [0, 0, 0, 0, 25, 25, 12]
    assert len(menu.products) == 80
    assert len(menu.categories) == 62
    assert kounta.slots == 7


def test_an_import_can_go_on_at_a_cursor(kounta: Kounta) -> None:
    kounta.sell(30)
    cursor = kounta.source().products(None).next
    later = kounta.source().products(cursor)
    assert len(later.products) == 25
    assert later.next is None


def test_a_product_with_everything_that_is_told_of_it(kounta: Kounta) -> None:
    menu, _ = whole(kounta.source())
    assert product(menu, "730310") == Product(
        id="730310",
        name="Breakfast plate",
        price=Decimal("20.0000"),
        price_ex_tax=Decimal("18.1818"),
        tax=Decimal("1.8182"),
        code="B1",
        sku="BRK-PLATE",
        docket_name="Breakfast plate",
        categories=("41",),
        option_sets=("501", "502"),
    )
    assert product(menu, "730321").is_modifier
    assert product(menu, "730297").option_sets == ()


def test_option_sets_with_prices_of_their_own_and_nested_ones(kounta: Kounta) -> None:
    menu, _ = whole(kounta.source())
    sets = {each.id: each for each in menu.option_sets}
    assert set(sets) == {"501", "502", "503"}
    assert (sets["501"].name, sets["501"].min, sets["501"].max, sets["501"].instructions) == ("Eggs", 1, 1, False)
    assert sets["502"].instructions
    assert sets["502"].options is not None
    assert sets["502"].options[1:] == (
        Option("730314", "Mushrooms", Decimal("3.0000"), Decimal("2.7273"), True, ()),
        Option("730315", "Toast on the side", Decimal("3.0000"), Decimal("2.7273"), True, ("503",)),
    )


def test_what_is_out_of_stock_and_what_is_gone(kounta: Kounta) -> None:
    kounta.condition(product_out_of_stock=[730303, 730311], product_gone=[730304, 730312])
    menu, _ = whole(kounta.source())
    assert not product(menu, "730303").available
    assert product(menu, "730302").available
    assert "730304" not in {each.id for each in menu.products}
    (eggs,) = (each for each in menu.option_sets if each.id == "501")
    assert eggs.options is not None
    assert [(each.product_id, each.available) for each in eggs.options] == [("730311", False)]


def test_credentials_that_are_refused(kounta: Kounta) -> None:
    with pytest.raises(PermissionLostError):
        kounta.source(secret="wrong").products(None)


def test_a_site_that_is_not_there_or_not_set(kounta: Kounta) -> None:
    for site_id in ("1", ""):
        with pytest.raises(RefusedError):
            kounta.source(site_id).products(None)


def test_a_cursor_of_another_host_is_not_followed(kounta: Kounta) -> None:
    with pytest.raises(RefusedError):
        kounta.source().products("https://elsewhere.example.com/?start=25")


def answering(content: object) -> httpx.MockTransport:
    """A POS that answers everything with this."""
    return httpx.MockTransport(lambda _request: httpx.Response(200, json=content))


@pytest.mark.parametrize("content", [{}, {"products": []}, None, "", [{"name": "no id"}], [{"id": "x"}], [[]]])
def test_an_answer_that_is_no_menu_is_no_empty_menu(kounta: Kounta, content: object) -> None:
    with pytest.raises(UnreachableError):
        kounta.source(transport=answering(content)).products(None)


def test_other_shapes_of_the_same_are_understood(kounta: Kounta) -> None:
    given = [
        {
            "id": 9007199254740993,
            "id_str": "9007199254740993",
            "name": " Plate ",
            "unit_price": "12.5",
            "categories": [41, {"id": 42, "name": "Drinks"}],
            "option_sets": [
                501,
                {
                    "option_set_id": 502,
                    "options": [{"id": 7, "option_sets": [{"id": 503, "name": "Deep", "options": []}]}],
                },
            ],
        },
        {"id": 2, "is_available": False},
        {"id": 3, "option_sets": ["?"]},
    ]
    page = kounta.source(transport=answering(given)).products(None)
    assert page.products == (
        Product("9007199254740993", "Plate", Decimal("12.5"), categories=("41", "42"), option_sets=("501", "502")),
        Product("2", available=False),
        Product("3", option_sets=None),
    )
    assert page.option_sets == (
        OptionSet("501"),
        OptionSet("502", options=(Option("7", option_sets=("503",)),)),
        OptionSet("503", "Deep", options=()),
    )
