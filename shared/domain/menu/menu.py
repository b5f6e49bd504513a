"""A site's menu as it was imported: products, option sets, categories. Prices are in the venue's currency."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal

MOST_GONE = 500
"""Products that are remembered by name after they went: enough to tell people which one an order means."""


@dataclass(frozen=True, slots=True)
class Product:
    """Something that the site sells. `price` includes tax; None: the POS did not tell.

    A modifier ("oat milk") is a product as well. `option_sets`: ids of those that belong to it; None: not told, which
    is not the same as none.
    """

    id: str
    name: str = ""
    price: Decimal | None = None
    price_ex_tax: Decimal | None = None
    tax: Decimal | None = None
    available: bool = True
    is_modifier: bool = False
    show_online: bool = True
    code: str | None = None
    sku: str | None = None
    docket_name: str | None = None
    image: str | None = None
    categories: tuple[str, ...] = ()
    option_sets: tuple[str, ...] | None = None
    variants: tuple[str, ...] = ()
    variant_parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """A product that an option set offers, at its price there."""

    product_id: str
    name: str = ""
    price: Decimal | None = None
    price_ex_tax: Decimal | None = None
    available: bool = True
    option_sets: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class OptionSet:
    """A choice that belongs to products. `instructions`: No, Extra, Only and On Side may be said of its options.

    `options`: None when the POS did not tell them.
    """

    id: str
    name: str = ""
    min: int | None = None
    max: int | None = None
    instructions: bool = False
    options: tuple[Option, ...] | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A heading of the menu."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """A product that an earlier menu had."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class MenuPage:
    """A part of a menu as one call brought it. `next`: where the following page is; None on the last."""

    products: tuple[Product, ...] = ()
    option_sets: tuple[OptionSet, ...] = ()
    categories: tuple[Category, ...] = ()
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """The whole menu of one site."""

    products: tuple[Product, ...] = ()
    option_sets: tuple[OptionSet, ...] = ()
    categories: tuple[Category, ...] = ()
    gone: tuple[Gone, ...] = ()
    """What earlier menus had; the latest first, at most `MOST_GONE`."""

    @classmethod
    def of_pages(cls, pages: Iterable[MenuPage], before: Menu | None) -> Menu:
        """All pages put together. What stands on two of them counts once, as it was told last: a product that was
        added in mid-import moves others from one page to the next."""
        products: dict[str, Product] = {}
        option_sets: dict[str, OptionSet] = {}
        categories: dict[str, Category] = {}
        for page in pages:
            products |= {each.id: each for each in page.products}
            categories |= {each.id: each for each in page.categories}
            for each in page.option_sets:
                if each.options is not None or each.id not in option_sets:
                    option_sets[each.id] = each
        went = [Gone(each.id, each.name) for each in before.products if each.id not in products] if before else []
        still = [each for each in before.gone if each.id not in products] if before else []
        return cls(
            tuple(products.values()),
            tuple(option_sets.values()),
            tuple(categories.values()),
            tuple([*went, *still][:MOST_GONE]),
        )

    def content_hash(self) -> str:
        """The same for the same content, in whatever order the POS lists it."""
        parts = [sorted(map(_line, part)) for part in (self.products, self.option_sets, self.categories)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class MenuChanges:
    """How many products came, went, or changed (name, price, availability, options …)."""

    added: int
    removed: int
    changed: int


def changes(before: Menu | None, after: Menu) -> MenuChanges:
    """What is different in the products."""
    old = {each.id: _line(each) for each in before.products} if before else {}
    new = {each.id: _line(each) for each in after.products}
    changed = sum(1 for each, line in new.items() if each in old and old[each] != line)
    return MenuChanges(len(new.keys() - old.keys()), len(old.keys() - new.keys()), changed)


def _line(part: Product | OptionSet | Category) -> str:
    return json.dumps(asdict(part), sort_keys=True, default=_plain)


def _plain(value: object) -> str:
    """A price is the same however many noughts it is written with."""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
