"""Diagnosis: rules that find in recorded events why a data connection fails, and what to change."""

from tuiftp.wirelog.findings.diagnosis import RULES, Diagnosis, diagnose, finding_record
from tuiftp.wirelog.findings.model import Confidence, Finding
from tuiftp.wirelog.findings.precedence import ranked

__all__ = [
    "RULES",
    "Confidence",
    "Diagnosis",
    "Finding",
    "diagnose",
    "finding_record",
    "ranked",
]
