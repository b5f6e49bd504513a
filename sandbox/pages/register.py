"""What the register page shows: the sites, and one site's orders with everything needed to act on them."""

from __future__ import annotations

import secrets
from decimal import Decimal
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.templating import Jinja2Templates

from sandbox.core import Sandbox
from sandbox.kounta.back_office import Company
from sandbox.kounta.catalogue import site_online
from sandbox.kounta.menu import site_products
from sandbox.kounta.models import ChosenOption, Order
from sandbox.kounta.refusals import RefusalError
from sandbox.kounta.totals import to_cent

CLOSED_SHOWN = 30
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class RegisterPages:
    """The pages of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._state = sandbox.kounta.state
        # A page that outlives a restart must not take the new run's version for the old one's.
        self._run = secrets.token_hex(4)
        self._templates = Jinja2Templates(directory=Path(__file__).parent / "templates")

    async def sites(self, request: Request) -> HTMLResponse:
        """The list of sites."""
        with self._sandbox.lock:
            shown = [
                {
                    "id": site.id,
                    "name": site.name,
                    "company": company.name,
                    "online": site_online(self._state, site),
                    "waiting": sum(
                        order.site_id == site.id and order.status == "SUBMITTED" and not order.deleted
                        for order in self._state.orders
                    ),
                }
                for company in self._state.companies
                for site in company.sites
            ]
        return self._templates.TemplateResponse(request, "sites.html", {"sites": shown}, headers=SECURITY_HEADERS)

    async def register(self, request: Request) -> Response:
        """The register of one site."""
        found = self._find(request.path_params["site_id"])
        if found is None:
            return Response("There is no such site.", 404)
        company, site_id = found
        site = company.site(site_id)
        context = {"site": site, "company": company}
        return self._templates.TemplateResponse(request, "register.html", context, headers=SECURITY_HEADERS)

    async def orders(self, request: Request) -> Response:
        """One site's orders; 204 when nothing has changed since the version the page has `seen`."""
        found = self._find(request.path_params["site_id"])
        if found is None:
            return JSONResponse({"detail": "There is no such site."}, 404)
        with self._sandbox.lock:
            version = f"{self._run}-{self._state.version}"
            if request.query_params.get("seen") == version:
                return Response(status_code=204)
            return JSONResponse({"version": version, **self._shown(*found)}, headers={"Cache-Control": "no-store"})

    def _find(self, site_id: int) -> tuple[Company, int] | None:
        try:
            return self._state.company_of_site(site_id), site_id
        except RefusalError:
            return None

    def _shown(self, company: Company, site_id: int) -> dict[str, Any]:
        site = company.site(site_id)
        online = site is None or site_online(self._state, site)
        mine = [order for order in self._state.orders.newest_first() if order.site_id == site_id]
        waiting = [order for order in mine if order.status == "SUBMITTED" and not order.deleted]
        closed = [order for order in mine if order.deleted or order.status in {"COMPLETE", "REJECTED"}]
        shown_closed = {order.id for order in closed[:CLOSED_SHOWN]}
        open_ids = {order.id for order in mine} - {order.id for order in closed}
        if not online:
            # Orders made while no device is in use stay in the cloud: nobody at the venue sees them.
            open_ids -= {order.id for order in waiting}
        visible = [order for order in mine if order.id in open_ids | shown_closed]
        products = site_products(self._state, company, site) if site is not None else []
        return {
            "online": online,
            "in_cloud": 0 if online else len(waiting),
            "currency": company.currency,
            "orders": [self._card(order) for order in visible],
            "products": [
                {
                    "id": product.id,
                    "name": product.name,
                    "price": str(to_cent(product.unit_price * (1 + company.tax.rate))),
                }
                for product in products
                if not product.is_modifier
            ],
            "methods": [{"id": method.id, "name": method.name} for method in company.payment_methods],
        }

    def _lines(self, order: Order) -> list[dict[str, Any]]:
        company = self._state.company(order.company_id)
        depths: dict[int, tuple[int, str | None]] = {}

        def visit(chosen: ChosenOption, depth: int) -> None:
            depths[chosen.line_number] = (depth, chosen.instructions)
            for option in (option for one in chosen.option_sets for option in one.options):
                visit(option, depth + 1)

        for chosen in order.options:
            visit(chosen, 0)
        return [
            {
                "quantity": f"{line.quantity.normalize():f}".replace("-", "\N{MINUS SIGN}"),
                "name": line.product_name,
                "notes": line.notes,
                "depth": depths.get(line.number, (0, None))[0],
                "instructions": depths.get(line.number, (0, None))[1],
                "modifiers": [_modifier(company, modifier) for modifier in line.modifiers],
                "total": str(to_cent(line.total_ex_tax + line.total_tax)),
            }
            for line in order.lines
        ]

    def _tags(self, order: Order) -> list[str]:
        known = self._state.company(order.company_id).register(order.printed_by or 0)
        tags = []
        if order.pass_thru_printing:
            tags.append(f"Pass-thru · printed by {known[1].name}" if known is not None else "Pass-thru")
        if order.group_id is not None:
            tags.append(f"Group {order.group_id}{' · finalised' if order.group_finalised else ''}")
        if order.is_refund:
            tags.append("Refund")
        return tags

    def _card(self, order: Order) -> dict[str, Any]:
        customer = self._state.customer_of(order)
        return {
            "id": str(order.id),
            "sale_number": order.sale_number,
            "status": "DELETED" if order.deleted else order.status,
            "notes": order.notes,
            "order_type": order.order_type,
            "guests": order.guests,
            "customer": f"{customer.first_name} {customer.last_name}".strip() if customer is not None else None,
            "phone": customer.phone if customer is not None else None,
            "lines": self._lines(order),
            "tags": self._tags(order),
            "group_id": order.group_id,
            "group_finalised": order.group_finalised,
            "service": str(to_cent(order.tip_service)) if order.tip_service else None,
            "service_due": str(to_cent(order.tip_service_due)),
            "due_without_service": str(to_cent(max(order.due - order.tip_service_due, Decimal(0)))),
            "payments": [
                {
                    "method": payment.method_name,
                    "amount": str(payment.amount),
                    "ref": payment.ref,
                    "tip": str(to_cent(payment.tip)) if payment.tip else None,
                }
                for payment in order.payments
            ],
            "total": str(order.total),
            "paid": str(to_cent(order.paid)),
            "due": str(to_cent(max(order.due, Decimal(0)))),
            "locks": order.lock,
            "chime": order.enable_alert_sound,
            "asks_reason": order.prompt_for_reject_reason,
            "reject_reason": order.reject_reason[0]["notes"] if order.reject_reason else None,
            "created_at": order.created_at.isoformat(),
            "from_app": order.client_id is not None,
            "notices": [
                {
                    "id": notice.id,
                    "message": notice.message,
                    "colour": notice.alert_colour,
                    "at": notice.created_at.isoformat(),
                }
                for notice in order.notices
            ],
        }


def _modifier(company: Company, modifier: int) -> str:
    product = company.product(abs(modifier))
    name = product.name if product is not None else str(abs(modifier))
    return f"No {name.lower()}" if modifier < 0 else name
