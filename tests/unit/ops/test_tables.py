"""posrelay venue tables: the booking platform's names of tables beside the POS's."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ops.tables import Match, compare
from shared.adapters.dynamodb.codec import dump
from shared.adapters.dynamodb.schema import booking_record_id, key, order_link_key
from shared.domain.bookings.booking import Booking, Details
from shared.domain.sales import Sale
from tests.builders import VENUE, an_order
from tests.unit.ops.conftest import Bench

POS = ["1", "12", "T14", "Terrace 15", "Bar"]


@pytest.mark.parametrize(
    ("name", "match", "pos", "proposed"),
    [
        ("12", Match.SAME, "12", None),
        (" 12 ", Match.SAME, "12", None),
        ("t14", Match.UNMATCHED, "t14", "T14"),
        ("14", Match.UNMATCHED, "14", "T14"),
        ("Table 1", Match.UNMATCHED, "Table 1", "1"),
        ("01", Match.UNMATCHED, "01", "1"),
        ("bar", Match.UNMATCHED, "bar", "Bar"),
        ("T-15", Match.UNMATCHED, "T-15", "Terrace 15"),
        ("99", Match.UNMATCHED, "99", None),
        ("1-2", Match.UNMATCHED, "1-2", "12"),
        ("Upper 3", Match.MAPPED, "Bar", None),
    ],
)
def test_a_name(name: str, match: Match, pos: str, proposed: str | None) -> None:
    venue = replace(VENUE, tables={"Upper 3": "Bar"})
    found = {one.name: one for one in compare(venue, [name], POS).names}[name.strip()]
    assert (found.match, found.pos, found.proposed) == (match, pos, proposed)


def test_two_that_may_be_meant_are_no_proposal() -> None:
    (found,) = compare(VENUE, ["14"], ["A14", "B14"]).names
    assert (found.match, found.proposed) == (Match.UNMATCHED, None)


def test_a_mapping_to_a_table_that_is_not_there_is_unmatched() -> None:
    (found,) = compare(replace(VENUE, tables={"12": "T99"}), [], POS).names
    assert (found.match, found.known) == (Match.UNMATCHED, False)


def test_without_the_poss_names_only_mapped_ones_are_settled() -> None:
    found = compare(replace(VENUE, tables={"12": "T12"}), ["12", "13"], None)
    assert [(one.name, one.match) for one in found.names] == [("12", Match.MAPPED), ("13", Match.UNMATCHED)]
    assert found.left_over == ()


def test_the_lines_can_be_pasted() -> None:
    found = compare(VENUE, ["14", 'the "corner"', "12"], POS)
    assert found.toml() == ["[tables]", '"14" = "T14"', '# "the \\"corner\\"" = "?"']
    assert tomllib.loads("\n".join(found.toml())) == {"tables": {"14": "T14"}}
    assert found.left_over == ("1", "Bar", "Terrace 15")
    assert compare(VENUE, ["12"], POS).toml() == []


def put(bench: Bench, where: dict[str, Any], value: object, **more: Any) -> None:
    item = {**where, "body": {"S": dump(value)}, **more}
    bench.stack.dynamodb.put_item(TableName=bench.stack.addresses.table, Item=item)


def sold(bench: Bench, number: int, *tables: str) -> None:
    """A booking that was seated at these tables and paid."""
    order = replace(an_order(), id=f"ord_{number}", venue_id="harbour", platform="resdiary", booking_id=f"B-{number}")
    pk = booking_record_id("harbour", "resdiary", f"B-{number}")
    put(bench, key(pk, "HEAD"), Booking("harbour", "resdiary", f"B-{number}", details=Details(tables)))
    put(bench, key(pk, "ORDER#1"), order)
    put(bench, order_link_key(order.id), order, record_id={"S": pk})
    at = bench.now() - timedelta(days=number)
    sale = Sale("harbour", str(number), at, at, "AUD", Decimal(80), Decimal(7), "booking", order.id, f"B-{number}")
    listing = {"list_pk": {"S": f"SALES#harbour#{at:%Y-%m-%d}"}, "list_sk": {"S": f"{at.isoformat()}#{number}"}}
    put(bench, key(f"POSORDER#harbour#{number}", "SALE"), sale, **listing)


def test_names_come_from_what_was_sold_and_from_a_file(ready: Bench, tmp_path: Path) -> None:
    sold(ready, 1, "12")
    sold(ready, 2, "Terrace T14", "3")
    sold(ready, 40, "from long ago")
    file = tmp_path / "tables.txt"
    file.write_text("# of the diary\n7\nTerrace 15\n")
    found = ready.json("venue", "tables", "harbour", "--platform-tables", str(file), ok=False)
    assert {one["name"]: one["match"] for one in found["tables"]} == {
        "3": "matched",
        "7": "matched",
        "12": "matched",
        "Terrace 15": "unmatched",
        "Terrace T14": "unmatched",
    }
    assert found["toml"] == ["[tables]", '"Terrace 15" = "T15"', '"Terrace T14" = "T14"']
    assert (found["bookings"], found["refused"]) == (2, None)
    said = ready.run("venue", "tables", "harbour", "--platform-tables", str(file), ok=False).output
    assert '"Terrace 15" = "T15"' in said
    assert "only in the POS: " in said

    file.write_text('["7", 3]')
    for number in (1, 2):
        sold(ready, number, "12")
    assert "matched" in ready.run("venue", "tables", "harbour", "--platform-tables", str(file)).output


def test_without_the_tables_add_on_it_says_so(ready: Bench, tmp_path: Path) -> None:
    venue = ready.stack.settings.get("harbour")
    ready.stack.settings.put_venue(replace(venue, pos=replace(venue.pos, site_id="824"), tables={"12": "T12"}))
    said = ready.run("venue", "tables", "harbour").output
    assert "Tables add-on" in said
    assert "mapped" in said


def test_nothing_to_compare(ready: Bench, tmp_path: Path) -> None:
    assert "--platform-tables FILE" in ready.run("venue", "tables", "harbour").output
    assert "cannot be read" in ready.run("venue", "tables", "harbour", "--platform-tables", "no", ok=False).stderr
    file = tmp_path / "tables.json"
    file.write_text("[7,")
    assert "not JSON" in ready.run("venue", "tables", "harbour", "--platform-tables", str(file), ok=False).stderr
