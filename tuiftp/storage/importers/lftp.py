"""lftp's bookmarks: a name, white space, and a URL on each line, in `~/.local/share/lftp/bookmarks`."""

from __future__ import annotations

import re

from tuiftp.choices import policy_of
from tuiftp.errors import ConfigurationError, UnsafeName
from tuiftp.protocol.text import shown
from tuiftp.protocol.url import parse_url
from tuiftp.storage.importers.model import Collector, Draft, FoundSite, Imported, SiteSource

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


def parse_lftp(data: bytes, *, with_passwords: bool) -> Imported:
    """Reads bookmarks. Lines without a name and a URL are told of as broken."""
    collector = Collector(SiteSource.LFTP)
    for line in data.decode("utf-8-sig", "surrogateescape").split("\n"):
        name, _, url = line.strip().partition("\t" if "\t" in line.strip() else " ")
        if name and not name.startswith("#"):
            _read_line(name.strip(), url.strip(), collector, with_passwords)
    return collector.result()


def _read_line(name: str, url: str, collector: Collector, with_passwords: bool) -> None:
    scheme = _SCHEME.match(url)
    if scheme is None:
        collector.skip(name, "there is no URL behind the name", is_broken=True)
    elif scheme[1].lower() not in ("ftp", "ftps", "ftpes"):
        collector.skip(name, scheme[1].upper()[:20])
    else:
        try:
            collector.take(_site(name, url, with_passwords))
        except (ConfigurationError, UnsafeName) as error:
            collector.skip(name, shown(error.message), is_broken=True)


def _site(name: str, url: str, with_passwords: bool) -> FoundSite:
    target = parse_url(url)
    draft = Draft.begin(name)
    draft.set_host(target.host)
    # lftp encrypts ftp:// where the server can (ftp:ssl-allow is on).
    draft.set("tls", policy_of(target.tls), "the encryption")
    draft.set("port", target.port, "the port")
    draft.set_login(target.user or "")
    if target.path:
        draft.set("remote_directory", target.path, "the remote directory")
    password = target.password
    return draft.finish(bool(password), password if with_passwords else None)
