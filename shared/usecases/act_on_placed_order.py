"""What the writer does for a platform's order: the order itself, its refunds, and every change of it in the POS.

Kounta has no idempotency but for new orders. So whatever adds something is preceded, at each attempt, by a look: a
payment by its `ref`, lines and option sets by counting those that look like ours, what is removed by an id that does
not move.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from shared.domain.errors import OutsideError, PacedError
from shared.domain.identities import marker
from shared.domain.menu.checks import ERROR, MenuFinding, check
from shared.domain.online.consequences import is_given_up
from shared.domain.online.record import Content, OnlineRecord, changed, placed
from shared.domain.orders import protocol
from shared.domain.orders.draft import OrderDraft, without_marker_brackets
from shared.domain.orders.online_draft import draft_online_order, status_to_send
from shared.domain.orders.order import Order
from shared.domain.orders.pass_thru import decide_pass_thru
from shared.domain.orders.pos_order import PosLine, PosOrder
from shared.domain.orders.request import OrderChanges, OrderRequest
from shared.domain.orders.seen import shows
from shared.domain.orders.writes import Answer, Outcome, What, Write, WriteState
from shared.usecases.act import Act

_BY_NUMBER = {
    What.CHANGE_LINE: "line_gone",
    What.REMOVE_LINE: "line_gone",
    What.REMOVE_OPTION_SET: "option_set_gone",
    What.CHANGE_PAYMENT: "payment_gone",
}
_MOVES = (What.CHANGE_LINE, What.REMOVE_LINE, What.REMOVE_OPTION_SET)


@dataclass
class ActOnPlacedOrder(Act[OnlineRecord]):
    """One act for a placed order."""

    def is_given_up(self, order: Order) -> bool:
        """Cancelled, entered by hand, or to be refunded: it is looked for, never sent again."""
        return is_given_up(order)

    def body_to_send(self, order: Order, write: Write) -> tuple[Order, bytes] | None:
        """From today's settings and menu, with a customer of the POS where one can be linked."""
        request = self._content(write).order
        if request is None:
            self._end_unsent(order, write, "content_expired", "what was ordered is not kept any more")
            return None
        if placed(order).refund_of is None and not self._passes_checks(order, write, request):
            return None
        customer_id = request.customer_id
        if customer_id is None and self.step.venue.link_customers and request.customer:
            customer_id = self._customer(request, write)
        draft, order = self._draft(order, write, request, customer_id)
        return replace(order, named_in_notes=customer_id is None), self.gateway.render_create(draft)

    def _passes_checks(self, order: Order, write: Write, request: OrderRequest) -> bool:
        return self._passes_menu(order, write, request) and self._refunds_own(order, write, request)

    def _refunds_own(self, order: Order, write: Write, request: OrderRequest) -> bool:
        """Whether the order that this one refunds, by the platform's word, is the venue's own: ids are the company's,
        and another venue's orders are none of the platform's business. Raises OutsideError."""
        if request.original_order_id is None:
            return True
        original = self.gateway.read_order(request.original_order_id)
        site_id = self.step.venue.pos.site_id
        if original is not None and original.site_id in (None, site_id):
            return True
        self._end_unsent(order, write, "original_not_found", f"no order {request.original_order_id} to refund")
        return False

    def body_to_show(self, order: Order, write: Write) -> bytes | None:
        """What would be sent: with the guest's name in the notes, for nobody is asked for a customer."""
        request = self._content(write).order
        if request is None:
            return None
        draft, _ = self._draft(order, write, request, request.customer_id)
        return self.gateway.render_create(draft)

    def carry_out(self, order: Order, write: Write) -> None:
        """Looks at the order, and does what is still to be done."""
        if write.what is What.TRACK:
            self._track(order, write)
            return
        content = self._content(write)
        if write.what not in (What.ACCEPT, What.CANCEL) and content == Content():
            self._end_unsent(order, write, "content_expired", "what was asked for is not kept any more")
            return
        if write.what is What.NOTIFY:
            pos_id, notification = order.pos.order_id, content.notification
            assert pos_id is not None
            assert notification is not None
            self.send(order, write, lambda: self.gateway.send_notification(pos_id, notification))
            return
        seen = self._see(order, write)
        if seen is None:
            return
        write = self._noted(write, content, seen)
        if self._is_done(order, write, content, seen):
            self.reached(order, protocol.found(write, self.relay.now(), "the order shows it already"))
        elif reason := self._forbidden(order, write, seen):
            code, said = reason
            self.reached(order, protocol.refused_by_look(write, self.relay.now(), code, said))
        else:
            self.send(order, write, lambda: self._perform(order, write, content, seen))

    def look_up(self, order: Order, write: Write) -> None:
        """Whether the order shows what the write was to bring about."""
        now, timings = self.relay.now(), self.relay.timings
        if write.what not in (What.TRACK, What.NOTIFY):
            seen = self._see(order, write)
            if seen is None:
                return
            if self._is_done(order, write, self._content(write), seen):
                self.reached(order, protocol.found(write, now, "the order shows it"))
                return
        self.reached(order, protocol.not_found(write, now, timings, "the order does not show it: once more"))

    # -------------------------------------------------------------------------------------------- before a create

    def _passes_menu(self, order: Order, write: Write, request: OrderRequest) -> bool:
        """Whether the stored menu, when it is fresh enough, has nothing against the order. What waited for a newer
        menu is judged by that one."""
        stored = self.relay.menus.stored(self.step.venue.id) if self.relay.menus else None
        now = self.relay.now()
        as_sent = replace(request, status=status_to_send(request, now, self.step.venue.preorder_after_s))
        findings = check(as_sent, stored, now, self.relay.timings.menu_fresh_s)
        errors = [each for each in findings if each.severity == ERROR]
        since = write.awaits_menu_since
        is_newer = since is not None and stored is not None and stored.imported_at > since
        if since is None and not errors:
            return True
        if since is not None and is_newer and not errors:
            cured = protocol.cured_by_menu(write, now)
            self.step.record = self.step.record.with_order(order.with_write(cured))
            return False  # the next round of the step sends it
        if errors:
            first = errors[0]
            self._end_unsent(order, write, first.code, _in_words(errors))
        else:
            self._end_unsent(order, write, write.code or "product_not_at_site", write.note, write.message)
        return False

    def _end_unsent(self, order: Order, write: Write, code: str, note: str | None, message: str | None = None) -> None:
        given_up = write.awaits_menu_since is not None
        final = given_up or write.menu_tried
        write = protocol.refused_unsent(write, code, final=final, note=note, message=message)
        self.reached(order, write)

    def _customer(self, request: OrderRequest, write: Write) -> str | None:
        customer = request.customer
        if customer is None or not customer.can_be_matched:
            return None
        found = self.gateway.find_customer(customer)
        if found is None and customer.can_be_created:
            return self.gateway.create_customer(customer, write.id)
        return found

    def _draft(
        self, order: Order, write: Write, request: OrderRequest, customer_id: str | None
    ) -> tuple[OrderDraft, Order]:
        venue = self.step.venue
        status = status_to_send(request, self.relay.now(), venue.preorder_after_s)
        pass_thru = False if placed(order).pass_thru_off else None
        draft = draft_online_order(
            venue,
            request,
            order.id,
            write.id,
            self.relay.callback_uri(venue.id, order.id),
            customer_id,
            status=status,
            pass_thru=pass_thru,
        )
        printing = decide_pass_thru(venue, request, status=status, asked=pass_thru)
        return draft, changed(order, status=draft.status, prints=printing.prints)

    # ------------------------------------------------------------------------------------- on an order in the POS

    def _see(self, order: Order, write: Write) -> PosOrder | None:
        """The order as it is now; None when it is gone or cannot be read, and then that is taken in already. Raises
        PacedError."""
        assert order.pos.order_id is not None
        now, timings = self.relay.now(), self.relay.timings
        try:
            seen = self.gateway.read_order(order.pos.order_id)
        except PacedError:
            raise
        except OutsideError as error:
            note = f"the order could not be read: {error.code}"
            if write.state is WriteState.UNKNOWN:
                self.reached(order, protocol.not_looked_up(write, now, timings, note))
            else:
                jitter = self.relay.jitter
                self.reached(order, protocol.not_seen(write, now, timings, jitter, code=error.code, note=note))
            return None
        if seen is not None and not seen.deleted:
            return seen
        if write.what is What.CANCEL:
            self.reached(order, protocol.found(write, now, "the order is not in the POS any more"))
        else:
            self.reached(order, protocol.refused_by_look(write, now, "order_gone", "the order is not in the POS"))
        return None

    def _noted(self, write: Write, content: Content, seen: PosOrder) -> Write:
        """With what must be known from before the first call, to tell afterwards whether it has arrived."""
        if write.may_have_arrived:
            return write
        match write.what:
            case What.ADD_LINES | What.ADD_OPTION_SET:
                return replace(write, seen_before=_like_ours(content, seen))
            case What.CHANGE_PAYMENT:
                return replace(write, seen_before=_tips_like_ours(content, seen))
            case What.CHANGE_LINE | What.REMOVE_LINE if write.target is None:
                return replace(write, target=_line_id(seen, content.number))
            case What.REMOVE_OPTION_SET if write.target is None:
                return replace(write, target=_option_line_id(seen, content.number))
            case _:
                return write

    def _is_done(self, order: Order, write: Write, content: Content, seen: PosOrder) -> bool:
        """Whether the order shows that the write has arrived, or that there is nothing left to do."""
        match write.what:
            case What.ACCEPT:
                return seen.status in ("ACCEPTED", "PENDING", "ON_HOLD", "COMPLETE")
            case What.CANCEL:
                return seen.status == "REJECTED"
            case What.UPDATE if content.changes == OrderChanges(status=seen.status):
                return True
            case What.PAY:
                return content.payment is not None and any(each.ref == content.payment.ref for each in seen.payments)
            case _ if not write.may_have_arrived:
                return False
            case What.ADD_LINES | What.ADD_OPTION_SET:
                before = write.seen_before
                return before is not None and _like_ours(content, seen) >= before + max(1, len(content.lines))
            case What.REMOVE_LINE | What.REMOVE_OPTION_SET:
                return write.target is not None and all(line.line_id != write.target for line in seen.lines)
            case What.CHANGE_LINE:
                line = next((each for each in seen.lines if write.target and each.line_id == write.target), None)
                return line is not None and content.line_changes is not None and shows(line, content.line_changes)
            case What.UPDATE:
                return content.changes is not None and shows(seen, _with_marker(content.changes, order))
            case What.CHANGE_PAYMENT:
                return _payment_shows(write, content, seen)
            case _:
                return False

    def _forbidden(self, order: Order, write: Write, seen: PosOrder) -> tuple[str, str] | None:
        """Why the order as it is now must not be changed so."""
        if seen.is_closed:
            return "order_closed", f"the order is {seen.status} in the POS"
        if (
            write.what is What.CANCEL
            and seen.status in ("ACCEPTED", "PENDING")
            and not is_given_up(order, but_cancelled=True)
        ):
            return "accepted_by_venue", "the venue has accepted the order in the meantime"
        if write.what in _MOVES and write.may_have_arrived and write.target is None:
            return "change_unconfirmed", "it may have been done, and what has that number now may be another"
        if write.what in _BY_NUMBER and _number_of(write, self._content(write), seen) is None:
            return _BY_NUMBER[write.what], "the order has no such part"
        return None

    def _perform(self, order: Order, write: Write, content: Content, seen: PosOrder) -> Answer:
        gateway, pos_id = self.gateway, seen.id
        number = _number_of(write, content, seen) or 0
        match write.what:
            case What.ACCEPT:
                return gateway.set_status(pos_id, "ACCEPTED")
            case What.CANCEL:
                return gateway.set_status(pos_id, "REJECTED")
            case What.UPDATE if content.changes:
                return gateway.change_order(pos_id, _with_marker(content.changes, order))
            case What.ADD_LINES:
                return gateway.add_lines(pos_id, content.lines)
            case What.CHANGE_LINE if content.line_changes:
                return gateway.change_line(pos_id, number, content.line_changes)
            case What.REMOVE_LINE:
                return gateway.remove_line(pos_id, number)
            case What.ADD_OPTION_SET if content.option:
                return gateway.add_option_set(pos_id, content.option)
            case What.REMOVE_OPTION_SET:
                return gateway.remove_option_set(pos_id, number)
            case What.PAY if content.payment:
                return gateway.add_payment(pos_id, content.payment)
            case What.CHANGE_PAYMENT if content.payment_changes:
                said = content.payment_changes
                return gateway.change_payment(pos_id, number, ref=said.ref, tip=said.tip)
        return Answer(Outcome.REFUSED, code="not_possible", message=f"a placed order has no {write.what}")

    # --------------------------------------------------------------------------------------------- beside the POS

    def _track(self, order: Order, write: Write) -> None:
        request = self._content(order.create).order
        if request is None or self.relay.tracking_for is None:
            self._end_unsent(order, write, "driver_tracking_failed", "what was ordered is not kept any more")
            return
        tracking = self.relay.tracking_for(self.step.venue)
        body = self.step.record.requests.get(write.id)
        if body is None:
            body = tracking.render(request, order.id, order.code)
            self.keep_request(write.id, body)
        self.send(order, write, lambda: tracking.send(body, write.id))

    def _content(self, write: Write) -> Content:
        return self.step.record.content(write.id)


