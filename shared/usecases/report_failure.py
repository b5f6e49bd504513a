"""Puts a failure on a person's list, and tells the people whom the venue named; none named = operations, never
silence. A notice that cannot be sent is no reason to lose the failure."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from shared.domain.errors import NotFoundError
from shared.domain.failures import Failure, words_for
from shared.domain.notices import Notice, masked_email, masked_mobile
from shared.domain.record import OutboxItem
from shared.domain.venues import Venue
from shared.domain.words import REFUNDED, Words
from shared.usecases.record_book import Venues

log = logging.getLogger("posrelay.failures")

SMS_LENGTH = 160  # one GSM-7 segment


class FailureBook(Protocol):
    """The list of failures."""

    def put_failure(self, failure: Failure) -> Failure:
        """Stores a failure once; returns what is stored, which may be from an earlier try."""

    def mark_notified(self, failure: Failure, notices: Sequence[Notice]) -> None:
        """People were told; `notices`, when it is about an order, are kept with that."""


class Post(Protocol):
    """Mail, SMS and the operations' topic. Raises OSError when a message is not taken."""

    def mail(self, to: str, subject: str, text: str) -> None:
        """A mail."""

    def sms(self, to: str, text: str) -> None:
        """An SMS."""

    def tell_operations(self, subject: str, text: str) -> None:
        """A message on the operations' topic."""


@dataclass(frozen=True)
class ReportFailure:
    """Stores, tells, marks; repeated after a crash it tells again rather than never."""

    book: FailureBook
    venues: Venues
    post: Post
    now: Callable[[], datetime]
    support_line: str = ""

    def __call__(self, item_id: str, item: OutboxItem) -> Failure:
        """Raises OSError when nobody at all could be told: then the queue brings it again."""
        failure = self.book.put_failure(_failure(item_id, item))
        if failure.notified_at is not None:
            return failure
        try:
            venue: Venue | None = self.venues.get(failure.venue_id)
        except NotFoundError:
            venue = None
        notices = self._tell(failure, venue)
        failure = replace(failure, notified_at=self.now())
        self.book.mark_notified(failure, notices if failure.order_id else ())
        return failure

    def _tell(self, failure: Failure, venue: Venue | None) -> list[Notice]:
        name = venue.name if venue else failure.venue_id or failure.platform
        subject, text, short = notice(failure, name, venue.timezone if venue else "UTC", self.support_line)
        emails, mobiles = (venue.notify_emails, venue.notify_mobiles) if venue else ((), ())
        sends = [
            ("email", masked_email(address), partial(self.post.mail, address, subject, text))
            for address in (*emails, *failure.emails)
        ]
        sends += [("sms", masked_mobile(number), partial(self.post.sms, number, short)) for number in mobiles]
        notices: list[Notice] = []
        for channel, to_masked, send in sends:
            status = "sent"
            try:
                send()
            except OSError as error:
                status = "failed"
                said = {"failure": failure.id, "code": failure.code, "error": str(error)}
                log.warning("notice not sent", extra=said)
            notices.append(Notice(failure.order_id or "", channel, self.now(), status, to_masked))
        if not any(each.status == "sent" for each in notices):
            self.post.tell_operations(subject, text)
            notices.append(Notice(failure.order_id or "", "operations", self.now(), "sent"))
        return notices


def notice(failure: Failure, venue_name: str, timezone: str, support_line: str) -> tuple[str, str, str]:
    """(subject, mail text, SMS text) of a failure. Names no guest; times are the venue's."""
    words = words_for(failure.code)
    subject = f"{venue_name}: {words.title}"
    lines = [words.title, "", f"What happened: {words.meaning}", *_what_to_do(failure, words), ""]
    if not failure.venue_id:
        lines.append(f"About: {failure.subject}")
    if failure.tables:
        lines.append(f"Table: {'+'.join(failure.tables)}")
    if failure.booking_id:
        lines.append(f"Booking: {failure.booking_id}")
    if failure.order_code:
        lines.append(f"Order code: {failure.order_code}")
    if failure.reference:
        lines.append(f"Order at {failure.platform}: {failure.reference}")
    if failure.pos_order_id:
        lines.append(f"POS order: {failure.pos_order_id}")
    if failure.message:
        lines.append(f"The POS said: {failure.message}")
    if failure.note:
        lines.append(f"Details: {failure.note}")
    at = failure.at.astimezone(ZoneInfo(timezone))
    lines.append(f"Time: {at:%A %H:%M} ({at:%Y-%m-%d}, {at.tzname()})")
    if support_line:
        lines += ["", f"Support: {support_line}"]
    return subject, "\n".join(lines), _in_short(failure, venue_name, words)


def _what_to_do(failure: Failure, words: Words) -> list[str]:
    """An order that is paid back must not be entered by hand as well, whatever else would help."""
    match failure.kept:
        case False:
            return [
                f"What to do: {REFUNDED}",
                f"For the next orders: {words.action}",
            ]
        case True:
            return [f"What to do: {words.action}", "The order stands: it is not paid back, and the guest expects it."]
        case _:
            return [f"What to do: {words.action}", *(f"{place}. {step}" for place, step in enumerate(words.steps, 1))]


def _in_short(failure: Failure, venue_name: str, words: Words) -> str:
    where = f" T{'+'.join(failure.tables)}" if failure.tables else ""
    if failure.reference and failure.order_code:
        where += f" order {failure.order_code}"
    action = "It is refunded: do not prepare it." if failure.kept is False else words.action
    short = f"{venue_name}{where}: {words.title}. {action}"
    if len(short) > SMS_LENGTH and failure.kept is False:
        return f"{venue_name[:30]}{where}: {words.title}. {action}"[:SMS_LENGTH]
    if len(short) > SMS_LENGTH:
        short = f"{venue_name[:30]}{where}: {words.title}. Look at your mail."[:SMS_LENGTH]
    return short


def _failure(item_id: str, item: OutboxItem) -> Failure:
    said = item.data

    def text(name: str) -> str | None:
        value = said.get(name)
        return str(value) if value is not None else None

    return Failure(
        id=item_id.removeprefix("OUTBOX#"),
        venue_id=item.venue_id,
        code=text("code") or "unknown",
        at=item.at,
        subject=item.subject,
        platform=item.platform,
        order_id=text("order_id"),
        order_code=text("order_code"),
        booking_id=text("booking_id"),
        reference=text("reference"),
        kept=said["kept"] if isinstance(said.get("kept"), bool) else None,
        pos_order_id=text("pos_order_id"),
        tables=tuple(str(table) for table in said.get("tables") or ()),
        message=text("message"),
        note=text("note"),
        emails=tuple(str(address) for address in said.get("emails") or ()),
    )
