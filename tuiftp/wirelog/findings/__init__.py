"""The rules that tell from recorded events why a data connection fails, and what to change."""

from tuiftp.wirelog.findings.diagnosis import RULES, Diagnosis, diagnose, finding_record
from tuiftp.wirelog.findings.firewall import forward_ports, open_ports
from tuiftp.wirelog.findings.model import Confidence, Finding
from tuiftp.wirelog.findings.servers import Purpose, server_lines, which_server

__all__ = [
    "RULES",
    "Confidence",
    "Diagnosis",
    "Finding",
    "Purpose",
    "diagnose",
    "finding_record",
    "forward_ports",
    "open_ports",
    "server_lines",
    "which_server",
]
