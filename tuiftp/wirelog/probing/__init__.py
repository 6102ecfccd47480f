"""The probe's result as data: what each way of opening a data connection came to, and what follows from it."""

from tuiftp.wirelog.probing.model import (
    Advice,
    Family,
    ProbeReport,
    ProbeRow,
    Security,
    Way,
    WayVerdict,
    ways_of,
)

__all__ = [
    "Advice",
    "Family",
    "ProbeReport",
    "ProbeRow",
    "Security",
    "Way",
    "WayVerdict",
    "ways_of",
]
