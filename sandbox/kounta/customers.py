"""Customers: found by reference, email or name and phone; created (Kounta docs: Customers)."""

from __future__ import annotations

import re

from sandbox.kounta.back_office import Company
from sandbox.kounta.models import Customer
from sandbox.kounta.order_schema import CUSTOMER_CHANGES, NEW_CUSTOMER
from sandbox.kounta.refusals import RefusalError, not_found
from sandbox.kounta.state import KountaState
from sandbox.messages import Json

FIRST_CUSTOMER_ID = 4_289_001


def customers_of(state: KountaState, company: Company) -> list[Customer]:
    """A company's customers, oldest first."""
    return [customer for customer in state.customers if customer.company_id == company.id]


def by_reference(state: KountaState, company: Company, client_id: str, reference: str) -> list[Customer]:
    """Customers that bear this client's reference: an empty list when there is none."""
    return [one for one in customers_of(state, company) if one.references.get(client_id) == reference]


def by_contact(state: KountaState, company: Company, query: dict[str, str]) -> Customer:
    """The customer with this email, or this name and phone; raises RefusalError 404, 400 for other queries."""
    if "email" in query:
        email = query["email"].strip().lower()
        fits = [one for one in customers_of(state, company) if (one.email or "").lower() == email]
    elif {"first_name", "last_name", "phone"} <= query.keys():
        wanted = (query["first_name"].lower(), query["last_name"].lower(), _digits(query["phone"]))
        fits = [
            one
            for one in customers_of(state, company)
            if (one.first_name.lower(), one.last_name.lower(), _digits(one.phone or "")) == wanted
        ]
    else:
        raise RefusalError(400, "Customers are found by reference_id, by email, or by first_name, last_name and phone.")
    if not fits:
        raise not_found()
    return fits[0]


def create_customer(state: KountaState, company: Company, client_id: str, body: Json) -> Customer:
    """Make a customer: `first_name` and one of `email` and `phone`."""
    NEW_CUSTOMER(body, "")
    if not body.get("email") and not body.get("phone"):
        raise RefusalError(400, "Either email or phone must be included.")
    customer = Customer(
        id=state.next_number("customer", FIRST_CUSTOMER_ID), company_id=company.id, first_name=body["first_name"]
    )
    _apply(customer, client_id, body)
    state.customers.put(str(customer.id), customer)
    return customer


def update_customer(state: KountaState, customer: Customer, client_id: str, body: Json) -> None:
    """Change some fields."""
    CUSTOMER_CHANGES(body, "")
    _apply(customer, client_id, body)
    state.customers.put(str(customer.id), customer)


def customer_json(customer: Customer, client_id: str) -> Json:
    """A customer as this client sees it: only its own reference."""
    shown = {
        "id": customer.id,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "email": customer.email,
        "phone": customer.phone,
        **customer.extra,
    }
    reference = customer.references.get(client_id)
    return shown | ({"reference_id": reference} if reference is not None else {})


def _apply(customer: Customer, client_id: str, body: Json) -> None:
    for name in ("first_name", "last_name", "email", "phone"):
        if name in body:
            setattr(customer, name, body[name])
    if "reference_id" in body:
        customer.references[client_id] = body["reference_id"]
    customer.extra |= {name: body[name] for name in ("primary_address", "shipping_address") if name in body}


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)
