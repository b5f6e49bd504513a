"""The simulation's other half: a platform's orders, what is asked of them, menus, driver tracking, and sweeps.

As in `simulation`, only the table and the network are not real. Every request goes through the same door as a
handler's, `PlaceAndChangeOrders`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from shared.adapters.driver_tracking.service import HttpDriverTracking
from shared.adapters.dynamodb.schema import online_record_id, pos_order_pk
from shared.domain.deliveries.platform_event import MENU_WANTED
from shared.domain.errors import NotNowError, OutsideError, ReferenceReusedError
from shared.domain.menu.importing import Edition, MenuHead
from shared.domain.menu.menu import Menu, Product
from shared.domain.online import commands
from shared.domain.online.record import Content, OnlineRecord
from shared.domain.online.refunding import refund_request
from shared.domain.online.taking_up import REGISTER_ON, SITE_OFFLINE
from shared.domain.orders.acts import LineChanges, PaymentChanges, Refund
from shared.domain.orders.fingerprint import fingerprint
from shared.domain.orders.order import Order
from shared.domain.orders.placed import Fulfilment, Handled
from shared.domain.orders.request import (
    LineRequest,
    Notification,
    OptionRequest,
    OptionSetRequest,
    OrderChanges,
    OrderRequest,
    PaymentRequest,
)
from shared.domain.orders.writes import What
from shared.domain.readings import SalesPage
from shared.domain.record import Record
from shared.domain.sweeps import Sweep
from shared.domain.venues import Venue
from shared.usecases.handle_by_hand import HandleByHand
from shared.usecases.look_at_register import LookAtRegister
from shared.usecases.place_and_change_orders import Command, PlaceAndChangeOrders
from shared.usecases.sweep_site import SweepSite
from tests.fake_menus import InMemoryMenuBook
from tests.fakes import UnlimitedPace
from tests.simulation import VENUE, Simulation, WorkerKilledError

ORDERING = "demo-ordering"
LINE = LineRequest("730297", Decimal(2), unit_price_inc_tax=Decimal("12.50"))
EXTRA = LineRequest("730298", Decimal(1), notes="no ice")
PLATE = OptionRequest("730310", option_sets=(OptionSetRequest("501", options=(OptionRequest("730311"),)),))


class InMemorySweeps:
    """How far each site's sweep got."""

    def __init__(self) -> None:
        self.kept: dict[str, Sweep] = {}

    def sweep(self, venue_id: str) -> Sweep | None:
        return self.kept.get(venue_id)

    def save_sweep(self, sweep: Sweep) -> None:
        self.kept[sweep.venue_id] = sweep


