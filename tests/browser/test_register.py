"""A party is seated over the API, and a person at the register in a browser does the rest."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, sideways
from tests.stack.relay import Premises, Relay, until

ARRIVES_MS = 15_000


@pytest.fixture(scope="module")
def relay(premises: Premises) -> Relay:
    """A venue of this file's own."""
    return premises.open_venue("register")


def register(page: Page, relay: Relay) -> None:
    """Opens the venue's register page."""
    page.goto(f"{relay.sandbox.url}/register/{relay.site_id}")
    expect(page.locator("#link")).to_have_text("Live")


def card(page: Page, booking_id: str) -> Locator:
    """The card of a booking's order."""
    return page.locator("article.card").filter(has_text=f"({booking_id})")


def test_a_party_dines(page: Page, relay: Relay, pictures: Path) -> None:
    register(page, relay)
    relay.change("W-1", "seated", notes="Window, please", tables=["14"])
    order = card(page, "W-1")
    expect(order).to_be_visible(timeout=ARRIVES_MS)
    expect(order.locator(".status")).to_have_text("NEW")
    expect(order.locator(".notes")).to_contain_text("Table 14 · 4 covers")
    expect(order.locator(".notes")).to_contain_text("Window, please")
    page.screenshot(path=pictures / "register-new.png", full_page=True)

    order.get_by_role("button", name="Accept").click()
    expect(order.locator(".status")).to_have_text("ACCEPTED")
    relay.order_in("W-1", "accepted")

    order.get_by_role("button", name="Add items").click()
    for _ in range(2):
        page.get_by_role("button", name="One more Market fish, lemon").click()
    page.get_by_role("button", name="One more House red, glass").click()
    page.screenshot(path=pictures / "register-items.png")
    page.locator("#dialog-ok").click()
    expect(order.locator(".lines li")).to_have_count(2)
    expect(order.get_by_role("button", name="Complete")).to_be_disabled()

    order.get_by_role("button", name="Take payment").click()
    expect(page.get_by_label("Amount (AUD)")).to_have_value("94.00")
    page.get_by_label("Tip").fill("6.00")
    page.screenshot(path=pictures / "register-payment.png")
    page.locator("#dialog-ok").click()
    expect(order.locator(".payments")).to_contain_text("Card")
    expect(order.locator(".payments")).to_contain_text("with a tip of 6.00")
    expect(order.locator(".sum-word")).to_have_text("Total, paid")
    order.get_by_role("button", name="Complete").click()
    expect(page.locator("#closed").locator("article").filter(has_text="(W-1)")).to_be_visible()
    page.screenshot(path=pictures / "register-complete.png", full_page=True)

    number = str(relay.order_in("W-1", "completed")["pos"]["order_id"])
    sale = until(lambda: relay.sale_of(number), "the sale")
    assert (sale["booking_id"], sale["total"], sale["tips"], sale["covers"]) == ("W-1", "94.00", "6.00", 4)
    assert sorted(line["name"] for line in sale["lines"]) == ["House red, glass", "Market fish, lemon"]


def test_a_rejection_with_its_reason(page: Page, relay: Relay, pictures: Path) -> None:
    register(page, relay)
    relay.change("W-2", "seated")
    order = card(page, "W-2")
    expect(order).to_be_visible(timeout=ARRIVES_MS)
    order.get_by_role("button", name="Reject").click()
    page.get_by_label(re.compile("Reason")).fill("Kitchen is closed")
    page.locator("#dialog-ok").click()
    expect(order.locator(".reason")).to_contain_text("Kitchen is closed")
    page.screenshot(path=pictures / "register-rejected.png", full_page=True)
    assert "Kitchen is closed" in relay.order_in("W-2", "rejected")["reject_reason"]


def test_a_change_of_table_is_shown_to_staff(page: Page, relay: Relay, pictures: Path) -> None:
    register(page, relay)
    relay.seated("W-3")
    relay.change("W-3", "seated", tables=["21"])
    expect(page.locator("#notices")).to_contain_text("table 12 → 21", timeout=ARRIVES_MS)
    expect(card(page, "W-3").locator(".notes")).to_contain_text("Table 21")
    page.screenshot(path=pictures / "register-notice.png", full_page=True)


def test_an_undone_seating_leaves_the_register(page: Page, relay: Relay) -> None:
    register(page, relay)
    relay.change("W-4", "seated")
    expect(card(page, "W-4")).to_be_visible(timeout=ARRIVES_MS)
    relay.order_in("W-4", "sent")
    relay.change("W-4", "cancelled")
    expect(page.locator("#open").locator("article").filter(has_text="(W-4)")).to_have_count(0, timeout=ARRIVES_MS)


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_register_fits(page: Page, relay: Relay, window: ViewportSize, pictures: Path) -> None:
    page.set_viewport_size(window)
    register(page, relay)
    expect(page.locator("article.card").first).to_be_visible()
    page.screenshot(path=pictures / f"register-{window['width']}.png", full_page=True)
    assert sideways(page) <= 0
