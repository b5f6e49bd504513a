"""The parts of an order in foreign JSON: numbers and ids as platforms write them, lines, options, payments.

Unknown members are refused: one that is misspelled must not silently lose a discount.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from shared.domain.errors import BadInputError, InputProblem
from shared.domain.money import amount
from shared.domain.orders.request import LineRequest, OptionRequest, OptionSetRequest, PaymentRequest
from shared.web.foreign import MOST_PROBLEMS, read_as

M = TypeVar("M", bound=BaseModel)

MOST_LINES, MOST_OPTIONS, MOST_PAYMENTS = 500, 200, 50
MOST_MODIFIERS, MOST_OPTION_SETS = 100, 50
MOST_MONEY = 10_000_000
"""In the venue's currency. Nothing real costs more, and no sum of it overflows."""
MOST_PIECES = 100_000
MOST_COEFFICIENT = 100
PRICE_DECIMALS, MONEY_DECIMALS, COEFFICIENT_DECIMALS, QUANTITY_DECIMALS = 4, 2, 6, 4
DEEPEST_OPTION_SETS = 8
HIGHEST_ID = 2**63 - 1
LONGEST_NOTES = 4000

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_MOST_DIGITS, _HIGHEST_EXPONENT = 24, 14
_ID = re.compile(r"[0-9]{1,19}")
_HOLD_PARTS = ("lines", "options", "option_sets")


def _decimal(value: object) -> Decimal:
    """In the one spelling of each number: no zeros at the end, no exponent, no negative zero."""
    if isinstance(value, str) and not _DECIMAL.fullmatch(value):
        raise ValueError('a decimal is a number, or a string such as "45.50"')
    parsed = amount(value)
    if not parsed:
        return Decimal(0)
    if len(parsed.as_tuple().digits) > _MOST_DIGITS or parsed.adjusted() > _HIGHEST_EXPONENT:
        raise ValueError("a number with so many digits is not taken")
    plain = parsed.normalize()
    return plain.quantize(Decimal(1)) if plain == plain.to_integral_value() else plain


def _decimal_between(least: int, most: int, decimals: int) -> Any:
    sign = "-?" if least < 0 else ""
    schema = {
        "anyOf": [
            {"type": "number", "minimum": least, "maximum": most},
            {"type": "string", "pattern": rf"^{sign}[0-9]{{1,15}}(\.[0-9]{{1,{decimals}}}0*)?$"},
        ],
        "description": f"{least} to {most}, at most {decimals} decimals.",
    }
    limits = Field(ge=least, le=most, decimal_places=decimals)
    return Annotated[Decimal, BeforeValidator(_decimal), limits, WithJsonSchema(schema)]


def _pos_id(value: object, *, may_be_negative: bool = False) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    digits = text.removeprefix("-") if isinstance(text, str) and may_be_negative else text
    if isinstance(text, str) and isinstance(digits, str) and _ID.fullmatch(digits) and 0 < int(digits) <= HIGHEST_ID:
        return str(int(text))
    raise ValueError(f"an id of the POS is a whole number up to {HIGHEST_ID} and not 0, as a number or its digits")


def _signed_pos_id(value: object) -> str:
    return _pos_id(value, may_be_negative=True)


def _id_schema(least: int) -> WithJsonSchema:
    pattern = "^-?[0-9]{1,19}$" if least < 0 else "^[0-9]{1,19}$"
    number = {"type": "integer", "minimum": least, "maximum": HIGHEST_ID}
    return WithJsonSchema(
        {"anyOf": [number, {"type": "string", "pattern": pattern}], "description": "An id of the POS."}
    )


def _no_quantity(_: object) -> object:
    raise ValueError("an option has no quantity: repeat the entry")


Price: Any = _decimal_between(0, MOST_MONEY, PRICE_DECIMALS)
Variation: Any = _decimal_between(-MOST_MONEY, MOST_MONEY, PRICE_DECIMALS)
Coefficient: Any = _decimal_between(0, MOST_COEFFICIENT, COEFFICIENT_DECIMALS)
Quantity: Any = _decimal_between(-MOST_PIECES, MOST_PIECES, QUANTITY_DECIMALS)
Money: Any = _decimal_between(-MOST_MONEY, MOST_MONEY, MONEY_DECIMALS)
PosId = Annotated[str, BeforeValidator(_pos_id), _id_schema(1)]
SignedPosId = Annotated[str, BeforeValidator(_signed_pos_id), _id_schema(-HIGHEST_ID)]
Short = Annotated[str, StringConstraints(max_length=200)]
Notes = Annotated[str, StringConstraints(max_length=LONGEST_NOTES)]
NOT_A_REGISTER = "is not a register of this venue"
Ref = Annotated[str, StringConstraints(min_length=1, max_length=255)]
SaleNumber = Annotated[str, StringConstraints(min_length=1, max_length=50)]
Flag = Annotated[bool, Field(strict=True)]
Guests = Annotated[int, Field(ge=0, le=9999, strict=True)]
OrderType = Literal["Dine in", "Takeaway", "Pickup", "Delivery", "Catering", "Drive Thru"]
Lock = Annotated[list[Literal["NEW_LINES", "PAYMENTS", "APP_PAYMENT", "DELETE", "ALL"]], Field(max_length=10)]
Modifiers = Annotated[list[SignedPosId], Field(max_length=MOST_MODIFIERS)]


