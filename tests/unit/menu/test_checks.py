"""What a stored menu says of an order, as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from shared.domain.menu.checks import MenuFinding, StoredMenu, check, cures, told_by_pos
from shared.domain.menu.menu import Gone, Menu, Option, OptionSet, Product
from shared.domain.orders.request import LineRequest, OptionRequest, OptionSetRequest, OrderRequest

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FRESH_S = 26 * 3600.0

MENU = Menu(
    products=(
        Product("1", "Flat white", option_sets=()),
        Product("2", "Market fish", available=False, option_sets=()),
        Product("3", "Breakfast plate", option_sets=("501", "502")),
        Product("4", "Toast", option_sets=("503",)),
        Product("5", "Mystery bag", option_sets=None),
        Product("6", "Poached eggs"),
        Product("7", "Sugar", is_modifier=True),
        Product("8", "Oat milk", is_modifier=True, available=False),
    ),
    option_sets=(
        OptionSet("501", "Eggs", options=(Option("6", "Poached eggs"), Option("61", "Scrambled", available=False))),
        OptionSet("502", "Extras", instructions=True, options=(Option("4", "Toast"), Option("2", "Market fish"))),
        OptionSet("503", "Spreads", options=(Option("71", "Honey"),)),
        OptionSet("504", "Untold", options=None),
    ),
    gone=(Gone("99", "Lamb shoulder"),),
)
STORED = StoredMenu(MENU, NOON)


def order(*lines: LineRequest, status: str = "SUBMITTED", options: tuple[OptionRequest, ...] = ()) -> OrderRequest:
    return OrderRequest("R-1", status=status, lines=lines, options=options)


def plate(*sets: OptionSetRequest) -> OptionRequest:
    return OptionRequest("3", option_sets=sets)


def said(request: OrderRequest, stored: StoredMenu | None = STORED) -> list[tuple[str, str, str, str]]:
    found = check(request, stored, NOON, FRESH_S)
    return [(each.pointer, each.code, each.product_id, each.severity) for each in found]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (order(), []),
        (order(LineRequest("1"), LineRequest("1", modifiers=("7", "7", "-7"))), []),
        (order(LineRequest("1"), LineRequest("98")), [("/lines/1/product_id", "product_not_at_site", "98", "error")]),
        (
            order(LineRequest("1", modifiers=("7", "98"))),
            [("/lines/0/modifiers/1", "product_not_at_site", "98", "error")],
        ),
        (
            order(LineRequest("1", modifiers=("-98",))),
            [("/lines/0/modifiers/0", "product_not_at_site", "98", "error")],
        ),
        (
            order(LineRequest("1", modifiers=("8",)), status="PENDING"),
            [("/lines/0/modifiers/0", "product_out_of_stock", "8", "warning")],
        ),
        (order(LineRequest("1", modifiers=("-8",)), status="PENDING"), []),
        (order(LineRequest("2", quantity=Decimal(-1)), status="COMPLETE"), []),
        (
            order(options=(OptionRequest("98"),)),
            [("/options/0/product_id", "product_not_at_site", "98", "error")],
        ),
        (order(options=(plate(OptionSetRequest("501", (OptionRequest("6"),))),)), []),
        (
            order(options=(plate(OptionSetRequest("999", (OptionRequest("6"),))),)),
            [("/options/0/option_sets/0/option_set_id", "option_set_not_of_product", "3", "error")],
        ),
        (
            order(options=(plate(OptionSetRequest("503", (OptionRequest("71"),))),)),
            [("/options/0/option_sets/0/option_set_id", "option_set_not_of_product", "3", "error")],
        ),
        (
            order(options=(plate(OptionSetRequest("501", (OptionRequest("1"), OptionRequest("98")))),)),
            [
                ("/options/0/option_sets/0/options/0/product_id", "option_not_in_set", "1", "error"),
                ("/options/0/option_sets/0/options/1/product_id", "product_not_at_site", "98", "error"),
            ],
        ),
        (
            order(
                options=(
                    OptionRequest("1"),
                    plate(
                        OptionSetRequest("501", (OptionRequest("6"),)),
                        OptionSetRequest(
                            "502",
                            (OptionRequest("4", option_sets=(OptionSetRequest("503", (OptionRequest("98"),)),)),),
                        ),
                    ),
                )
            ),
            [
                (
                    "/options/1/option_sets/1/options/0/option_sets/0/options/0/product_id",
                    "product_not_at_site",
                    "98",
                    "error",
                )
            ],
        ),
        (
            order(LineRequest("3", option_sets=(OptionSetRequest("501", (OptionRequest("98"),)),))),
            [("/lines/0/option_sets/0/options/0/product_id", "product_not_at_site", "98", "error")],
        ),
    ],
)
def test_what_is_not_on_the_menu_is_an_error_with_its_place(
    request_: OrderRequest, expected: list[tuple[str, str, str, str]]
) -> None:
    assert said(request_) == expected


@pytest.mark.parametrize("status", ["SUBMITTED", "ON_HOLD", "PENDING", "COMPLETE"])
def test_out_of_stock_stops_only_the_statuses_that_the_document_names(status: str) -> None:
    severity = "warning" if status == "SUBMITTED" else "error"
    eggs = plate(
        OptionSetRequest("501", (OptionRequest("61"),)),
        OptionSetRequest("502", (OptionRequest("2", instructions="No"),)),
    )
    assert said(order(LineRequest("2"), status=status, options=(eggs,))) == [
        ("/lines/0/product_id", "product_out_of_stock", "2", severity),
        ("/options/0/option_sets/0/options/0/product_id", "product_out_of_stock", "61", severity),
        ("/options/0/option_sets/1/options/0/product_id", "product_out_of_stock", "2", severity),
    ]


def test_of_option_sets_that_the_pos_did_not_describe_nothing_is_said() -> None:
    unknown_set = OptionRequest("5", option_sets=(OptionSetRequest("777", (OptionRequest("6"),)),))
    untold_options = OptionRequest("5", option_sets=(OptionSetRequest("504", (OptionRequest("6"),)),))
    assert said(order(options=(unknown_set, untold_options))) == []
    no_product = OptionRequest("5", option_sets=(OptionSetRequest("504", (OptionRequest("98"),)),))
    assert [each[1] for each in said(order(options=(no_product,)))] == ["product_not_at_site"]


def test_a_finding_names_the_product_as_this_or_an_earlier_menu_did() -> None:
    found = check(order(LineRequest("2"), LineRequest("99"), LineRequest("98")), STORED, NOON, FRESH_S)
    assert [each.name for each in found] == ["Market fish", "Lamb shoulder", None]


@pytest.mark.parametrize(
    "stored",
    [
        None,
        StoredMenu(Menu(), NOON),
        StoredMenu(MENU, NOON - timedelta(seconds=FRESH_S + 1)),
    ],
    ids=["missing", "without any product", "stale"],
)
def test_a_menu_that_cannot_be_trusted_says_nothing(stored: StoredMenu | None) -> None:
    assert said(order(LineRequest("98")), stored) == []


def test_a_menu_is_fresh_to_the_last_second() -> None:
    oldest = StoredMenu(MENU, NOON - timedelta(seconds=FRESH_S))
    assert said(order(LineRequest("98")), oldest) != []


BY_POS = (MenuFinding("", "product_not_at_site", "1", None),)


@pytest.mark.parametrize(
    ("before", "menu", "request_", "cured"),
    [
        (BY_POS, MENU, order(LineRequest("1")), True),
        (BY_POS, Menu(products=MENU.products[1:]), order(LineRequest("1")), False),
        ((), MENU, order(LineRequest("98")), False),
        ((), MENU, order(LineRequest("2")), True),
        ((), MENU, order(LineRequest("2"), status="ON_HOLD"), False),
        ((MenuFinding("", "product_out_of_stock", "2", None),), MENU, order(LineRequest("2")), False),
        ((MenuFinding("", "product_out_of_stock", "1", None),), MENU, order(LineRequest("1")), True),
        ((MenuFinding("", "product_out_of_stock", "2", None, "warning"),), MENU, order(LineRequest("2")), True),
        ((MenuFinding("", "product_not_at_site", "98", None),), MENU, order(LineRequest("1")), False),
        ((), Menu(), order(LineRequest("1")), False),
    ],
)
def test_a_new_menu_cures_when_nothing_speaks_against_the_order_any_more(
    before: tuple[MenuFinding, ...], menu: Menu, request_: OrderRequest, cured: bool
) -> None:
    assert cures(before, menu, request_) is cured


@pytest.mark.parametrize(
    ("code", "message", "product_id"),
    [
        ("product_not_at_site", "Product #8196213 is not available at that site.", "8196213"),
        ("product_out_of_stock", "Product (199547) is out of stock.", "199547"),
        ("product_out_of_stock", "Out of stock", None),
        ("product_out_of_stock", None, None),
        ("online_ordering_paused", "Product #1 …", None),
    ],
)
def test_the_pos_names_the_product_that_it_refuses(code: str, message: str | None, product_id: str | None) -> None:
    found = told_by_pos(code, message)
    assert [each.product_id for each in found] == ([product_id] if product_id else [])
    assert all(each.code == code and each.severity == "error" for each in found)


def test_the_refused_product_has_the_name_of_the_stored_menu() -> None:
    (found,) = told_by_pos("product_out_of_stock", "Product (99) is out of stock.", STORED)
    assert found.name == "Lamb shoulder"
