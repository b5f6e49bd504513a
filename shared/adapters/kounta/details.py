"""What of Kounta's JSON is shown but never decided by: strange values here count as not told, and spoil no order."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from shared.adapters.http.foreign import Foreign, Moment, OptionalAmount, OptionalId, Text, Whole, as_text
from shared.domain.orders.pos_order import PosCustomer, PosOption, PosOptionSet, PosTax

T = TypeVar("T")


def _or_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


def _objects(value: object) -> object:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _texts(value: object) -> object:
    return [text for each in value if (text := as_text(each))] if isinstance(value, list) else None


IfAny = WrapValidator(_or_none)
AmountIfAny = Annotated[OptionalAmount, IfAny]
MomentIfAny = Annotated[Moment, IfAny]
FlagIfAny = Annotated[bool | None, BeforeValidator(lambda value: value if isinstance(value, bool) else None)]
Objects = Annotated[tuple[T, ...], BeforeValidator(_objects)]
Texts = Annotated[tuple[str, ...] | None, BeforeValidator(_texts)]
"""Texts or whole numbers in a list; None when it is no list."""


class Named(Foreign):
    """A thing with an id and a name."""

    id: OptionalId = None
    name: Text = None


class Product(Named):
    """The product of a line; `sku` when one is set (Kounta docs: Get an order)."""

    sku: Text = None


class KountaTax(Named):
    """A tax on a line."""

    rate: AmountIfAny = None


class KountaCustomer(Foreign):
    """The customer of an order."""

    id: OptionalId = None
    first_name: Text = None
    last_name: Text = None
    email: Text = None


class KountaOption(Foreign):
    """A product chosen with or in an option set."""

    product_id: OptionalId = None
    name: Text = None
    line_number: Whole = None
    unit_price: AmountIfAny = None
    unit_tax: AmountIfAny = None
    taxes: Objects[KountaTax] = ()
    instructions: Text = None
    option_sets: Objects[KountaOptionSet] = ()


class KountaOptionSet(Foreign):
    """What was chosen of one option set."""

    option_set_id: OptionalId = None
    name: Text = None
    options: Objects[KountaOption] = ()


KountaOption.model_rebuild()


def tax_of(tax: KountaTax) -> PosTax:
    """A tax as ours."""
    return PosTax(tax.id, tax.name, tax.rate)


def option_of(option: KountaOption) -> PosOption:
    """An option with all that is nested in it."""
    return PosOption(
        product_id=option.product_id,
        name=option.name,
        line_number=option.line_number,
        unit_price=option.unit_price,
        unit_tax=option.unit_tax,
        taxes=tuple(tax_of(tax) for tax in option.taxes),
        instructions=option.instructions,
        option_sets=tuple(
            PosOptionSet(one.option_set_id, one.name, tuple(option_of(each) for each in one.options))
            for one in option.option_sets
        ),
    )


def customer_of(customer: KountaCustomer | None, customer_id: str | None) -> PosCustomer | None:
    """The linked customer; of one that is only named by id, no more is known."""
    if customer is None:
        return PosCustomer(customer_id) if customer_id else None
    return PosCustomer(customer.id or customer_id, customer.first_name, customer.last_name, customer.email)
