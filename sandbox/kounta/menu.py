"""The menu: products with their prices and availability at a site, option sets, modifiers (Kounta docs: Products)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sandbox.kounta.back_office import Company, OptionSet, Product, Site
from sandbox.kounta.refusals import not_found
from sandbox.kounta.state import KountaState
from sandbox.kounta.totals import to_unit
from sandbox.messages import Json

IN_STOCK, OUT_OF_STOCK = 100, 0
PRICED = "unit_price,unit_price_ex_tax,unit_tax,availability"
"""What a site's products show when no `fields` are asked for."""


def product_json(product: Product) -> Json:
    """A product as company lists show it."""
    shown = {
        "id": product.id,
        "name": product.name,
        "code": product.code,
        "number": product.code,
        "is_modifier": product.is_modifier,
        "show_online": True,
    }
    return shown | ({"sku": product.sku} if product.sku else {})


def find_product(products: Sequence[Product], product_id: int) -> Product:
    """One of them; raises RefusalError 404."""
    for product in products:
        if product.id == product_id:
            return product
    raise not_found()


def matching(products: Sequence[Product], query: dict[str, str]) -> list[Product]:
    """Those that `tag`, `name` (a part of it), `exactname`, `sku` and `ids` let through."""
    ids = query["ids"].split(",") if "ids" in query else None
    return [
        product
        for product in products
        if query.get("tag", "") in ("", *product.tags)
        and query.get("name", "").lower() in product.name.lower()
        and query.get("exactname", product.name).lower() == product.name.lower()
        and query.get("sku", product.sku) == product.sku
        and (ids is None or str(product.id) in ids)
    ]


def modifiers_json(company: Company, product_id: int) -> Json:
    """`GET …/products/{id}/modifiers`."""
    wanted = find_product(company.products, product_id).modifiers
    return [product_json(product) for product in company.products if product.id in wanted]


def categories_json(company: Company, products: Sequence[Product]) -> Json:
    """Categories with the number of products in each."""
    return [
        {"id": one.id, "name": one.name, "products": {"count": sum(one.id in each.categories for each in products)}}
        for one in company.categories
    ]


def inventory_json(state: KountaState, site: Site, products: Sequence[Product]) -> Json:
    """`GET …/sites/{id}/inventory`: the stock of what is counted."""
    gone = state.switches.site(site.id).product_out_of_stock
    return [
        {"id": product.id, "stock": OUT_OF_STOCK if product.id in gone else IN_STOCK}
        for product in products
        if product.inventoried
    ]


def site_products(state: KountaState, company: Company, site: Site) -> list[Product]:
    """What the site sells."""
    gone = state.switches.site(site.id).product_gone
    return [product for product in company.products if product.id not in gone]


def site_products_json(state: KountaState, company: Company, site: Site, query: dict[str, str]) -> Json:
    """`GET …/sites/{id}/products`: by `fields`, `is_available`, `sold`, `purchased`, `inventoried` and its texts."""
    products = matching(site_products(state, company, site), query)
    for flag in ("sold", "purchased", "inventoried"):
        if flag in query:
            products = [product for product in products if getattr(product, flag) == (query[flag] != "false")]
    if query.get("is_available") == "true":
        products = [product for product in products if is_available(state, site, product.id)]
    return [site_product_json(state, company, site, product, query.get("fields")) for product in products]


def is_available(state: KountaState, site: Site, product_id: int) -> bool:
    """Sold at the site and in stock there."""
    condition = state.switches.site(site.id)
    return product_id not in condition.product_gone and product_id not in condition.product_out_of_stock


def site_product_json(
    state: KountaState, company: Company, site: Site, product: Product, fields: str | None = None
) -> Json:
    """A product at a site with the fields asked for, or its price and availability."""
    tax = to_unit(product.unit_price * company.tax.rate)
    categories = [one for one in company.categories if one.id in product.categories]
    option_sets = [one for one in map(company.option_set, product.option_sets) if one is not None]
    variants = [one.id for one in company.products if one.variant_parent_id == product.id]
    known: dict[str, Callable[[], Json]] = {
        "image": lambda: {"image": product.image},
        "categories": lambda: {"categories": [{"id": one.id, "name": one.name} for one in categories]},
        "option_sets": lambda: {"option_sets": [option_set_json(state, company, site, one) for one in option_sets]},
        "availability": lambda: {"is_available": is_available(state, site, product.id)},
        "unit_price": lambda: {"unit_price": to_unit(product.unit_price + tax)},
        "unit_price_ex_tax": lambda: {"unit_price_ex_tax": product.unit_price},
        "unit_tax": lambda: {"unit_tax": tax},
        "variants": lambda: {"variants": variants},
        "variant_parent_id": lambda: {"variant_parent_id": product.variant_parent_id},
        "docket_name": lambda: {"docket_name": product.docket_name or product.name},
    }
    shown: Json = product_json(product)
    for name in (PRICED if fields is None else fields).split(","):
        if name in known:
            shown |= known[name]()
    return shown


def option_set_json(state: KountaState, company: Company, site: Site, option_set: OptionSet) -> Json:
    """An option set and what it offers, without what the site no longer sells. Its shape is our guess."""
    offered = []
    for option in option_set.options:
        product = company.product(option.product_id)
        if product is None or product.id in state.switches.site(site.id).product_gone:
            continue
        price = product.unit_price if option.unit_price is None else option.unit_price
        offered.append(
            {
                "product_id": product.id,
                "name": product.name,
                "unit_price": to_unit(price * (1 + company.tax.rate)),
                "unit_price_ex_tax": price,
                "is_available": is_available(state, site, product.id),
                "option_sets": product.option_sets,
            }
        )
    return {
        "id": option_set.id,
        "name": option_set.name,
        "min": option_set.min,
        "max": option_set.max,
        "instructions": option_set.instructions,
        "options": offered,
    }
