"""A venue's settings as a TOML file: the fields of `Venue`, with those of `PosConnection` in `[pos]`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from ops.errors import OperatorError
from shared.domain.deliveries.addresses import problem_of
from shared.domain.venues import PosConnection, Venue, VenueMode

POS_KINDS = ("kounta",)
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SECRET_WORDS = ("secret", "client", "token", "password", "api_key", "apikey", "credential", "username")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_MOBILE = re.compile(r"\+[0-9 ]{7,20}")


@dataclass(frozen=True, slots=True)
class VenueFile:
    """A venue as its file has it, and whether the file says its mode, and its registers."""

    venue: Venue
    has_mode: bool
    has_registers: bool = True


def read_venue(file: Path) -> VenueFile:
    """The venue in a file. Raises OperatorError with a line for every key that does not fit."""
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise OperatorError(f"{file}: {error.strerror or error}", "name a TOML file; docs/examples has one") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OperatorError(f"{file}: not TOML: {error}", "docs/examples has one that is") from error
    problems: list[str] = []
    pos = given.get("pos")
    if not isinstance(pos, dict):
        pos = {}
        problems.append("[pos] is missing; it needs " + _needed(PosConnection))
    own = _taken(Venue, {key: value for key, value in given.items() if key != "pos"}, VENUE_FIELDS, "", problems)
    connection = _taken(PosConnection, pos, POS_FIELDS, "pos.", problems) if "pos" in given else {}
    if problems:
        first, *others = (f"{file}: {problem}" for problem in problems)
        raise OperatorError(
            first, "correct the file; docs/examples/venue.toml explains every key", others=tuple(others)
        )
    return VenueFile(
        Venue(**own, pos=PosConnection(**connection)), has_mode="mode" in given, has_registers="registers" in given
    )


def _taken(
    kind: type[Any],
    given: Mapping[str, Any],
    rules: Mapping[str, Callable[[Any], Any]],
    prefix: str,
    problems: list[str],
) -> dict[str, Any]:
    """The values by their rules; what does not fit is added to `problems`."""
    values = {}
    for key, value in given.items():
        if key not in rules:
            problems.append(_unknown(prefix, key, rules))
            continue
        try:
            values[key] = rules[key](value)
        except ValueError as error:
            problems.append(f"{prefix}{key} {error}")
    problems += [f"{prefix}{key} is missing" for key in _required(kind) if key in rules and key not in given]
    return values


def _unknown(prefix: str, key: str, rules: Mapping[str, Any]) -> str:
    if any(word in key.lower() for word in _SECRET_WORDS):
        return f"{prefix}{key} does not belong into the file: credentials come from the environment or are asked for"
    return f"{prefix}{key} is unknown; allowed: {', '.join(prefix + name for name in rules)}"


def _required(kind: type[Any]) -> list[str]:
    return [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]


def _needed(kind: type[Any]) -> str:
    return ", ".join(_required(kind))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text")
    return value.strip()


def venue_id(value: Any) -> str:
    """An id that stands in addresses. Raises ValueError."""
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise ValueError("must be letters, digits, '.', '_' or '-', at most 64, the first a letter or digit")
    return value


def _number_id(value: Any) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not (text.isascii() and text.isdigit()):
        raise ValueError("must be a whole number, as Kounta shows it")
    return text


def _number_ids(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError('must be a list like ["16", "17"]')
    return tuple(map(_number_id, value))


def _one_of(*allowed: str) -> Callable[[Any], str]:
    def chosen(value: Any) -> str:
        if value not in allowed:
            raise ValueError("must be one of: " + ", ".join(allowed))
        return str(value)

    return chosen


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10**7:
        raise ValueError("must be seconds above 0")
    return float(value)


def _calls(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 6000:
        raise ValueError("must be a whole number of calls a minute")
    return value


def _timezone(value: Any) -> str:
    name = _text(value)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        if available_timezones():  # a machine without the time zone tables cannot tell
            raise ValueError('is no time zone; write it like "Australia/Sydney"') from None
    return name


def _currency(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch("[A-Z]{3}", value):
        raise ValueError('must be three capital letters like "AUD"')
    return value


def _all(pattern: re.Pattern[str], like: str) -> Callable[[Any], tuple[str, ...]]:
    def checked(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(one, str) and pattern.fullmatch(one) for one in value):
            raise ValueError(f"must be a list of texts like {like}")
        return tuple(value)

    return checked


def _platform(value: Any) -> str:
    name = venue_id(value)
    if name in ("nowbookit", "resdiary"):
        raise ValueError(f"may not be {name}, which has a webhook of its own")
    return name


def _address(value: Any) -> str:
    url = _text(value)
    # Whether a private one will do is the stack's to say, when the venue is stored.
    if trouble := problem_of(url, may_be_private=True):
        raise ValueError(f"is {trouble}" if trouble.startswith("not") else trouble)
    return url


def _table_names(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str) and one.strip() for one in value.values()):
        raise ValueError('must be a table like: "12" = "T12"')
    names = {name.strip(): theirs.strip() for name, theirs in value.items()}
    if "" in names:
        raise ValueError("has a table without a name")
    return names


VENUE_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "id": venue_id,
    "name": _text,
    "mode": lambda value: VenueMode(_one_of(*VenueMode)(value)),
    "timezone": _timezone,
    "currency": _currency,
    "order_type": _text,
    "link_customers": _flag,
    "deposit_method_id": _number_id,
    "nowbookit_location_id": _text,
    "resdiary_restaurant": _text,
    "standard_hook_platform": _platform,
    "driver_tracking_url": _address,
    "notify_emails": _all(_EMAIL, '"duty@example.com"'),
    "notify_mobiles": _all(_MOBILE, '"+61255501234"'),
    "undo_window_s": _seconds,
    "replay_max_age_s": _seconds,
    "take_up_s": _seconds,
    "keep_failed_orders": _flag,
    "pass_thru": _one_of("off", "on"),
    "pass_thru_register": _number_id,
    "registers": _number_ids,
    "when_registers_offline": _one_of("send_normally", "fail"),
    "preorder_after_s": _seconds,
    "tables": _table_names,
}
POS_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "kind": _one_of(*POS_KINDS),
    "company_id": _number_id,
    "site_id": _number_id,
    "register_id": _number_id,
    "auth": _one_of("basic", "oauth"),
    "calls_a_minute": _calls,
    "delete_by_reject": _flag,
}