class OrderInput(BaseModel):
    """Foreign JSON with these members and no others."""

    model_config = ConfigDict(extra="forbid", strict=False, coerce_numbers_to_str=False)


class OrderOption(OrderInput):
    """A product with what is chosen of its option sets. It has no quantity: it is repeated."""

    product_id: PosId
    unit_price: Price | None = Field(default=None, description="Without tax.")
    unit_price_inc_tax: Price | None = Field(default=None, description="Counts only without `unit_price`.")
    instructions: Literal["No", "Extra", "Only", "On Side"] | None = None
    option_sets: Annotated[list[OrderOptionSet], Field(max_length=MOST_OPTION_SETS)] = Field(default_factory=list)
    quantity: SkipJsonSchema[Annotated[object, BeforeValidator(_no_quantity)]] = Field(default=None, exclude=True)


class OrderOptionSet(OrderInput):
    """What is chosen of one option set."""

    option_set_id: PosId
    options: Annotated[list[OrderOption], Field(max_length=MOST_OPTIONS)]


class OrderLine(OrderInput):
    """One line. Without any price, the site's price counts."""

    product_id: PosId
    quantity: Quantity = Field(default=Decimal(1), description="Negative only on a refund.")
    unit_price: Price | None = Field(default=None, description="Without tax.")
    unit_price_inc_tax: Price | None = Field(default=None, description="Counts only without `unit_price`.")
    price_variation: Coefficient | None = Field(default=None, description="0.9: 10 % off.")
    price_fixed_variation: Variation | None = Field(default=None, description="-2.00: 2.00 off.")
    notes: Notes | None = None
    modifiers: Modifiers = Field(default_factory=list, description="Products; a negative one is left out.")
    option_sets: Annotated[list[OrderOptionSet], Field(max_length=MOST_OPTION_SETS)] = Field(
        default_factory=list, description="Instead of modifiers."
    )


class OrderPayment(OrderInput):
    """A payment; negative only on a refund."""

    amount: Money = Field(description="Without the tip.")
    method_id: PosId | None = None
    ref: Ref | None = None
    tip: Money | None = None


def read_parts(model: type[M], content: object, what: str) -> M:
    """As `read_as`, of what may hold option sets in option sets: nobody nests them deeper than we look."""
    refuse(_too_deep(content), what)
    return read_as(model, content, what)


def line_of(given: OrderLine) -> LineRequest:
    """The line in our words."""
    return LineRequest(
        product_id=given.product_id,
        quantity=given.quantity,
        unit_price=given.unit_price,
        unit_price_inc_tax=given.unit_price_inc_tax,
        price_variation=given.price_variation,
        price_fixed_variation=given.price_fixed_variation,
        notes=given.notes,
        modifiers=tuple(given.modifiers),
        option_sets=_option_sets_of(given.option_sets),
    )


def option_of(given: OrderOption) -> OptionRequest:
    """The product with its option sets in our words."""
    return OptionRequest(
        product_id=given.product_id,
        unit_price=given.unit_price,
        unit_price_inc_tax=given.unit_price_inc_tax,
        instructions=given.instructions,
        option_sets=_option_sets_of(given.option_sets),
    )


def payment_of(given: OrderPayment) -> PaymentRequest:
    """The payment in our words."""
    return PaymentRequest(given.amount, given.method_id, given.ref, given.tip)


def refuse(problems: tuple[InputProblem, ...], what: str) -> None:
    """Raises BadInputError if there are problems; `what` says what has them."""
    if problems:
        raise BadInputError(f"{what} breaks a rule", problems=problems[:MOST_PROBLEMS])


def _too_deep(content: object) -> tuple[InputProblem, ...]:
    found: list[InputProblem] = []
    open_ends: list[tuple[str, object, int]] = [("", content, 0)]
    while open_ends:
        at, value, depth = open_ends.pop()
        if depth > DEEPEST_OPTION_SETS:
            found.append(InputProblem(at, f"option sets are nested at most {DEEPEST_OPTION_SETS} deep"))
        elif isinstance(value, list):
            open_ends += [(f"{at}/{place}", each, depth) for place, each in enumerate(value)]
        elif isinstance(value, dict):
            parts = [(name, value[name]) for name in _HOLD_PARTS if isinstance(value.get(name), list) and value[name]]
            open_ends += [(f"{at}/{name}", part, depth + (name == "option_sets")) for name, part in parts]
    return tuple(found)


def _option_sets_of(given: list[OrderOptionSet]) -> tuple[OptionSetRequest, ...]:
    return tuple(OptionSetRequest(each.option_set_id, tuple(map(option_of, each.options))) for each in given)