def _like_ours(content: Content, seen: PosOrder) -> int:
    """How many of the order's lines, or option sets, look like those that are added."""
    if content.option is not None:
        return sum(option.product_id == content.option.product_id for option in seen.options)
    wanted = {_look(line.product_id, line.quantity, line.notes) for line in content.lines}
    return sum(_look(line.product_id, line.quantity, line.notes) in wanted for line in seen.lines)


def _tips_like_ours(content: Content, seen: PosOrder) -> int:
    """How many payments carry nothing but the tip that is given: a tip becomes a payment of its own of 0.00, and one
    given twice is given twice (Kounta docs: Payments)."""
    tip = content.payment_changes.tip if content.payment_changes else None
    return sum(tip is not None and payment.amount == 0 and payment.tip == tip for payment in seen.payments)


def _payment_shows(write: Write, content: Content, seen: PosOrder) -> bool:
    """Whether a payment has the `ref` that it was given, and the tip has become a payment of its own."""
    said = content.payment_changes
    if said is None:
        return False
    if said.tip is not None:
        return write.seen_before is not None and _tips_like_ours(content, seen) > write.seen_before
    return any(each.number == content.number and each.ref == said.ref for each in seen.payments)


def _look(product_id: str | None, quantity: Decimal, notes: str | None) -> tuple[str | None, Decimal, str]:
    return product_id, quantity.normalize(), (notes or "").strip()


