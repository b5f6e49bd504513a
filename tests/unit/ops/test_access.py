"""posrelay platform add | list, and key issue | list | revoke."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.access import SCOPES, digest_of
from tests.unit.ops.conftest import Bench


@pytest.fixture
def bookings(ready: Bench) -> Bench:
    ready.run("platform", "add", "bookings", "--name", "Demo bookings")
    return ready


def issue(bench: Bench, *more: str) -> str:
    return bench.run("key", "issue", "bookings", "--venue", "harbour", "--scope", SCOPES[0], *more).stdout.strip()


def test_platforms(bookings: Bench) -> None:
    bookings.run("platform", "add", "bookings", "--name", "Another name")
    assert bookings.json("platform", "list") == [{"id": "bookings", "name": "Another name"}]
    assert "Another name" in bookings.run("platform", "list").output
    assert "must be letters" in bookings.run("platform", "add", "a b", "--name", "x", ok=False).stderr


def test_a_key_is_shown_once_and_kept_as_its_hash(bookings: Bench) -> None:
    text = issue(bookings)
    assert text.startswith("prk_")
    assert " " not in text
    kept = bookings.stack.settings.key_by_hash(digest_of(text))
    assert kept is not None
    assert (kept.platform, kept.venues, kept.scopes, kept.expires_at) == ("bookings", ("harbour",), (SCOPES[0],), None)
    assert text not in bookings.run("key", "list", "bookings").output
    (listed,) = bookings.json("key", "list", "bookings")
    assert listed["state"] == "valid"
    assert text not in str(listed)


def test_a_key_expires(bookings: Bench) -> None:
    issue(bookings, "--expires-in-days", "30")
    bookings.at += timedelta(days=29)
    assert bookings.json("key", "list", "bookings")[0]["state"] == "valid"
    bookings.at += timedelta(days=1)
    assert bookings.json("key", "list", "bookings")[0]["state"] == "expired"


def test_keys_overlap_until_one_is_revoked(bookings: Bench) -> None:
    first, second = issue(bookings), issue(bookings)
    kept = bookings.stack.settings.key_by_hash(digest_of(first))
    assert kept is not None
    for _ in range(2):
        assert "within a minute" in bookings.run("key", "revoke", kept.id).output
    states = {one["id"]: one["state"] for one in bookings.json("key", "list", "bookings")}
    assert states.pop(kept.id) == "revoked"
    assert list(states.values()) == ["valid"]
    assert bookings.stack.settings.key_by_hash(digest_of(second)) is not None
    assert "no key key_0" in bookings.run("key", "revoke", "key_0", ok=False).stderr


def test_every_venue(bookings: Bench) -> None:
    said = bookings.json("key", "issue", "bookings", "--venue", "*", "--scope", SCOPES[0], "--scope", SCOPES[1])
    assert said["venues"] == ["*"]
    assert said["scopes"] == list(SCOPES[:2])
    assert said["key"].startswith("prk_")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody", "--venue", "harbour", "--scope", SCOPES[0]), "there is no platform nobody"),
        (("bookings", "--venue", "nowhere", "--scope", SCOPES[0]), "there is no venue nowhere"),
        (("bookings", "--venue", "harbour", "--scope", "all"), "there is no scope all"),
    ],
)
def test_a_key_for_what_is_not_there(bookings: Bench, arguments: tuple[str, ...], said: str) -> None:
    assert said in bookings.run("key", "issue", *arguments, ok=False).stderr
    assert bookings.json("key", "list", "bookings") == []


def test_keys_of_an_unknown_platform(bench: Bench) -> None:
    assert "there is no platform x" in bench.run("key", "list", "x", ok=False).stderr
