"""What operators ask of Kounta when they set a venue up: who we are there, what there is, which webhooks we have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
from pydantic import Field, ValidationError

from shared.adapters.http import answers
from shared.adapters.http.clients import Received
from shared.adapters.http.foreign import Foreign, NumberId, OptionalId, Text, read_json
from shared.adapters.http.reading import good_answer
from shared.adapters.kounta.classification import speaks_of_token
from shared.adapters.kounta.client import KountaClient
from shared.adapters.kounta.details import Named
from shared.adapters.kounta.reads import KountaReads
from shared.adapters.kounta.rendering import as_json, as_number
from shared.adapters.kounta.sites import KountaSiteStatus
from shared.domain.errors import UnreachableError

MOST_PAGES = 40


class Timezone(Foreign):
    """A company's timezone."""

    name: Text = None
    offset: Text = None


class Company(Foreign):
    """The authorised company."""

    id: NumberId
    name: Text = None
    currency: Text = None
    timezone: Timezone | None = None


class Site(Foreign):
    """A restaurant of the company."""

    id: NumberId
    name: Text = None


class Register(Foreign):
    """A till."""

    id: NumberId
    name: Text = None
    code: Text = None
    site_id: OptionalId = None
    site: Named | None = None

    @property
    def at_site(self) -> str | None:
        """The site where it stands, if that is told."""
        return self.site_id or (self.site.id if self.site else None)


class Section(Foreign):
    """A part of a site's floor, or, where an answer has no sections, a table by itself."""

    name: Text = None
    number: Text = None
    tables: list[Section] | None = None

    def table_names(self) -> list[str]:
        """What staff see on its tables."""
        if self.tables is not None:
            return [name for table in self.tables for name in table.table_names()]
        own = self.name or self.number
        return [own] if own else []


class PaymentMethod(Foreign):
    """A way to pay that the company has set up."""

    id: NumberId
    name: Text = None


class WebhookFilter(Foreign):
    """What a subscription is limited to."""

    site_ids: tuple[NumberId, ...] = ()


@dataclass(frozen=True, slots=True)
class Webhook:
    """One subscription of this client at this company."""

    id: str
    topic: str
    address: str = field(repr=False)
    site_ids: tuple[str, ...] = ()
    authorization: str | None = field(default=None, repr=False)
    """The header it was registered with; None when the answer does not show it."""


class _Subscription(Foreign):
    id: NumberId
    topic: str
    address: str
    filter: WebhookFilter | list[object] | None = None
    headers: dict[str, object] | list[object] | None = Field(default=None, repr=False)


_Model = TypeVar("_Model", bound=Foreign)


