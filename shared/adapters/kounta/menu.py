"""A site's menu out of Kounta's lists, page by page (Kounta docs: Products; observed: 25 on a page).

Prices and availability are the site's. What a product's option sets look like is not documented: they are read as
`{id, name, min, max, instructions, options: [{product_id, name, unit_price, …, option_sets}]}`, or as bare ids; what is
not told stays untold (None), so that nobody takes it for "none". Which modifiers go with which product takes one call
for each product and is not asked: modifiers come as products with `is_modifier`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import AliasChoices, BeforeValidator, Field, TypeAdapter, ValidationError, model_validator

from shared.adapters.http.clients import Received
from shared.adapters.http.foreign import (
    Flag,
    Foreign,
    NumberId,
    OptionalAmount,
    OptionalId,
    Text,
    Whole,
    as_text,
    read_json,
)
from shared.adapters.kounta.reads import KountaReads
from shared.domain.errors import RefusedError, UnreachableError
from shared.domain.menu.menu import Category, MenuPage, Option, OptionSet, Product
from shared.domain.venues import PosConnection

FIELDS = (
    "image,categories,option_sets,availability,unit_price,unit_price_ex_tax,unit_tax,"
    "variants,variant_parent_id,docket_name"
)
"""Everything that a site's products can show (Kounta docs: Products)."""


def _known(value: object) -> bool:
    """Availability that is not told is no reason against a product."""
    return value not in (False, 0, "0", "false")


def _ids(value: object) -> tuple[str, ...]:
    """Ids of a list of ids, or of things with an id."""
    given = value if isinstance(value, list) else []
    found = (as_text(each.get("id") if isinstance(each, dict) else each) for each in given)
    return tuple(each for each in found if each is not None)


Unless = Annotated[bool, BeforeValidator(_known)]
Ids = Annotated[tuple[str, ...], BeforeValidator(_ids)]


class _Identified(Foreign):
    """A thing with an id, which `id_str` tells exactly (Kounta docs)."""

    @model_validator(mode="before")
    @classmethod
    def exact_id(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("id_str"):
            return {**given, "id": given["id_str"]}
        return given


class KountaOption(_Identified):
    """What an option set offers."""

    product_id: NumberId = Field(validation_alias=AliasChoices("product_id", "id"))
    name: Text = None
    unit_price: OptionalAmount = None
    unit_price_ex_tax: OptionalAmount = None
    is_available: Unless = True
    option_sets: list[Any] | None = None


class KountaOptionSet(_Identified):
    """A choice that belongs to a product."""

    id: NumberId = Field(validation_alias=AliasChoices("id", "option_set_id"))
    name: Text = None
    min: Whole = None
    max: Whole = None
    instructions: Any = None
    options: list[KountaOption] | None = None


class KountaProduct(_Identified):
    """A product of a site (Kounta docs: Products; observed fields)."""

    id: NumberId
    name: Text = None
    code: Text = None
    sku: Text = None
    is_modifier: Flag = False
    show_online: Unless = True
    image: Text = None
    docket_name: Text = None
    categories: Ids = ()
    variants: Ids = ()
    variant_parent_id: OptionalId = None
    option_sets: list[Any] | None = None
    is_available: Unless = True
    unit_price: OptionalAmount = None
    unit_price_ex_tax: OptionalAmount = None
    unit_tax: OptionalAmount = None


class KountaCategory(_Identified):
    """A heading of the menu."""

    id: NumberId
    name: Text = None


_PRODUCTS = TypeAdapter(list[KountaProduct])
_CATEGORIES = TypeAdapter(list[KountaCategory])
_OPTION_SET = TypeAdapter(KountaOptionSet)


class KountaMenu:
    """The port `MenuSource` for one venue. All raise OutsideError; RefusedError for a venue without a site."""

    def __init__(self, reads: KountaReads, connection: PosConnection) -> None:
        self._reads = reads
        self._site = connection.site_id

    def products(self, cursor: str | None) -> MenuPage:
        """A page of the site's products with their option sets."""
        received = self._page("products", {"fields": FIELDS}, cursor)
        sets: list[KountaOptionSet] = []
        products = tuple(_product(each, sets) for each in _read(_PRODUCTS, received))
        found = tuple(_option_set(each, sets) for each in _with_nested(sets))
        return MenuPage(products, found, (), received.headers.get("x-next-page") or None)

    def categories(self, cursor: str | None) -> MenuPage:
        """A page of the site's categories."""
        received = self._page("categories", None, cursor)
        found = tuple(Category(each.id, each.name or "") for each in _read(_CATEGORIES, received))
        return MenuPage((), (), found, received.headers.get("x-next-page") or None)

    def _page(self, what: str, params: dict[str, str] | None, cursor: str | None) -> Received:
        if not self._site:
            raise RefusedError("the venue has no site in the POS: menus are kept by site", http_status=404)
        if cursor is not None:
            return self._reads.next_page(f"menu_{what}", cursor)
        return self._reads.get(f"menu_{what}", f"sites/{quote(self._site, safe='')}/{what}", params)


def _read(kind: TypeAdapter[Any], received: Received) -> Any:
    try:
        return kind.validate_python(read_json(received.body))
    except (ValueError, ValidationError) as error:
        raise UnreachableError(f"the menu could not be understood: {type(error).__name__}") from None


def _product(given: KountaProduct, sets: list[KountaOptionSet]) -> Product:
    return Product(
        id=given.id,
        name=given.name or "",
        price=given.unit_price,
        price_ex_tax=given.unit_price_ex_tax,
        tax=given.unit_tax,
        available=given.is_available,
        is_modifier=given.is_modifier,
        show_online=given.show_online,
        code=given.code,
        sku=given.sku,
        docket_name=given.docket_name,
        image=given.image,
        categories=given.categories,
        option_sets=_set_ids(given.option_sets, sets),
        variants=given.variants,
        variant_parent_id=given.variant_parent_id,
    )


def _set_ids(given: list[Any] | None, sets: list[KountaOptionSet]) -> tuple[str, ...] | None:
    """The ids of option sets, bare or described; the described ones are put into `sets`. None when one cannot be read:
    then it is not known which there are."""
    if given is None:
        return None
    ids = []
    for each in given:
        bare = as_text(each)
        try:
            described = _OPTION_SET.validate_python({"id": bare} if bare is not None else each)
        except ValidationError:
            return None
        sets.append(described)
        ids.append(described.id)
    return tuple(ids)


def _with_nested(sets: list[KountaOptionSet]) -> Iterator[KountaOptionSet]:
    """All of them, and while they are gone through, what is found nested in them."""
    at = 0
    while at < len(sets):
        yield sets[at]
        at += 1


def _option_set(given: KountaOptionSet, sets: list[KountaOptionSet]) -> OptionSet:
    options = None
    if given.options is not None:
        options = tuple(
            Option(
                product_id=each.product_id,
                name=each.name or "",
                price=each.unit_price,
                price_ex_tax=each.unit_price_ex_tax,
                available=each.is_available,
                option_sets=_set_ids(each.option_sets, sets),
            )
            for each in given.options
        )
    return OptionSet(given.id, given.name or "", given.min, given.max, bool(given.instructions), options)
