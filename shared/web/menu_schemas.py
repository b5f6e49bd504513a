"""How menus look in answers, for the generated reference and its tests."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.web.schemas import Amount, Shown


class MenuProduct(Shown):
    """Something that the site sells; modifiers too."""

    id: str
    name: str
    price: Amount | None = Field(description="Tax included; null when the POS did not tell.")
    price_ex_tax: Amount | None
    tax: Amount | None
    available: bool = Field(description="In stock, as far as the POS counts it.")
    is_modifier: bool
    show_online: bool
    code: str | None
    sku: str | None
    docket_name: str | None
    image: str | None
    categories: list[str] = Field(description="Ids of `categories`.")
    option_sets: list[str] = Field(description="Ids of `option_sets`.")
    variants: list[str]
    variant_parent_id: str | None


class MenuOption(Shown):
    """A product that an option set offers, at its price there."""

    product_id: str
    name: str
    price: Amount | None
    price_ex_tax: Amount | None
    available: bool
    option_sets: list[str] = Field(description="Ids of those nested in it.")


class MenuOptionSet(Shown):
    """A choice that belongs to products."""

    id: str
    name: str
    min: int | None
    max: int | None
    instructions: bool = Field(description="Whether No, Extra, Only and On Side may be said of its options.")
    options: list[MenuOption]


class MenuCategory(Shown):
    """A heading of the menu."""

    id: str
    name: str


class Menu(Shown):
    """The site's menu as it was imported last."""

    imported_at: datetime
    products: list[MenuProduct]
    option_sets: list[MenuOptionSet]
    categories: list[MenuCategory]


class MenuImportFailure(Shown):
    """Why the latest import left the menu as it was."""

    code: Literal["menu_empty", "menu_not_imported"]
    at: datetime


class MenuImport(Shown):
    """An import that waits for its turn or is under way."""

    status: Literal["queued", "running"]
    import_id: str
    why: Literal["asked", "daily", "error"]
    requested_at: datetime
    started_at: datetime | None
    products_read: int
    imported_at: datetime | None = Field(description="Of the menu that there is.")
    last_failure: MenuImportFailure | None = Field(description="Null since an import succeeded.")