def _number_of(write: Write, content: Content, seen: PosOrder) -> int | None:
    """The number that a line, option set or payment has now: those of lines move when one before is removed."""
    if write.what in (What.CHANGE_LINE, What.REMOVE_LINE):
        return next((line.number for line in seen.lines if _is_meant(line, write, content.number)), None)
    if write.what is What.REMOVE_OPTION_SET:
        for number, option in enumerate(seen.options, start=1):
            if write.target is None and number == content.number:
                return number
            if any(line.number == option.line_number and line.line_id == write.target for line in seen.lines):
                return number
        return None
    if write.what is What.CHANGE_PAYMENT:
        return next((each.number for each in seen.payments if each.number == content.number), None)
    return None


def _is_meant(line: PosLine, write: Write, number: int | None) -> bool:
    return line.number == number if write.target is None else line.line_id == write.target


def _line_id(seen: PosOrder, number: int | None) -> str | None:
    return next((line.line_id for line in seen.lines if line.number == number), None)


def _option_line_id(seen: PosOrder, number: int | None) -> str | None:
    options = seen.options[number - 1 : number] if number else ()
    return _line_id(seen, options[0].line_number) if options else None


def _with_marker(changes: OrderChanges, order: Order) -> OrderChanges:
    """Notes that a platform changes keep our marker: by that the order is found again."""
    if changes.notes is None:
        return changes
    return replace(changes, notes=f"{without_marker_brackets(changes.notes)}\n{marker(order.create.id)}")


def _in_words(findings: Iterable[MenuFinding]) -> str:
    return "; ".join(f"{each.name or f'product {each.product_id}'} ({each.pointer})" for each in findings)
