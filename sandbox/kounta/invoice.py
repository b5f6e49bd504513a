"""The PDF invoice of a completed order: plain text in a PDF 1.4 written by hand, without any library."""

from __future__ import annotations

from decimal import Decimal

from sandbox.kounta.back_office import Company
from sandbox.kounta.models import Customer, Order
from sandbox.kounta.refusals import RefusalError
from sandbox.kounta.totals import to_cent
from sandbox.timeline import iso

WIDTH, HEIGHT, MARGIN, LEADING, SIZE = 595, 842, 56, 15, 10
ROWS = (HEIGHT - 2 * MARGIN) // LEADING
LONGEST_TEXT = 60
AMOUNT_AT = 62
"""Courier is six tenths of its size wide: 80 characters fit between the margins."""


def invoice(order: Order, company: Company, customer: Customer | None) -> bytes:
    """The invoice as PDF; raises RefusalError 400 unless the order is COMPLETE (Kounta docs: Get PDF invoice)."""
    if order.status != "COMPLETE":
        raise RefusalError(400, "Only orders with COMPLETE status have an invoice.")
    rows = _rows(order, company, customer)
    return pdf([rows[first : first + ROWS] for first in range(0, len(rows), ROWS)])


def pdf(pages: list[list[str]]) -> bytes:
    """A PDF of pages of text rows."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    for number, rows in enumerate(pages):
        drawn = _drawn(rows)
        box = f"/MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Contents {5 + 2 * number} 0 R >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn))
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _drawn(rows: list[str]) -> bytes:
    shown = b"".join(b"(%b) Tj T*\n" % _escaped(row) for row in rows)
    return b"BT /F1 %d Tf %d TL %d %d Td\n%bET" % (SIZE, LEADING, MARGIN, HEIGHT - MARGIN - SIZE, shown)


def _escaped(row: str) -> bytes:
    text = "".join(letter if letter.isprintable() else " " for letter in row).encode("cp1252", "replace")
    return text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _rows(order: Order, company: Company, customer: Customer | None) -> list[str]:
    site = company.site(order.site_id)
    head = [company.name, site.name if site is not None else "", "", "REFUND" if order.is_refund else "TAX INVOICE"]
    head += [f"{order.sale_number} · {order.saleid}", iso(order.created_at, company.utc_offset)]
    if customer is not None:
        head.append(f"{customer.first_name} {customer.last_name}".strip())
    rows = [*head, ""]
    for line in order.lines:
        words = f"{'  ' if line.part_of_option_set else ''}{line.quantity.normalize():f} x {line.product_name}"
        rows.append(_row(words, line.total_ex_tax + line.total_tax))
    rows += ["", _row(f"Total {company.currency}", order.total)]
    rows.append(_row(f"of which {company.tax.name}", order.total_tax))
    if order.tip_service:
        rows.append(_row("Service", order.tip_service))
    rows += [_row(payment.method_name, payment.amount) for payment in order.payments]
    return [*rows, *([_row("Tips", order.tips)] if order.tips else [])]


def _row(words: str, amount: Decimal) -> str:
    return f"{words[:LONGEST_TEXT]:<{AMOUNT_AT}}{to_cent(amount):>14}"
