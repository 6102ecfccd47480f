"""Server features: the parsed FEAT reply (RFC 2389). A feature selects what is tried first, never more."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_CODE = re.compile(r"\s*211(?:[- ]|\Z)")
_MAX_LINES = 1000


@dataclass(frozen=True, slots=True)
class ServerFeatures:
    """The FEAT reply (RFC 2389). Without one, nothing is claimed."""

    names: frozenset[str] = frozenset()
    """The first word of every feature line, in capitals."""
    lines: tuple[str, ...] = ()
    """The feature lines as they came, stripped."""
    mlst_facts: tuple[str, ...] = ()
    """The facts that MLST and MLSD know, in small letters (`size`, `unix.mode`)."""
    mlst_enabled: frozenset[str] = frozenset()
    """Those of them that the server sends without being asked (marked with `*`)."""
    rest_stream: bool = False
    """Whether a transfer can be resumed: `REST STREAM` (RFC 3659 section 5)."""
    auth: frozenset[str] = frozenset()
    """The mechanisms of AUTH, in capitals: `TLS`, `TLS-C`, `SSL`."""
    hash_algorithms: tuple[str, ...] = ()
    """What HASH can compute, the one in use first."""

    def has(self, name: str) -> bool:
        """Whether a feature line begins with this word."""
        return name.upper() in self.names

    @property
    def mlsd(self) -> bool:
        """Whether MLSD is there: `MLST` announces both (RFC 3659 section 7.8)."""
        return "MLST" in self.names or "MLSD" in self.names

    @property
    def size(self) -> bool:
        """Whether SIZE is there."""
        return "SIZE" in self.names

    @property
    def utf8(self) -> bool:
        """Whether the server claims that its names are UTF-8 (RFC 2640)."""
        return "UTF8" in self.names or "UTF-8" in self.names

    @property
    def epsv(self) -> bool:
        """Whether EPSV is announced; many servers have it unannounced."""
        return "EPSV" in self.names

    @property
    def host(self) -> bool:
        """Whether HOST, naming a virtual host, is there (RFC 7151)."""
        return "HOST" in self.names


def parse_feat(lines: Iterable[str]) -> ServerFeatures:
    """Reads the lines of a FEAT reply, with or without their codes. Never raises.

    The first and last line are words for people (`211-Features:`, `211 End`). Some servers put the code
    before each feature, so a line with a code counts where its word is in capitals.
    """
    kept: list[str] = []
    for line in list(lines)[:_MAX_LINES]:
        code = _CODE.match(line)
        rest = line[code.end() :] if code else line
        text = rest.strip()
        word = text.split(" ", 1)[0]
        is_spoken = not rest.startswith((" ", "\t")) and (word != word.upper() or word.endswith(":"))
        if text and not is_spoken and not text.upper().startswith("END"):
            kept.append(text)
    return _from_lines(tuple(kept))


def _from_lines(lines: tuple[str, ...]) -> ServerFeatures:
    parameters: dict[str, list[str]] = {}
    for line in lines:
        word, _, rest = line.partition(" ")
        parameters.setdefault(word.upper(), []).append(rest.strip())
    facts = [fact.strip() for rest in parameters.get("MLST", []) for fact in rest.split(";") if fact.strip()]
    hashes = [name for rest in parameters.get("HASH", []) for name in rest.split(";") if name.strip(" *")]
    hashes.sort(key=lambda name: not name.endswith("*"))
    auth = {name for rest in parameters.get("AUTH", []) for name in re.split(r"[;, ]+", rest.upper()) if name}
    return ServerFeatures(
        names=frozenset(parameters),
        lines=lines,
        mlst_facts=tuple(fact.rstrip("*").lower() for fact in facts),
        mlst_enabled=frozenset(fact.rstrip("*").lower() for fact in facts if fact.endswith("*")),
        rest_stream=any("STREAM" in rest.upper() for rest in parameters.get("REST", [])),
        auth=frozenset(auth),
        hash_algorithms=tuple(name.strip(" *") for name in hashes),
    )
