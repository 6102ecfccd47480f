"""Parses connection endpoints in records, `host:port` and `[host]:port`, and classifies their addresses."""

from __future__ import annotations

from tuiftp.protocol.hosts import AddressClass, classify


def split_end(text: str | None) -> tuple[str, int] | None:
    """Reads `host:port` or `[host]:port`; None where it is neither."""
    if not text:
        return None
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or len(port) > 5:
        return None
    return host.removeprefix("[").removesuffix("]"), int(port)


def host_of(text: str | None) -> str | None:
    """The host of `host:port`; None where it is no such thing."""
    end = split_end(text)
    return end[0] if end is not None else None


def join_end(host: str, port: int) -> str:
    """Writes `host:port`, and `[host]:port` for IPv6."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def class_of(host: str | None) -> AddressClass | None:
    """The class of an address; None for a host name or nothing."""
    if not host:
        return None
    try:
        return classify(host)
    except ValueError:
        return None
