"""The logins of a `~/.netrc` as sites."""

from __future__ import annotations

from collections import Counter

from tuiftp.errors import ConfigurationError
from tuiftp.protocol.text import shown
from tuiftp.storage.importers.model import Collector, Draft, FoundSite, Imported, SiteSource
from tuiftp.storage.netrc import NetrcEntry, parse_netrc


def parse_netrc_sites(data: bytes, *, with_passwords: bool) -> Imported:
    """Reads the machines. `default` names no server and is skipped."""
    collector = Collector(SiteSource.NETRC)
    entries = parse_netrc(data.decode("utf-8-sig", "surrogateescape"))
    logins = Counter(entry.machine for entry in entries)
    for entry in entries:
        if entry.machine is None:
            collector.skip("default", "it names no server")
            continue
        name = f"{entry.login}@{entry.machine}" if logins[entry.machine] > 1 else entry.machine
        try:
            collector.take(_site(name, entry, with_passwords))
        except ConfigurationError as error:
            collector.skip(name, shown(error.message), is_broken=True)
    return collector.result()


def _site(name: str, entry: NetrcEntry, with_passwords: bool) -> FoundSite:
    draft = Draft.begin(name)
    draft.set_host(entry.machine or "")
    draft.set_login(entry.login or "")
    return draft.finish(bool(entry.password), entry.password if with_passwords else None)
