"""The control API: what staff would press, bad behaviour, jumps of the clock, and a look at everything.

For tests, demos and scripts; it needs no key and belongs on a loopback port only.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.control_state import StateChange, apply_state, shown_state
from sandbox.faults import Fault
from sandbox.kounta import oauth
from sandbox.kounta.back_office import Company
from sandbox.kounta.models import Client, Order
from sandbox.kounta.order_view import order_json
from sandbox.kounta.refusals import RefusalError, not_found
from sandbox.messages import Json, SandboxAnswer, SandboxRequest, from_json, json_answer
from sandbox.nowbookit.bookings import report_json
from sandbox.nowbookit.models import Booking, BookingChange, Hook

if TYPE_CHECKING:
    from sandbox.core import Sandbox

Body = TypeVar("Body", bound=BaseModel)


class StaffAct(BaseModel):
    """What goes with a press on the register; every field is optional."""

    model_config = ConfigDict(extra="forbid")

    reason: str = ""
    reason_name: str = "Other"
    lines: list[dict[str, Json]] | None = None
    amount: Decimal | None = None
    method_id: int | None = None
    tip: Decimal = Decimal(0)
    percent: Decimal | None = None
    customer_id: int | None = None
    order_ids: list[int] = Field(default_factory=list)
    course: int = 1
    course_status: Literal["no status", "uncalled", "pending", "called"] = "called"


class TillSale(BaseModel):
    """A sale rung up at the till without any app."""

    model_config = ConfigDict(extra="forbid")

    site_id: int
    lines: list[dict[str, Json]] | None = None
    paid: bool = True
    notes: str = ""


class NewCompany(Company):
    """A company to add; `clients` are let in or made."""

    clients: list[Client] = Field(default_factory=list)
    allow_clients: list[str] = Field(default_factory=list)


class CodeWanted(BaseModel):
    """An authorization code, as the consent page would give it."""

    model_config = ConfigDict(extra="forbid")

    client_id: str
    company_id: int
    redirect_uri: str


class Control:
    """Answers `/_control/…` on a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._kounta = sandbox.kounta
        self._nowbookit = sandbox.nowbookit
        self._routes: dict[tuple[str, str], Callable[[SandboxRequest], Json]] = {
            ("GET", "faults"): lambda _: sandbox.faults.in_force(),
            ("POST", "faults"): self._set_fault,
            ("GET", "state"): lambda _: shown_state(sandbox),
            ("POST", "state"): self._change_state,
            ("POST", "reset"): self._reset,
            ("GET", "calls"): self._calls,
            ("GET", "outbox"): lambda _: sandbox.outbox(),
            ("GET", "driver"): lambda request: sandbox.driver.shown(request.parameter("venue")),
            ("GET", "kounta/orders"): self._orders,
            ("POST", "kounta/orders"): self._ring_up,
            ("GET", "kounta/companies"): self._companies,
            ("POST", "kounta/companies"): self._add_company,
            ("POST", "kounta/codes"): self._issue_code,
            ("GET", "nowbookit/bookings"): self._bookings,
            ("POST", "nowbookit/bookings"): self._make_booking,
            ("POST", "nowbookit/webhook"): self._register_hook,
        }

    def handle(self, request: SandboxRequest) -> SandboxAnswer:
        """Answer a control request; 400 with the reason for what cannot be read, 409 for what staff cannot do."""
        path = request.path.strip("/").removeprefix("_control").strip("/")
        try:
            if path == "outbox" and request.method == "GET":
                # Reads the AWS emulator, so it must not hold the lock.
                return json_answer(200, self._sandbox.outbox())
            with self._sandbox.lock:
                return json_answer(200, self._shown(request, path))
        except RefusalError as refusal:
            return refusal.answer()
        except ValidationError as invalid:
            return RefusalError(400, str(invalid)).answer()
        except ValueError as unreadable:
            return RefusalError(400, f"The request could not be read: {unreadable}").answer()

    def _shown(self, request: SandboxRequest, path: str) -> Json:
        route = self._routes.get((request.method, path))
        words = path.split("/")
        if route is not None:
            shown = route(request)
        elif len(words) in {3, 4} and words[:2] == ["kounta", "orders"] and words[2].isdigit():
            shown = self._one_order(request, int(words[2]), words[3] if words[3:] else "")
        elif len(words) == 3 and words[:2] == ["nowbookit", "bookings"]:
            shown = self._one_booking(request, words[2])
        else:
            raise not_found()
        self._kounta.flush()
        return shown

    def _set_fault(self, request: SandboxRequest) -> Json:
        self._sandbox.faults.add(read(Fault, request))
        return self._sandbox.faults.in_force()

    def _change_state(self, request: SandboxRequest) -> Json:
        apply_state(self._sandbox, read(StateChange, request))
        return shown_state(self._sandbox)

    def _reset(self, _request: SandboxRequest) -> Json:
        self._sandbox.reset()
        return {"reset": True}

    def _calls(self, request: SandboxRequest) -> Json:
        return [call.as_json() for call in self._sandbox.calls.of(request.parameter("operation"))]

    def _orders(self, request: SandboxRequest) -> Json:
        site, live = request.parameter("site_id"), request.parameter("live")
        wanted = [order for order in self._kounta.state.orders if site is None or str(order.site_id) == site]
        return [self._order_json(order) for order in wanted if live is None or order.live == (live == "true")]

    def _order_json(self, order: Order) -> Json:
        company = self._kounta.state.company(order.company_id)
        shown = order_json(order, company, self._kounta.state.customer_of(order))
        return shown | {
            "live": order.live,
            "callback_uri": order.callback_uri,
            "complete_when_paid": order.complete_when_paid,
            "due": order.due,
            "pass_thru_printing": order.pass_thru_printing,
            "printed_by": order.printed_by,
            "group_finalised": order.group_finalised,
            "notifications": [notice.model_dump(mode="json") for notice in order.notices],
        }

    def _one_order(self, request: SandboxRequest, order_id: int, act: str) -> Json:
        order = self._kounta.state.orders.get(str(order_id))
        if order is None:
            raise not_found()
        if request.method == "GET" and not act:
            return self._order_json(order)
        if request.method != "POST":
            raise RefusalError(405, "Method Not Allowed")
        wanted, staff = read(StaffAct, request), self._kounta.staff
        acts: dict[str, Callable[[], Order]] = {
            "accept": lambda: staff.accept(order_id),
            "reject": lambda: staff.reject(order_id, wanted.reason, wanted.reason_name),
            "add-lines": lambda: staff.add_lines(order_id, wanted.lines),
            "pay": lambda: staff.pay(order_id, wanted.amount, wanted.method_id, wanted.tip),
            "hold": lambda: staff.hold(order_id),
            "print": lambda: staff.print_to_kitchen(order_id),
            "tip-service": lambda: staff.charge_tip_service(order_id, wanted.percent, wanted.amount),
            "course": lambda: staff.call_course(order_id, wanted.course, wanted.course_status),
            "customer": lambda: staff.link_customer(order_id, wanted.customer_id),
            "group": lambda: staff.group(order_id, wanted.order_ids),
            "finalise": lambda: staff.finalise(order_id),
            "complete": lambda: staff.complete(order_id),
            "delete": lambda: staff.delete(order_id),
        }
        if act not in acts:
            raise not_found()
        return self._order_json(acts[act]())

    def _ring_up(self, request: SandboxRequest) -> Json:
        sale = read(TillSale, request)
        made = self._kounta.staff.ring_up(sale.site_id, sale.lines, paid=sale.paid, notes=sale.notes)
        return self._order_json(made)

    def _companies(self, _request: SandboxRequest) -> Json:
        state = self._kounta.state
        clients = [client.model_dump(mode="json") for client in state.clients]
        return {"companies": [company.model_dump(mode="json") for company in state.companies], "clients": clients}

    def _add_company(self, request: SandboxRequest) -> Json:
        wanted = read(NewCompany, request)
        state = self._kounta.state
        company = Company.model_validate(wanted.model_dump(exclude={"clients", "allow_clients"}))
        taken = {site.id for other in state.companies if other.id != company.id for site in other.sites}
        if taken & {site.id for site in company.sites}:
            raise RefusalError(409, "Another company has a site of that id.")
        state.put_company(company)
        for client in wanted.clients:
            state.clients.put(client.id, client)
        for name in [client.id for client in wanted.clients] + wanted.allow_clients:
            known = state.clients.get(name)
            if known is None:
                raise RefusalError(400, f"Client {name} does not exist.")
            known.companies = sorted({*known.companies, company.id})
            state.clients.put(name, known)
        return company.model_dump(mode="json")

    def _issue_code(self, request: SandboxRequest) -> Json:
        wanted = read(CodeWanted, request)
        state = self._kounta.state
        if state.clients.get(wanted.client_id) is None or state.companies.get(str(wanted.company_id)) is None:
            raise not_found()
        return {"code": oauth.issue_code(state, wanted.client_id, wanted.company_id, wanted.redirect_uri)}

    def _bookings(self, _request: SandboxRequest) -> Json:
        return [booking_json(booking) for booking in self._nowbookit.bookings]

    def _make_booking(self, request: SandboxRequest) -> Json:
        change = read(BookingChange, request)
        return booking_json(self._nowbookit.put_booking(change.bookingId, change))

    def _one_booking(self, request: SandboxRequest, booking_id: str) -> Json:
        if request.method == "POST":
            return booking_json(self._nowbookit.put_booking(booking_id, read(BookingChange, request)))
        booking = self._nowbookit.bookings.get(booking_id)
        if booking is None or request.method != "GET":
            raise not_found()
        return booking_json(booking)

    def _register_hook(self, request: SandboxRequest) -> Json:
        hook = read(Hook, request)
        self._nowbookit.register_hook(hook)
        return hook.model_dump()


def booking_json(booking: Booking) -> Json:
    """A booking with what has been reported back on it."""
    return {**booking.shown, "reported": report_json(booking)}


def read(model: type[Body], request: SandboxRequest) -> Body:
    """The body as a model, an empty body as an empty object; raises ValueError."""
    return model.model_validate(from_json(request.body) if request.body.strip() else {})
