"""A site's status as Kounta shows it."""

from __future__ import annotations

from pydantic import ValidationError

from shared.adapters.http.clients import Received
from shared.adapters.http.foreign import Foreign, OptionalId, Text, read_json
from shared.domain.errors import UnreachableError
from shared.domain.site_status import SiteStatus


class Printer(Foreign):
    """The pass-thru printing register, as the site's status shows it."""

    id: OptionalId = None
    name: Text = None
    status: Text = None


class KountaSiteStatus(Foreign):
    """Online: at least one device is in use (Kounta docs: Site status). Kounta's words, usually online and offline."""

    status: Text = None
    online_ordering: Text = None
    pass_thru_printing_register: Printer | None = None

    @property
    def is_online(self) -> bool:
        """Whether an order would be seen by somebody."""
        return (self.status or "").lower() == "online"

    @property
    def takes_online_orders(self) -> bool:
        """Whether online ordering is not switched off."""
        return (self.online_ordering or "online").lower() == "online"


def read_site_status(received: Received) -> SiteStatus | None:
    """None for 404. Raises UnreachableError for what says nothing of the site: it is not taken for offline."""
    if received.status == 404:
        return None
    try:
        said = KountaSiteStatus.model_validate(read_json(received.body))
    except (ValueError, ValidationError):
        raise UnreachableError("site_status: an answer that could not be understood") from None
    if not said.status:
        raise UnreachableError("site_status: no word on whether the site is online")
    printer = said.pass_thru_printing_register
    word = printer.status if printer else None
    return SiteStatus(said.is_online, said.takes_online_orders, None if word is None else word.lower() == "online")
