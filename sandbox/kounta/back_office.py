"""What a company has set up in its back office. Money is Decimal in its currency, before tax."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class SetUp(BaseModel):
    """A part of the set-up; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Tax(SetUp):
    """A tax rate, 0.1 = 10 %."""

    id: int = 91
    name: str = "GST"
    rate: Decimal = Decimal("0.1")


class Register(SetUp):
    """One till. `sale_prefix` begins its sale numbers."""

    id: int
    code: str = "T1"
    name: str
    sale_prefix: str = "SP"


class Section(SetUp):
    """A part of a site's floor and what its tables are called."""

    name: str
    tables: list[str]


class Site(SetUp):
    """One restaurant. `pass_thru_register` is the register that prints pass-thru orders; the first when left out.
    Without sections it has not got the Tables add-on."""

    id: int
    name: str
    registers: list[Register] = Field(min_length=1)
    sections: list[Section] = []
    pass_thru_register: int | None = None

    @property
    def printing_register(self) -> Register:
        """The default pass-thru register."""
        return self.register(self.pass_thru_register) or self.registers[0]

    def register(self, register_id: int | None) -> Register | None:
        """One of its registers by id."""
        return next((till for till in self.registers if till.id == register_id), None)


class Category(SetUp):
    """A heading of the menu."""

    id: int
    name: str


class Course(SetUp):
    """A course of a meal; `ordinal` is its place, 1 = first."""

    ordinal: int
    name: str


class SetOption(SetUp):
    """A product that an option set offers; `unit_price` (before tax) is its price in that set, else the product's."""

    product_id: int
    unit_price: Decimal | None = None


class OptionSet(SetUp):
    """A choice that belongs to a product. `instructions`: No, Extra, Only and On Side may be said of its options."""

    id: int
    name: str
    min: int = 0
    max: int | None = None
    instructions: bool = False
    options: list[SetOption] = []

    def option(self, product_id: int) -> SetOption | None:
        """What it offers, by product."""
        return next((option for option in self.options if option.product_id == product_id), None)


class Product(SetUp):
    """Something to sell; `unit_price` is before tax. `option_sets` and `modifiers` are the ids of what goes with it."""

    id: int
    name: str
    code: str = ""
    unit_price: Decimal
    sku: str | None = None
    docket_name: str | None = None
    image: str | None = None
    tags: list[str] = []
    categories: list[int] = []
    option_sets: list[int] = []
    modifiers: list[int] = []
    is_modifier: bool = False
    course: int | None = None
    variant_parent_id: int | None = None
    sold: bool = True
    purchased: bool = False
    inventoried: bool = False


class PaymentMethod(SetUp):
    """A way to pay. `client_id`: the app whose own method it is."""

    id: int
    name: str
    ledger_code: str = ""
    client_id: str | None = None


class StaffMember(SetUp):
    """Somebody who works a register."""

    id: int
    first_name: str
    last_name: str


class Company(SetUp):
    """One Kounta account with everything set up in its back office."""

    id: int
    name: str
    currency: str = "AUD"
    utc_offset: str = Field(default="+11:00", pattern=r"^[+-]\d\d:\d\d$")
    timezone: str = "Australia/Sydney"
    tax: Tax = Tax()
    sites: list[Site] = Field(min_length=1)
    products: list[Product] = []
    option_sets: list[OptionSet] = []
    categories: list[Category] = []
    courses: list[Course] = []
    payment_methods: list[PaymentMethod] = []
    staff: list[StaffMember] = []

    def site(self, site_id: int) -> Site | None:
        """A site by id."""
        return next((site for site in self.sites if site.id == site_id), None)

    def register(self, register_id: int) -> tuple[Site, Register] | None:
        """A register by id, with its site."""
        return next(
            ((site, till) for site in self.sites for till in site.registers if till.id == register_id),
            None,
        )

    def product(self, product_id: int) -> Product | None:
        """A product by id."""
        return next((product for product in self.products if product.id == product_id), None)

    def payment_method(self, method_id: int) -> PaymentMethod | None:
        """A payment method by id."""
        return next((method for method in self.payment_methods if method.id == method_id), None)

    def option_set(self, option_set_id: int) -> OptionSet | None:
        """An option set by id."""
        return next((one for one in self.option_sets if one.id == option_set_id), None)

    def course(self, ordinal: int | None) -> Course | None:
        """A course by its place."""
        return next((course for course in self.courses if course.ordinal == ordinal), None)

    def method_of(self, client_id: str | None) -> PaymentMethod | None:
        """The payment method that an app is itself."""
        own = [method for method in self.payment_methods if client_id is not None and method.client_id == client_id]
        return own[0] if own else None
