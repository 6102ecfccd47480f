"""Parsers of other programs' site files: from bytes to sites and notes, one module for each program."""

from __future__ import annotations

from collections.abc import Callable

from tuiftp.errors import ConfigurationError
from tuiftp.storage.importers import filezilla, lftp, netrc, winscp
from tuiftp.storage.importers.model import Imported, SiteSource, TooManySites

_READERS: dict[SiteSource, Callable[..., Imported]] = {
    SiteSource.FILEZILLA: filezilla.parse_filezilla,
    SiteSource.LFTP: lftp.parse_lftp,
    SiteSource.NETRC: netrc.parse_netrc_sites,
    SiteSource.WINSCP: winscp.parse_winscp,
}


def parse_sites(data: bytes, source: SiteSource, *, with_passwords: bool = False) -> Imported:
    """Reads the sites of another program.

    Args:
        data: The whole file.
        source: Whose file it is.
        with_passwords: Whether passwords are decoded too; else it is only told which sites have one.

    Raises:
        ConfigurationError: It is no file of that program, or has more sites than anybody keeps.
    """
    try:
        return _READERS[source](data, with_passwords=with_passwords)
    except TooManySites as error:
        raise ConfigurationError(error.message) from None
