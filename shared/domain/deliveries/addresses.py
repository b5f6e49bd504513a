"""Which addresses may be called: a platform chooses them, so none may lead back into our own network."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

LONGEST_URL = 1000
_INSIDE = (".localhost", ".local", ".internal", ".home.arpa")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: not private, loopback, link-local (where clouds answer with
    credentials), shared, multicast or reserved; nor such an IPv4 address dressed up as IPv6."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or _behind_nat64(ip)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified


def _behind_nat64(ip: IPv6Address) -> IPv4Address | None:
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip.exploded.startswith("0064:ff9b:") else None


def problem_of(url: str, *, may_be_private: bool = False, longest: int = LONGEST_URL) -> str | None:
    """What is wrong with an endpoint's URL as it is written; None when nothing is. What its name resolves to is looked
    at when it is called. `may_be_private`: the local stack may call itself, without TLS. `longest`: characters."""
    if len(url) > longest or not url.isascii() or any(char.isspace() or not char.isprintable() for char in url):
        return "not a URL"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "not a URL"
    if parts.scheme not in ("https", "http") or not host:
        return "not a URL"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "without user, password and fragment, please"
    if may_be_private:
        return None
    if parts.scheme != "https":
        return "must begin with https://"
    if port == 0:
        return "not a port"
    if host.rstrip(".").endswith(_INSIDE) or ("." not in host.strip("[]") and ":" not in host):
        return "not a name of the open internet"
    if _is_ip(host) and not is_public(host):
        return "not an address of the open internet"
    return None


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
