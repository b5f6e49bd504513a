"""Putting pages together, telling what changed, and knowing the same content again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from shared.domain.menu.menu import (
    MOST_GONE,
    Category,
    Gone,
    Menu,
    MenuChanges,
    MenuPage,
    OptionSet,
    Product,
    changes,
)

FISH, TART = Product("1", "Fish", price=Decimal("40.00")), Product("2", "Tart")


def test_what_stands_on_two_pages_counts_once_as_it_was_told_last() -> None:
    later = replace(FISH, available=False)
    menu = Menu.of_pages(
        [MenuPage((FISH, TART)), MenuPage((later,)), MenuPage(categories=(Category("41", "A"),))], None
    )
    assert menu.products == (later, TART)
    assert menu.categories == (Category("41", "A"),)


def test_an_option_set_that_is_described_wins_over_its_bare_id() -> None:
    described = OptionSet("501", "Eggs", options=())
    for pages in ([described, OptionSet("501")], [OptionSet("501"), described]):
        menu = Menu.of_pages([MenuPage(option_sets=(each,)) for each in pages], None)
        assert menu.option_sets == (described,)


def test_names_of_what_went_are_kept_until_it_comes_back() -> None:
    before = Menu((FISH, TART), gone=(Gone("3", "Soup"), Gone("4", "Bread")))
    menu = Menu.of_pages([MenuPage((TART, Product("4", "Bread")))], before)
    assert menu.gone == (Gone("1", "Fish"), Gone("3", "Soup"))


def test_not_more_names_are_kept_than_anybody_needs() -> None:
    before = Menu(tuple(Product(str(number)) for number in range(MOST_GONE + 50)))
    assert len(Menu.of_pages([], before).gone) == MOST_GONE


def test_the_same_content_has_the_same_hash_in_any_order_and_spelling() -> None:
    menu = Menu((FISH, TART), categories=(Category("41", "A"),))
    same = Menu((TART, replace(FISH, price=Decimal("40"))), categories=menu.categories, gone=(Gone("9", "Gone"),))
    assert menu.content_hash() == same.content_hash()


def test_every_change_shows_in_the_hash() -> None:
    menu = Menu((FISH, TART), (OptionSet("501"),), (Category("41", "A"),))
    hashes = {
        each.content_hash()
        for each in (
            menu,
            replace(menu, products=(FISH,)),
            replace(menu, products=(replace(FISH, available=False), TART)),
            replace(menu, products=(replace(FISH, price=Decimal("41")), TART)),
            replace(menu, option_sets=(OptionSet("501", options=()),)),
            replace(menu, categories=()),
        )
    }
    assert len(hashes) == 6


def test_changes_are_counted() -> None:
    after = Menu((replace(FISH, available=False), Product("3", "Soup")))
    assert changes(Menu((FISH, TART)), after) == MenuChanges(added=1, removed=1, changed=1)
    assert changes(None, after) == MenuChanges(2, 0, 0)
