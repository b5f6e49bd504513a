"""What Kounta refuses, in its own words."""

from __future__ import annotations

from sandbox.messages import SandboxAnswer, json_answer

REASONS = {400: "bad_request", 401: "invalid_token", 403: "forbidden", 404: "not_found", 405: "method_not_allowed"}
REASONS |= {406: "not_acceptable", 409: "conflict", 422: "unprocessable_entity", 429: "limit_exceeded"}
REASONS |= {500: "server_error", 501: "not_implemented", 502: "bad_gateway", 503: "unavailable", 504: "gateway_timeout"}


class RefusalError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, description: str, error: str | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.error = error or REASONS.get(status, "error")

    def answer(self) -> SandboxAnswer:
        """The error as Kounta words it: `error` and `error_description`."""
        return json_answer(self.status, {"error": self.error, "error_description": self.description})


class InvalidContentError(RefusalError):
    """The body does not fit Kounta's JSON schema; `pointer` says where."""

    def __init__(self, pointer: str, complaint: str) -> None:
        super().__init__(400, f"Your request contained some invalid data: Error validating {pointer}: {complaint}")


def not_found() -> RefusalError:
    """404 as the vendor words it."""
    return RefusalError(404, "Not Found")


def out_of_stock(product_id: int) -> RefusalError:
    """Kounta docs: Create an order with product availability."""
    return RefusalError(400, f"Product ({product_id}) is out of stock.")


def not_at_site(product_id: int) -> RefusalError:
    """A product the site does not sell."""
    return RefusalError(400, f"Product #{product_id} is not available at that site.")


def register_offline(name: str, register_id: int) -> RefusalError:
    """A pass-thru order with nothing to print it."""
    return RefusalError(400, f"Pass-thru register {name} ({register_id}) is offline.")


def ordering_paused() -> RefusalError:
    """Online ordering is switched off at the venue."""
    return RefusalError(400, "Due to popular demand, we are temporarily not taking online orders.")


def complete_is_final() -> RefusalError:
    """Kounta docs: orders with COMPLETE status cannot be updated."""
    return RefusalError(400, "Orders with COMPLETE status cannot be updated.")


def part_of_option_set() -> RefusalError:
    """Kounta docs, Option sets: such lines cannot be modified directly."""
    text = "Lines that belong to an option set cannot be modified directly. Update the original option set instead."
    return RefusalError(400, text)
