"""What a back office has set up: company, sites, registers, staff, payment methods; the menu is in `menu.py`."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.kounta import menu
from sandbox.kounta.back_office import Company, Register, Site
from sandbox.kounta.refusals import RefusalError, not_found
from sandbox.kounta.state import KountaState
from sandbox.messages import Json


def company_json(company: Company) -> Json:
    """`GET companies/{id}`."""
    registers = sum(len(site.registers) for site in company.sites)
    return {
        "id": company.id,
        "name": company.name,
        "currency": company.currency,
        "timezone": {"offset": company.utc_offset, "name": company.timezone},
        "sites": {"count": len(company.sites)},
        "registers": {"count": registers, "limit": None},
    }


def find_site(company: Company, site_id: int) -> Site:
    """A site; raises RefusalError 404."""
    site = company.site(site_id)
    if site is None:
        raise not_found()
    return site


def site_json(site: Site) -> Json:
    """`GET …/sites/{id}`."""
    return {"id": site.id, "name": site.name, "code": "", "registers": {"count": len(site.registers)}}


def register_online(state: KountaState, site: Site, register: Register) -> bool:
    """Whether a device is in use at this register."""
    condition = state.switches.site(site.id)
    return not condition.site_offline and register.id not in condition.registers_offline


def register_prints(state: KountaState, site: Site, register: Register) -> bool:
    """Whether it can print pass-thru orders now."""
    return register_online(state, site, register) and not state.switches.site(site.id).pass_thru_register_offline


def site_online(state: KountaState, site: Site) -> bool:
    """Whether at least one device is in use."""
    return any(register_online(state, site, register) for register in site.registers)


def site_status_json(state: KountaState, site: Site) -> Json:
    """`GET …/sites/{id}/status`: online means that at least one device is in use."""
    till = site.printing_register
    return {
        "site_id": site.id,
        "status": _word(site_online(state, site)),
        "online_ordering": _word(not state.switches.site(site.id).online_ordering_paused),
        "pass_thru_printing_register": {
            "id": till.id,
            "name": till.name,
            "status": _word(register_prints(state, site, till)),
        },
    }


def tables_json(site: Site) -> Json:
    """`GET …/sites/{id}/tables`, abridged: no order of the API's stands on a table. Raises RefusalError 403 without the
    Tables add-on."""
    if not site.sections:
        raise RefusalError(403, "The Tables add-on is not enabled for this site")
    return [
        {"name": section.name, "tables": [{"name": name, "orders": []} for name in section.tables]}
        for section in site.sections
    ]


def register_json(site: Site, register: Register) -> Json:
    """`GET …/registers/{id}`."""
    return {
        "id": register.id,
        "code": register.code,
        "name": register.name,
        "site_id": site.id,
        "sale_prefix": register.sale_prefix,
    }


def registers_json(company: Company, site_id: int | None = None) -> Json:
    """Registers of the company or of one site."""
    sites = [find_site(company, site_id)] if site_id is not None else company.sites
    return [register_json(site, register) for site in sites for register in site.registers]


def find_register(company: Company, register_id: int) -> Json:
    """One register; raises RefusalError 404."""
    known = company.register(register_id)
    if known is None:
        raise not_found()
    return register_json(*known)


def staff_json(company: Company) -> Json:
    """`GET …/staff`."""
    return [member.model_dump() for member in company.staff]


def payment_methods_json(company: Company) -> Json:
    """`GET …/payment_methods`."""
    return [method.model_dump(exclude={"client_id"}) for method in company.payment_methods]


def _word(online: bool) -> str:
    return "online" if online else "offline"


def shown(state: KountaState, company: Company, shape: str, ids: tuple[int, ...], query: dict[str, str]) -> Json:
    """What stands at a path of the back office, `#` being its ids; raises RefusalError 404 for what does not exist."""
    if shape.startswith("sites/#"):
        return _of_site(state, company, find_site(company, ids[0]), shape, ids[1:], query)
    shapes: dict[str, Callable[[], Json]] = {
        "sites": lambda: [site_json(site) for site in company.sites],
        "status": lambda: [site_status_json(state, site) for site in company.sites],
        "registers": lambda: registers_json(company),
        "registers/#": lambda: find_register(company, ids[0]),
        "staff": lambda: staff_json(company),
        "payment_methods": lambda: payment_methods_json(company),
        "categories": lambda: menu.categories_json(company, company.products),
        "products": lambda: [menu.product_json(one) for one in menu.matching(company.products, query)],
        "products/#": lambda: menu.product_json(menu.find_product(company.products, ids[0])),
        "products/#/modifiers": lambda: menu.modifiers_json(company, ids[0]),
    }
    return shapes[shape]()


def _of_site(
    state: KountaState, company: Company, site: Site, shape: str, ids: tuple[int, ...], query: dict[str, str]
) -> Json:
    sold = menu.site_products(state, company, site)
    shapes: dict[str, Callable[[], Json]] = {
        "sites/#": lambda: site_json(site),
        "sites/#/status": lambda: site_status_json(state, site),
        "sites/#/registers": lambda: registers_json(company, site.id),
        "sites/#/tables": lambda: tables_json(site),
        "sites/#/categories": lambda: menu.categories_json(company, sold),
        "sites/#/inventory": lambda: menu.inventory_json(state, site, sold),
        "sites/#/products": lambda: menu.site_products_json(state, company, site, query),
        "sites/#/products/#": lambda: menu.site_product_json(
            state, company, site, menu.find_product(sold, ids[0]), query.get("fields")
        ),
    }
    return shapes[shape]()
