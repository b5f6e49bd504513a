"""What a back office has set up: company, sites, registers, staff, payment methods, products."""

from __future__ import annotations

from sandbox.kounta.models import Company, Product, Register, Site
from sandbox.kounta.refusals import RefusalError, not_found
from sandbox.kounta.state import KountaState
from sandbox.kounta.totals import to_unit
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


def site_status_json(state: KountaState, site: Site) -> Json:
    """`GET …/sites/{id}/status`: online means that at least one device is in use."""
    condition = state.switches.site(site.id)
    printing_offline = condition.pass_thru_register_offline or condition.site_offline
    till = site.registers[0]
    return {
        "site_id": site.id,
        "status": "offline" if condition.site_offline else "online",
        "online_ordering": "offline" if condition.online_ordering_paused else "online",
        "pass_thru_printing_register": {
            "id": till.id,
            "name": till.name,
            "status": "offline" if printing_offline else "online",
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
    return [method.model_dump() for method in company.payment_methods]


def product_json(product: Product) -> Json:
    """A product as company lists show it."""
    return {"id": product.id, "name": product.name, "code": product.code, "number": product.code, "show_online": True}


def site_product_json(state: KountaState, company: Company, site: Site, product: Product) -> Json:
    """A product with its price and availability at a site."""
    tax = to_unit(product.unit_price * company.tax.rate)
    return {
        **product_json(product),
        "unit_price": to_unit(product.unit_price + tax),
        "unit_price_ex_tax": product.unit_price,
        "unit_tax": tax,
        "is_available": product.id not in state.switches.site(site.id).product_out_of_stock,
    }


def site_products(state: KountaState, company: Company, site: Site) -> list[Product]:
    """What the site sells."""
    gone = state.switches.site(site.id).product_gone
    return [product for product in company.products if product.id not in gone]
