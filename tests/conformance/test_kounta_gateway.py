"""The gateway against the sandbox: every call's happy path, and the faults that its answers are classified by."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.faults import Fault
from sandbox.kounta.api import KountaSandbox
from sandbox.kounta.oauth import issue_code
from sandbox.messages import SandboxRequest
from sandbox.settings import SandboxSettings
from sandbox.transport import sandbox_transport
from shared.adapters.http.clients import make_client
from shared.adapters.kounta.administration import KountaAdministration
from shared.adapters.kounta.client import KountaClient
from shared.adapters.kounta.gateway import KountaGateway
from shared.adapters.kounta.reads import KountaReads
from shared.adapters.kounta.tokens import Credentials, Tokens, TokenStore
from shared.domain.bookings.events import Customer
from shared.domain.errors import RefusedError, UnreachableError
from shared.domain.orders.draft import DraftPayment, OrderDraft
from shared.domain.orders.search import OrderFilters
from shared.domain.orders.writes import Outcome
from shared.domain.site_status import SiteStatus
from shared.domain.timings import Timings
from shared.domain.venues import PosConnection
from shared.usecases.pos_gateway import PosGateway
from shared.web.signatures import RawWebhook, verify_kounta
from tests.fake_tokens import InMemoryTokenStore

NOTES = "Table 12 · 4 covers\nBooking (B-1001)\n[PR-0123456789ABCDEF-1]"
DRAFT = OrderDraft(
    site_id="823",
    register_id=None,
    order_type="Dine in",
    guests=4,
    notes=NOTES,
    callback_uri="https://relay.example.com/pos/kounta/v/orders/o/status?token=t",
    payments=(DraftPayment("3", Decimal("50.00"), "PR-0123456789ABCDEF-deposit"),),
)
GUEST = Customer("Robin", "Example", "robin@example.com", "+61 2 5550 0100")
SITE = PosConnection("kounta", "5678", "823")
API = "http://sandbox.test"


@dataclass
class Kounta:
    """A sandbox, and clients of it that share its clock."""

    now: datetime = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    list_lag_s: float = 0.0
    sandbox: KountaSandbox = field(init=False)

    def __post_init__(self) -> None:
        self.sandbox = KountaSandbox(lambda: self.now, SandboxSettings(list_lag_s=self.list_lag_s))

    def client(self, app: str = "demo-basic", tokens: TokenStore | None = None) -> KountaClient:
        return KountaClient(
            make_client(sandbox_transport(self.sandbox)),
            api_url=API,
            connection_id="kounta-5678",
            company_id="5678",
            credentials=Credentials(app, f"{app}-secret"),
            tokens=tokens,
            timings=Timings(),
            now=lambda: self.now,
        )

    def gateway(self, client: KountaClient | None = None, at: PosConnection = SITE) -> PosGateway:
        return KountaGateway(client or self.client(), at, pace=lambda: None, sleep=lambda _: None)

    def fails(self, operation: str, fault: str, times: int = 1) -> None:
        self.sandbox.faults.add(Fault(operation=f"kounta.{operation}", fault=fault, times=times))


def made(gateway: PosGateway, draft: OrderDraft = DRAFT, key: str = "PR-0123456789ABCDEF-1-g1") -> str:
    answer = gateway.create_order(gateway.render_create(draft), key)
    assert answer.outcome is Outcome.DONE, answer
    assert answer.pos_order_id is not None
    return answer.pos_order_id


def test_an_order_from_create_to_delete() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    order_id = made(gateway)
    assert int(order_id) > 2**53
    read = gateway.read_order(order_id)
    assert read is not None
    assert (read.id, read.status, read.notes, read.guests) == (order_id, "SUBMITTED", NOTES, 4)
    assert (read.site_id, read.created_at, read.callback_uri) == ("823", kounta.now, DRAFT.callback_uri)
    assert [(one.method_id, one.amount, one.ref) for one in read.payments] == [
        ("3", Decimal("50.00"), "PR-0123456789ABCDEF-deposit")
    ]
    assert read.lines == ()

    assert gateway.update_order(order_id, notes="Table 3", guests=5).outcome is Outcome.DONE
    assert gateway.notify(order_id, "table 12 → 3").outcome is Outcome.DONE
    changed = gateway.read_order(order_id)
    assert changed is not None
    assert (changed.notes, changed.guests) == ("Table 3", 5)

    assert gateway.delete_order(order_id).outcome is Outcome.DONE
    assert gateway.delete_order(order_id).outcome is Outcome.DONE
    gone = gateway.read_order(order_id)
    assert gone is None or gone.deleted
    gone_answer = gateway.update_order(order_id, notes="n", guests=None)
    assert gone_answer.outcome is Outcome.REFUSED


def test_the_same_bytes_with_the_same_key_make_one_order() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    assert made(gateway) == made(gateway)
    other = gateway.create_order(gateway.render_create(DRAFT)[:-1] + b" }", "PR-0123456789ABCDEF-1-g1")
    assert other.outcome is Outcome.KEY_REUSED
    assert len(kounta.sandbox.live_orders()) == 1


def test_an_order_to_a_register_that_is_rejected_instead_of_deleted() -> None:
    at = PosConnection("kounta", "5678", "", register_id="16", delete_by_reject=True)
    gateway = Kounta().gateway(at=at)
    order_id = made(gateway, OrderDraft(None, "16", "Dine in", 2, NOTES, DRAFT.callback_uri))
    assert gateway.delete_order(order_id).outcome is Outcome.DONE
    read = gateway.read_order(order_id)
    assert read is not None
    assert (read.status, read.register_id) == ("REJECTED", "16")


def test_customers() -> None:
    gateway = Kounta().gateway()
    assert gateway.find_customer(GUEST) is None
    customer_id = gateway.create_customer(GUEST, "guest-1")
    assert customer_id is not None
    assert gateway.find_customer(GUEST) == customer_id
    assert gateway.find_customer(Customer("Robin", "Example", None, "+61 2 5550 0100")) == customer_id
    draft = OrderDraft("823", None, "Dine in", 2, NOTES, DRAFT.callback_uri, customer_id=customer_id)
    assert gateway.read_order(made(gateway, draft)) is not None


def test_lists_page_by_page_with_their_lag() -> None:
    kounta = Kounta(list_lag_s=16)
    gateway = kounta.gateway()
    started = kounta.now
    ids = [made(gateway, key=f"k-{number}") for number in range(30)]
    assert gateway.list_orders(started, None).orders == ()
    kounta.now += timedelta(seconds=20)
    first = gateway.list_orders(started - timedelta(minutes=5), kounta.now)
    assert (len(first.orders), first.next is not None) == (25, True)
    second = gateway.list_orders(started, None, first.next)
    assert second.next is None
    assert {one.id for one in (*first.orders, *second.orders)} == set(ids)
    assert all(one.notes == NOTES for one in first.orders)

    assert gateway.delete_order(ids[0]).outcome is Outcome.DONE
    kounta.now += timedelta(seconds=20)
    assert [one.id for one in gateway.list_deleted(started, None).orders] == [ids[0]]


BREAKFAST = {
    "product_id": 730310,
    "option_sets": [
        {"option_set_id": 501, "options": [{"product_id": 730311}]},
        {"option_set_id": 502, "options": [{"product_id": 730313, "instructions": "On Side"}]},
    ],
}


def put_in(kounta: Kounta, **fields: Any) -> str:
    """An order made at Kounta by another app of the company."""
    wanted = {"site_id": 823, "status": "ON_HOLD", **fields}
    body = json.dumps({name: value for name, value in wanted.items() if value is not None}).encode()
    basic = "Basic " + base64.b64encode(b"demo-basic:demo-basic-secret").decode()
    headers = {"accept": "application/json", "content-type": "application/json", "authorization": basic}
    request = SandboxRequest("POST", "/v1/companies/5678/orders", [], headers, body)
    answer = kounta.sandbox.handle(request)
    assert answer.status == 201, answer.body
    kounta.now += timedelta(seconds=1)
    return answer.headers["Location"].rpartition("/")[2].removesuffix(".json")


def test_an_order_by_its_sale_and_its_option_sets() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    order_id = put_in(
        kounta, options=[BREAKFAST, BREAKFAST], lines=[{"product_id": 730297, "modifiers": [730321, -730323]}]
    )
    read = gateway.read_order(order_id)
    assert read is not None
    assert read.sale_id is not None
    assert gateway.read_order_by_sale(read.sale_id) == read
    for nothing in ("zzzzzzzz", "short", "../../x", "aaaaaaa/"):
        assert gateway.read_order_by_sale(nothing) is None
    assert [gateway.read_option_set(order_id, number) for number in (1, 2, 3)] == [*read.options, None]
    eggs, extras = read.options[1].option_sets
    assert (eggs.option_set_id, extras.options[0].instructions) == ("501", "On Side")
    (coffee,) = [line for line in read.lines if not line.part_of_option_set]
    assert (coffee.modifiers, coffee.sku) == (("730321", "-730323"), "FLAT-WHITE")


def test_the_invoice_of_a_completed_order_only() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    order_id = put_in(kounta, lines=[{"product_id": 730304}])
    with pytest.raises(RefusedError) as caught:
        gateway.read_invoice(order_id)
    assert caught.value.http_status == 400
    kounta.sandbox.staff.pay(int(order_id))
    kounta.sandbox.staff.complete(int(order_id))
    pdf = gateway.read_invoice(order_id)
    assert pdf is not None
    assert pdf.startswith(b"%PDF-1")
    assert gateway.read_invoice("1") is None
    kounta.fails("invoice", "html", times=-1)
    with pytest.raises(UnreachableError):
        gateway.read_invoice(order_id)


def test_every_filter_and_their_combination() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    staff = kounta.sandbox.staff
    customer_id = gateway.create_customer(GUEST, "guest-1")
    assert customer_id is not None
    lamb = [{"product_id": 730304}]  # 69.00
    plain = put_in(kounta, lines=lamb)
    discounted = put_in(kounta, lines=lamb, price_variation=0.5)
    linked = put_in(kounta, lines=lamb, customer_id=int(customer_id), register_id=16, site_id=None)
    sold = put_in(kounta, lines=lamb, customer_id=int(customer_id), price_variation=0.9)
    gone = put_in(kounta, lines=lamb)
    put_in(kounta, lines=lamb, site_id=824)
    staff.pay(int(sold))
    staff.complete(int(sold))
    staff.delete(int(gone))
    kounta.now += timedelta(minutes=1)
    ours = gateway.read_order(linked)
    assert ours is not None

    def listed(**filters: Any) -> list[str]:
        page = gateway.search_orders(OrderFilters(**filters))
        assert page.next is None
        return [row.id for row in page.orders]

    everything = [sold, linked, discounted, plain]
    assert listed() == everything
    assert listed(status="COMPLETE") == [sold]
    assert listed(status="ON_HOLD") == everything[1:]
    assert listed(discounted=True) == [sold, discounted]
    assert listed(deleted=True) == [gone]
    assert listed(linked_customer=True) == listed(customer_id=customer_id) == [sold, linked]
    assert listed(customer_id="1") == listed(staff_id="1") == listed(pending_accounts=True) == []
    assert linked in listed(register_id="16")
    assert listed(register_id="17") == []
    assert listed(value=(("lt", Decimal(69)),)) == [sold, discounted]
    assert listed(value=(("gte", Decimal("34.50")), ("lt", Decimal("62.10")))) == [discounted]
    assert listed(created=(("gt", ours.created_at),)) == [sold]
    assert listed(created=(("gte", ours.created_at), ("lte", ours.created_at))) == [linked]
    assert listed(created=(("lt", ours.created_at),)) == [discounted, plain]
    assert listed(created=(("gt", date(2026, 11, 22)),)) == []
    assert listed(created=(("gte", date(2026, 11, 22)),)) == everything
    combined = {"customer_id": customer_id, "status": "COMPLETE", "discounted": True}
    assert listed(**combined, created=(("gte", date(2013, 6, 1)),), value=(("lt", Decimal(100)),)) == [sold]


def test_a_search_goes_on_where_it_was() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    ids = [put_in(kounta) for _ in range(30)]
    kounta.now += timedelta(minutes=1)
    filters = OrderFilters(status="ON_HOLD", created=(("gte", date(2026, 11, 22)),))
    first = gateway.search_orders(filters)
    assert first.next is not None
    assert first.next.isdigit()
    late = put_in(kounta)
    second = gateway.search_orders(filters, first.next)
    assert second.next is None
    assert [row.id for row in (*first.orders, *second.orders)] == ids[::-1]
    assert late not in ids
    assert all(row.site_id == "823" for row in first.orders)


def test_a_completed_order_is_read_with_its_money() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    order_id = made(gateway)
    staff = kounta.sandbox.staff
    staff.accept(int(order_id))
    staff.add_lines(int(order_id), [{"product_id": 730304, "quantity": 2}])
    staff.pay(int(order_id))
    staff.complete(int(order_id))
    read = gateway.read_order(order_id)
    assert read is not None
    assert (read.status, read.callback_uri, read.is_closed) == ("COMPLETE", None, True)
    assert read.total == read.paid == Decimal("138")
    lines = sum((one.total_ex_tax or Decimal(0) for one in read.lines), Decimal(0))
    assert round(lines + read.total_tax, 2) == read.total
    late = gateway.update_order(order_id, notes="late", guests=None)
    assert (late.outcome, late.code) == (Outcome.REFUSED, "order_complete")


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("refused", Outcome.NOT_CONNECTED),
        ("reset_before", Outcome.LOST),
        ("reset_after", Outcome.LOST),
        ("timeout", Outcome.LOST),
        ("500", Outcome.SERVER_ERROR),
        ("500_stored", Outcome.SERVER_ERROR),
        ("500_stored_after", Outcome.SERVER_ERROR),
        ("503", Outcome.LOST),
        ("429", Outcome.LIMITED),
        ("429_stored", Outcome.LIMITED),
        ("401", Outcome.UNAUTHORIZED),
        ("401_stored", Outcome.UNAUTHORIZED),
        ("409", Outcome.BUSY),
        ("422", Outcome.KEY_REUSED),
        ("html", Outcome.STRANGE),
        ("slow", Outcome.DONE),
    ],
)
def test_every_fault_of_create(fault: str, outcome: Outcome) -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    kounta.fails("create_order", fault)
    body = gateway.render_create(DRAFT)
    assert gateway.create_order(body, "k-1").outcome is outcome
    assert len(kounta.sandbox.calls.of("kounta.create_order")) == 1


def test_basic_runs_into_the_limit_and_says_how_long() -> None:
    kounta = Kounta()
    client = kounta.client()
    gateway = kounta.gateway(client)
    answers = [gateway.notify("1", "m") for _ in range(61)]
    assert client.rate_limit is not None
    assert answers[-1].outcome is Outcome.LIMITED
    assert answers[-1].wait_s is not None
    assert 0 < answers[-1].wait_s <= 60


def oauth_tokens(kounta: Kounta) -> InMemoryTokenStore:
    """A grant as the connect page gets it: the code is exchanged at the sandbox."""
    redirect = "https://relay.example.com/connect/kounta/callback"
    code = issue_code(kounta.sandbox.state, "demo-oauth", 5678, redirect)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
    form |= {"client_id": "demo-oauth", "client_secret": "demo-oauth-secret"}
    said = make_client(sandbox_transport(kounta.sandbox)).post(f"{API}/v1/token.json", data=form).json()
    store = InMemoryTokenStore()
    store.save("kounta-5678", Tokens(said["access_token"], said["refresh_token"]))
    return store


def test_oauth_with_a_token_that_ended() -> None:
    kounta = Kounta()
    store = oauth_tokens(kounta)
    gateway = kounta.gateway(kounta.client("demo-oauth", store))
    order_id = made(gateway)
    kounta.now += timedelta(hours=2)
    refused = gateway.create_order(gateway.render_create(DRAFT), "k-2")
    assert refused.outcome is Outcome.UNAUTHORIZED
    gateway.refresh()
    assert made(gateway, key="k-2") != order_id
    kounta.now += timedelta(hours=2)
    assert gateway.read_order(order_id) is not None


def test_probe() -> None:
    kounta = Kounta()
    gateway = kounta.gateway()
    assert gateway.probe()
    kounta.fails("*", "503", times=-1)
    assert not gateway.probe()


def admin_of(kounta: Kounta) -> KountaAdministration:
    client = kounta.client()
    return KountaAdministration(client, KountaReads(client, SITE, pace=lambda: None, sleep=lambda _: None))


def test_administration() -> None:
    admin = admin_of(Kounta())
    assert (admin.get_company().currency, admin.get_site("823").name) == ("AUD", "Harbour Street")
    assert admin.site_status("823").is_online
    assert [one.id for one in admin.list_registers()] == ["16", "17"]
    assert {one.name for one in admin.list_payment_methods()} >= {"Cash", "Card"}


def test_webhooks_are_subscribed_once_and_their_signature_verifies() -> None:
    kounta = Kounta()
    admin = admin_of(kounta)
    address = "https://relay.example.com/pos/kounta/v/orders-deleted"

    def subscribe() -> str:
        return admin.upsert_webhook("orders/deleted", address, ["823"], {"Authorization": "our-secret"})

    first = subscribe()
    assert subscribe() == first
    assert [(one.id, one.site_ids) for one in admin.list_webhooks()] == [(first, ("823",))]

    gateway = kounta.gateway()
    order_id = made(gateway)
    kounta.sandbox.take_deliveries()
    kounta.sandbox.staff.delete(int(order_id))
    [hook] = [one for one in kounta.sandbox.take_deliveries() if one.url == address]
    verified = verify_kounta(RawWebhook(hook.headers, hook.body), ["demo-basic-signature-token"], "our-secret")
    assert str(json.loads(verified.body)["id"]) == order_id

    admin.delete_webhook(first)
    assert admin.list_webhooks() == []


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({}, SiteStatus(True, True, True)),
        ({"site_offline": True}, SiteStatus(False, True, False)),
        ({"registers_offline": [16]}, SiteStatus(False, True, False)),
        ({"registers_offline": [17]}, SiteStatus(True, True, True)),
        ({"online_ordering_paused": True}, SiteStatus(True, False, True)),
        ({"pass_thru_register_offline": True}, SiteStatus(True, True, False)),
    ],
)
def test_whether_the_site_sees_orders(state: dict[str, Any], expected: SiteStatus) -> None:
    kounta = Kounta()
    switches = kounta.sandbox.state.switches
    sites = {823: switches.site(823).model_copy(update=state)}
    kounta.sandbox.state.put_switches(switches.model_copy(update={"sites": sites}))
    assert kounta.gateway().site_status() == expected


def test_a_site_that_is_not_there_or_not_named_has_no_status() -> None:
    kounta = Kounta()
    assert kounta.gateway(at=PosConnection("kounta", "5678", "999")).site_status() is None
    assert kounta.gateway(at=PosConnection("kounta", "5678", "", register_id="16")).site_status() is None
    kounta.fails("*", "html", times=-1)
    with pytest.raises(UnreachableError):
        kounta.gateway().site_status()