class OnlineSimulation(Simulation):
    """A relay and a sandbox, seen from an ordering platform. What is asked answers None, or the code of a refusal."""

    def __init__(self, *, venue: Venue = VENUE, **more: Any) -> None:
        super().__init__(venue=venue, **more)
        self.menus = InMemoryMenuBook()
        self.rejected_by_staff: set[str] = set()
        self._kill_after: int | None = None
        self._menus_wanted = 0
        look = LookAtRegister(self.book, self, self.nudges, pos_order_pk, self.timings, self.clock.now)
        self.advance = replace(
            self.advance, menus=self.menus, tracking_for=self._driver_tracking, look_at_register=look
        )
        self.door = PlaceAndChangeOrders(
            book=self.book,
            nudges=self.nudges,
            now=self.clock.now,
            sleep=self.clock.advance,
            new_order_id=self._new_order_id,
            record_id=online_record_id,
            patience_s=self.timings.command_patience_s,
        )
        self.sweep = SweepSite(
            sweeps=InMemorySweeps(),
            hints=self.book,
            gateway_for=self._gateway,
            pace=UnlimitedPace(),
            nudges=self.nudges,
            news_id=pos_order_pk,
            timings=self.timings,
            now=self.clock.now,
            sleep=self.clock.advance,
        )

    # what is asked

    def place(self, reference: str = "P-1", **more: Any) -> str | None:
        paid = (PaymentRequest(Decimal("25.00"), "2", ref=f"tx-{reference}"),)
        request = OrderRequest(reference, **{"lines": (LINE,), "payments": paid, **more})
        try:
            self.door.place(self._venue, ORDERING, request)
        except ReferenceReusedError as error:
            return error.code
        return None

    def accept(self, reference: str = "P-1") -> str | None:
        return self.ask(reference, lambda record: commands.accept(record, self.clock.now(), ORDERING))

    def progress(self, to: Fulfilment, reference: str = "P-1") -> str | None:
        return self.ask(reference, lambda record: commands.progress(record, to, self.clock.now()))

    def cancel(self, reference: str = "P-1") -> str | None:
        return self.ask(reference, lambda record: commands.cancel(record, self.clock.now(), "changed their mind"))

    def resubmit(self, reference: str = "P-1") -> str | None:
        return self.ask(reference, lambda record: commands.resubmit(record, self.clock.now()))

    def handle(self, reference: str = "P-1", sale_number: str | None = None) -> str | None:
        handled = Handled(self.clock.now(), ORDERING, "typed in", sale_number)
        by_hand = HandleByHand(self.door, self.book, self.timings, self.clock.now)
        try:
            by_hand(self.online_id(reference), handled)
        except NotNowError as error:
            return error.code
        return None

    def refund(self, name: str = "R-1", amount: str | None = None, reference: str = "P-1") -> str | None:
        refund = Refund(name, "cold", amount=Decimal(amount) if amount else None)

        def give_back(record: OnlineRecord) -> commands.Changed:
            main = commands.must_be_complete(record)
            sale = self.book.load_file(self.venue_id, main.pos.order_id or "-").sale
            assert sale is not None
            wanted = refund_request(refund, sale, commands.promised_back(record, but=name))
            new_id = self._new_order_id()
            return commands.refund(
                record, wanted, fingerprint(refund), self._venue, self.clock.now(), new_id, refund.reason
            )[0]

        return self.ask(reference, give_back)

    def change(self, what: What, content: Content, reference: str = "P-1", name: str | None = None) -> str | None:  # type: ignore[override]
        now, why = self.clock.now(), what.value
        return self.ask(
            reference, lambda record: commands.change(record, what, content, now, why=why, reference=name)[0]
        )

    def add_lines(self, reference: str = "P-1", *lines: LineRequest, name: str | None = None) -> str | None:
        return self.change(What.ADD_LINES, Content(lines=lines or (EXTRA,)), reference, name)

    def change_line(self, number: int, reference: str = "P-1", **changes: Any) -> str | None:
        content = Content(number=number, line_changes=LineChanges(**changes))
        return self.change(What.CHANGE_LINE, content, reference)

    def remove_line(self, number: int, reference: str = "P-1") -> str | None:
        return self.change(What.REMOVE_LINE, Content(number=number), reference)

    def add_option_set(self, reference: str = "P-1") -> str | None:
        return self.change(What.ADD_OPTION_SET, Content(option=PLATE), reference)

    def remove_option_set(self, number: int, reference: str = "P-1") -> str | None:
        return self.change(What.REMOVE_OPTION_SET, Content(number=number), reference)

    def pay(self, amount: str = "5.00", ref: str | None = "tx-more", reference: str = "P-1") -> str | None:
        payment = PaymentRequest(Decimal(amount), "2", ref=ref)
        return self.change(What.PAY, Content(payment=payment), reference, ref)

    def tip(self, number: int = 1, tip: str = "3.00", reference: str = "P-1") -> str | None:
        content = Content(number=number, payment_changes=PaymentChanges(tip=Decimal(tip)))
        return self.change(What.CHANGE_PAYMENT, content, reference)

    def patch(self, reference: str = "P-1", **changes: Any) -> str | None:
        return self.change(What.UPDATE, Content(changes=OrderChanges(**changes)), reference)

    def notify(self, message: str = "The driver is here", reference: str = "P-1") -> str | None:
        return self.change(What.NOTIFY, Content(notification=Notification(message)), reference)

    def ask(self, reference: str, command: Command) -> str | None:
        """The command through the door."""
        try:
            self.door.change(self.online_id(reference), command)
        except (NotNowError, ReferenceReusedError) as error:
            return error.code
        return None

    # looks

    def online(self, reference: str = "P-1") -> OnlineRecord:
        record: Record = self.book.records[self.online_id(reference)]
        assert isinstance(record, OnlineRecord)
        return record

    def main(self, reference: str = "P-1") -> Order:
        return self.online(reference).main

    def online_id(self, reference: str = "P-1") -> str:
        return online_record_id(self.venue_id, ORDERING, reference)

    def staff_rejected(self, order: Order) -> bool:
        """Whether it was rejected at the register."""
        return order.pos.order_id in self.rejected_by_staff

    def held(self, reference: str = "P-1") -> dict[str, Any]:
        """The order as the POS has it."""
        pos_id = self.main(reference).pos.order_id
        return next(each for each in self.pos_orders() if str(each["id"]) == pos_id)

    def codes_of(self, order: Order) -> list[str]:
        """What people heard of it, beside that nobody took it up."""
        items = (item for item in self.book.outbox if item.type == "failure.reported")
        codes = [str(item.data["code"]) for item in items if item.data.get("order_id") == order.id]
        return [code for code in codes if code not in (REGISTER_ON, SITE_OFFLINE)]

    def told_of(self, order: Order) -> list[str]:
        """What its platform heard."""
        others = ("failure.reported", MENU_WANTED)
        return [
            item.type for item in self.book.outbox if item.type not in others and item.data.get("order_id") == order.id
        ]

    def tracked(self) -> list[dict[str, Any]]:
        """What the driver-tracking service caught."""
        caught: list[dict[str, Any]] = self.control("GET", "/_control/driver")
        return caught

    # beside the orders

    def work(self, record_id: str) -> None:
        self.book.kill_before_save, self._kill_after = self._kill_after, None
        super().work(record_id)
        self._kill_after, self.book.kill_before_save = self.book.kill_before_save, None

    def next_step(self) -> None:
        """The next nudge, whenever it is due; a minute when there is none."""
        self._pump_deliveries()
        record_id = self.nudges.pop(self.nudges.waiting[0][0]) if self.nudges.waiting else None
        if record_id is None:
            self.run(60)
        else:
            self.work(record_id)

    def kill_a_worker(self, saves: int) -> None:
        """A worker dies before it stores for the n-th time from now. Who only asks is no worker."""
        self._kill_after = saves

    def heal(self) -> None:
        super().heal()
        self._kill_after = None

    def care(self) -> None:
        """The caretaker's minute: sweeps when due, and imports the menu that orders asked for."""
        super().care()
        try:
            self.sweep(self._venue, lambda: 60.0)
        except (OutsideError, WorkerKilledError):
            return
        wanted = sum(item.type == MENU_WANTED for item in self.book.outbox)
        if wanted > self._menus_wanted:
            self._menus_wanted = wanted
            self.import_menu()

    def import_menu(self) -> None:
        """The site's menu as it is now; whoever waits for it is nudged."""
        companies = self.control("GET", "/_control/kounta/companies")["companies"]
        site = self.sandbox.kounta.state.switches.site(823)
        sold = [each for each in companies[0]["products"] if each["id"] not in site.product_gone]
        products = tuple(Product(str(each["id"]), each["name"]) for each in sold)
        head = self.menus.load(self.venue_id) or MenuHead(self.venue_id)
        import_id, now = f"import-{head.version}", self.clock.now()
        self.menus.put_menu(self.venue_id, import_id, Menu(products=products))
        edition = Edition(import_id, now, now, "", 1, len(products), 0, 0)
        self.menus.save(replace(head, edition=edition))
        for record_id in self.book.records:
            self.nudges.send(record_id)

    def products_gone(self, *ids: int) -> None:
        self.control("POST", "/_control/state", {"product_gone": list(ids)})

    def lists_lag(self, seconds: float) -> None:
        self.control("POST", "/_control/state", {"list_lag_s": seconds})

    def sales(self, venue_id: str, since: datetime, until: datetime, limit: int, cursor: str | None) -> SalesPage:
        """Every sale there is, on one page."""
        assert cursor is None
        sales = [each for each in self.book.sales if each.venue_id == venue_id and since <= each.completed_at < until]
        return SalesPage(tuple(sales[:limit]), None)

    def run_until(self, holds: Callable[[], bool], most_seconds: float = 7200) -> None:
        """Lets time pass until something holds."""
        end = self.clock.now() + timedelta(seconds=most_seconds)
        while not holds():
            assert self.clock.now() < end, "it never came to that"
            self.run(0.2)

    @property
    def _venue(self) -> Venue:
        return self.venues.get(self.venue_id)

    def _driver_tracking(self, venue: Venue) -> HttpDriverTracking:
        return HttpDriverTracking(
            self._http,
            venue=venue,
            secrets=lambda: ["whsec_c2VjcmV0LWZvci10aGUtdGVzdHM="],
            timeout_s=self.timings.driver_timeout_s,
            now=self.clock.now,
        )
