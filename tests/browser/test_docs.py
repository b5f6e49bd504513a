"""The page that explains the API, as the deployed function serves it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, sideways


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_docs_render(page: Page, stack: dict[str, Any], window: ViewportSize, pictures: Path) -> None:
    page.set_viewport_size(window)
    answer = page.goto(f"{stack['api_url']}/docs")
    assert answer is not None
    assert answer.status == 200
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("article").first).to_be_visible()
    page.screenshot(path=pictures / f"docs-{window['width']}.png")
    page.screenshot(path=pictures / f"docs-{window['width']}-whole.png", full_page=True)
    assert sideways(page) <= 0


def test_every_link_inside_leads_somewhere(page: Page, stack: dict[str, Any]) -> None:
    page.goto(f"{stack['api_url']}/docs")
    places = page.locator('a[href^="#"]').evaluate_all("links => links.map(link => link.getAttribute('href').slice(1))")
    assert places
    missing = [place for place in places if place and page.locator(f"[id='{place}']").count() == 0]
    assert missing == []


def test_every_route_is_explained(page: Page, stack: dict[str, Any]) -> None:
    described = page.request.get(f"{stack['api_url']}/openapi.json").json()
    page.goto(f"{stack['api_url']}/docs")
    text = page.locator("body").inner_text()
    assert [path for path in described["paths"] if path not in text] == []
