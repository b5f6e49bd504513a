"""What a POS's refusal of an order speaks of: by its code, and in its own words."""

from __future__ import annotations

import re

MENU_CODES = frozenset(
    {
        "product_not_at_site",
        "product_unknown",
        "option_not_in_set",
        "option_set_not_of_product",
        "instructions_not_supported",
    }
)
"""The order names something that the site's menu does not have (any more): in the POS's words, then in ours. Not out
of stock: that is no fault of a menu, and an import cures nothing."""

_PRODUCT = re.compile(r"\bproduct\s*[#(]*\s*([0-9]{1,19})\b", re.IGNORECASE)
_POINTER = re.compile(r"\berror validating (/[^\s:]*)", re.IGNORECASE)


def speaks_of_menu(code: str | None) -> bool:
    """Whether the menu that the order was made from may be out of date, so that an import may cure it."""
    return code in MENU_CODES


def products_named(message: str | None) -> tuple[str, ...]:
    """POS ids of the products that a refusal names, such as `Product (199547) is out of stock.`; each once."""
    return tuple(dict.fromkeys(_PRODUCT.findall(message or "")))


def pointer_named(message: str | None) -> str | None:
    """The JSON pointer into the order that a refusal of its content names, such as `/options/3/option_sets/1`."""
    found = _POINTER.search(message or "")
    return found[1] if found else None