class KountaAdministration:
    """Management calls of one connection. All raise OutsideError."""

    def __init__(self, client: KountaClient, reads: KountaReads) -> None:
        self._client = client
        self._reads = reads

    def get_company(self) -> Company:
        """The company of the connection."""
        return _one(Company, self._reads.get("get_company", ""))

    def get_site(self, site_id: str) -> Site:
        """A site. Raises RefusedError with 404 when there is none."""
        return _one(Site, self._reads.get("get_site", f"sites/{as_number(site_id, 'site_id')}"))

    def site_status(self, site_id: str) -> KountaSiteStatus:
        """Whether the site is there to take orders."""
        return _one(KountaSiteStatus, self._reads.get("site_status", f"sites/{as_number(site_id, 'site_id')}/status"))

    def list_registers(self) -> list[Register]:
        """The company's registers."""
        return self._all(Register, "list_registers", "registers")

    def list_tables(self, site_id: str) -> list[str]:
        """The names of a site's tables, as staff see them. Needs the Tables add-on (Kounta docs: Tables).

        That tables stand in sections under `tables` and are called by `name`, else `number`, is inferred.
        """
        found = self._all(Section, "list_tables", f"sites/{as_number(site_id, 'site_id')}/tables")
        return list(dict.fromkeys(name for section in found for name in section.table_names()))

    def list_payment_methods(self) -> list[PaymentMethod]:
        """The company's payment methods."""
        return self._all(PaymentMethod, "list_payment_methods", "payment_methods")

    def list_webhooks(self) -> list[Webhook]:
        """Our subscriptions: those of this client app only (Kounta docs: Webhooks)."""
        return [
            Webhook(one.id, one.topic, one.address, _site_ids(one), _authorization(one))
            for one in self._all(_Subscription, "list_webhooks", "webhooks")
        ]

    def upsert_webhook(self, topic: str, address: str, site_ids: Sequence[str], headers: Mapping[str, str]) -> str:
        """Subscribe once: each registration of a topic would emit its own event, so one with this topic and address is
        changed, and further ones of the same are removed. Returns its id.

        `headers`: only `Authorization` and `X-*` (Kounta docs: Webhooks).
        """
        wanted = {
            "topic": topic,
            "address": address,
            "format": "json",
            "filter": {"site_ids": [as_number(site, "site_id") for site in site_ids]},
            "headers": dict(headers),
        }
        ours = sorted(
            (one for one in self.list_webhooks() if (one.topic, one.address) == (topic, address)),
            key=lambda one: int(one.id),
        )
        if ours:
            first, *doubles = ours
            self._change("update_webhook", "PUT", f"webhooks/{first.id}", wanted)
            for double in doubles:
                self.delete_webhook(double.id)
            return first.id
        made = answers.id_from_location(self._change("create_webhook", "POST", "webhooks", wanted).headers)
        if made is None:
            raise UnreachableError("create_webhook: no id in the answer")
        return made

    def delete_webhook(self, webhook_id: str) -> None:
        """End a subscription; one that is gone already is no error."""
        self._change("delete_webhook", "DELETE", f"webhooks/{as_number(webhook_id, 'webhook_id')}", None, taken=(404,))

    def _all(self, model: type[_Model], operation: str, path: str) -> list[_Model]:
        received = self._reads.get(operation, path)
        found = _many(model, received)
        for _ in range(MOST_PAGES):
            cursor = received.headers.get("x-next-page")
            if not cursor:
                return found
            received = self._reads.next_page(operation, cursor)
            found += _many(model, received)
        raise UnreachableError(f"{operation}: the list has no end")

    def _change(
        self, operation: str, method: str, path: str, body: object | None, taken: tuple[int, ...] = ()
    ) -> Received:
        """One changing call, sent once."""
        try:
            received = self._client.send(
                operation,
                method,
                self._client.company_url(path),
                total_s=self._client.timings.write_timeout_s,
                content=None if body is None else as_json(body),
            )
        except httpx.RequestError as error:
            raise UnreachableError(f"{operation}: {type(error).__name__}") from None
        return good_answer(
            operation,
            received,
            now=self._client.now(),
            usual_wait_s=self._client.timings.limited_wait_s,
            taken=taken,
            unauthorized=speaks_of_token,
        )


def _site_ids(one: _Subscription) -> tuple[str, ...]:
    return one.filter.site_ids if isinstance(one.filter, WebhookFilter) else ()


def _authorization(one: _Subscription) -> str | None:
    headers = one.headers if isinstance(one.headers, dict) else {}
    found = next((value for name, value in headers.items() if name.lower() == "authorization"), None)
    return found if isinstance(found, str) else None


def _one(model: type[_Model], received: Received) -> _Model:
    try:
        return model.model_validate(read_json(received.body))
    except (ValueError, ValidationError):
        raise UnreachableError(f"{model.__name__}: an answer that could not be understood") from None


def _many(model: type[_Model], received: Received) -> list[_Model]:
    try:
        rows = read_json(received.body)
        return [model.model_validate(row) for row in rows] if isinstance(rows, list) else []
    except (ValueError, ValidationError):
        raise UnreachableError(f"{model.__name__}: an answer that could not be understood") from None
