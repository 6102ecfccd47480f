"""What to change where a data connection fails: exact lines for servers and firewalls, as data.

Findings and the probe both end in advice; the words and the lines for it stand here once. Each function answers
one need ("the server must announce another address") with one `Remedy` per product that can be changed.
"""

from tuiftp.wirelog.remedies.firewalls import (
    forward_active_ports,
    forward_passive_ports,
    load_helper,
    open_active_ports,
    open_passive_ports,
)
from tuiftp.wirelog.remedies.model import (
    TAKES_WHAT_IT_SEES,
    USUAL_PORTS,
    PortRange,
    Remedy,
    Software,
    Where,
    software_of,
)
from tuiftp.wirelog.remedies.own import set_active_address, set_active_ports
from tuiftp.wirelog.remedies.servers import (
    allow_active,
    allow_foreign_port,
    allow_longer_idle,
    allow_more_logins,
    allow_passive,
    allow_two_addresses,
    announce_address,
    fix_passive_range,
    waive_session_reuse,
)

__all__ = [
    "TAKES_WHAT_IT_SEES",
    "USUAL_PORTS",
    "PortRange",
    "Remedy",
    "Software",
    "Where",
    "allow_active",
    "allow_foreign_port",
    "allow_longer_idle",
    "allow_more_logins",
    "allow_passive",
    "allow_two_addresses",
    "announce_address",
    "fix_passive_range",
    "forward_active_ports",
    "forward_passive_ports",
    "load_helper",
    "open_active_ports",
    "open_passive_ports",
    "set_active_address",
    "set_active_ports",
    "software_of",
    "waive_session_reuse",
]
