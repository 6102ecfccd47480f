"""Which of several findings comes first: causes before what they explain, sure ones before guesses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from tuiftp.wirelog.findings.model import Finding

EXPLAINED_BY: Final[Mapping[str, frozenset[str]]] = {
    "R9": frozenset({"R1", "R4", "R16", "R22", "R26"}),
    "R8": frozenset({"R20", "R26"}),
    "R27": frozenset({"R9", "R15", "R16", "R20", "R21", "R22", "R26"}),
}
"""Findings that are not told at all where one of these is told of the same site: it explains what was seen."""

_CAUSES: Final[Mapping[str, frozenset[str]]] = {
    **EXPLAINED_BY,
    "R4": frozenset({"R1", "R14", "R17", "R26"}),
    "R5": frozenset({"R1", "R3", "R14", "R17", "R26"}),
    "R10": frozenset({"R9", "R14", "R15", "R16", "R22"}),
    "R11": frozenset({"R9", "R14", "R15", "R22"}),
    "R13": frozenset({"R16"}),
    "R19": frozenset({"R18"}),
}
"""What may be the cause of a finding; both are told, and the cause comes first."""

_HARMLESS: Final = frozenset({"R24", "R25"})
"""Deviations that cost nothing."""


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Orders findings: the surest first, each cause before what it explains, harmless ones last.

    Of two that are alike, the one that was told later comes first.
    """
    given = list(findings)
    codes: dict[str, dict[str, Finding]] = {}
    for finding in given:
        codes.setdefault(finding.site, {})[finding.code] = finding
    weights = [(_weight(finding, codes[finding.site]), place) for place, finding in enumerate(given)]
    order = sorted(range(len(given)), key=lambda place: weights[place], reverse=True)
    return tuple(given[place] for place in order)


def _weight(finding: Finding, others: Mapping[str, Finding], seen: Collection[str] = ()) -> float:
    if finding.code in _HARMLESS:
        return -1.0
    causes = [
        others[code] for code in _CAUSES.get(finding.code, ()) if code in others and code not in seen
    ]  # fmt: skip
    above = [_weight(cause, others, (*seen, finding.code)) - 0.1 for cause in causes]
    return min([float(finding.confidence.rank), *above])
