"""What follows from a probe's rows, case by case: what to choose, and what would mend what failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tuiftp.choices import AddressPolicy, ConnectionMode
from tuiftp.wirelog.probing import Family, ProbeRow, Security, Way, WayVerdict, ways_of
from tuiftp.wirelog.probing.prescribing import Circumstances, advise, prescribe
from tuiftp.wirelog.remedies import Software

OK, NOT_TRIED = WayVerdict.OK, WayVerdict.NOT_TRIED
TIMED_OUT, NOBODY = WayVerdict.TIMED_OUT, WayVerdict.NO_CONNECTION
PEER, INSIDE = "203.0.113.7", "192.168.7.2"


def rows(verdicts: Mapping[Way, WayVerdict], **facts: Any) -> list[ProbeRow]:
    """Rows for every way; those that are not named work."""
    usual: dict[str, Any] = {"peer": PEER, "local": "203.0.113.20", "took_ms": 20.0}
    return [
        ProbeRow(Family.IPV4, facts.get("security", Security.PLAIN), way, verdicts.get(way, OK), "",
                 **(usual | {name: value for name, value in facts.items() if name != "security"}))
        for way in ways_of(Family.IPV4)
    ]  # fmt: skip


def all_of(*ways: Way, verdict: WayVerdict) -> dict[Way, WayVerdict]:
    return dict.fromkeys(ways, verdict)


PASSIVE = (Way.EPSV, Way.PASV_ANNOUNCED, Way.PASV_PEER)
ACTIVE = (Way.PORT_LOCAL, Way.PORT_EXTERNAL, Way.EPRT)


@pytest.mark.parametrize(
    ("verdicts", "mode", "policy"),
    [
        ({}, ConnectionMode.AUTO, None),
        (all_of(*ACTIVE, verdict=NOBODY), ConnectionMode.AUTO, None),
        (all_of(*PASSIVE, verdict=TIMED_OUT), ConnectionMode.ACTIVE, None),
        ({Way.PASV_PEER: TIMED_OUT}, ConnectionMode.AUTO, AddressPolicy.ANNOUNCED),
        ({Way.PASV_ANNOUNCED: TIMED_OUT}, ConnectionMode.AUTO, None),
        (all_of(*PASSIVE, *ACTIVE, verdict=TIMED_OUT), None, None),
        (all_of(*PASSIVE, *ACTIVE, verdict=NOT_TRIED), None, None),
    ],
)
def test_what_to_choose(
    verdicts: dict[Way, WayVerdict], mode: ConnectionMode | None, policy: AddressPolicy | None
) -> None:
    advice = advise(rows(verdicts))
    assert (advice.mode, advice.passive_address) == (mode, policy)


def test_epsv_first_where_pasv_costs_seconds() -> None:
    verdicts = all_of(Way.PASV_ANNOUNCED, Way.PASV_PEER, verdict=TIMED_OUT)
    assert advise(rows(verdicts, took_ms=5000.0)).prefer_extended is True
    assert advise(rows(verdicts, took_ms=3.0)).is_auto_fine


def test_only_the_external_address_works() -> None:
    verdicts = all_of(*PASSIVE, Way.PORT_LOCAL, Way.EPRT, verdict=TIMED_OUT)
    advice = advise(rows(verdicts, announced="203.0.113.45"))
    assert (advice.mode, advice.active_address) == (ConnectionMode.ACTIVE, "203.0.113.45")


def test_nothing_has_to_be_mended_where_everything_works() -> None:
    assert prescribe(rows({}), Circumstances()) == ()


def told(verdicts: dict[Way, WayVerdict], known: Circumstances | None = None, **facts: Any) -> str:
    return "\n".join(remedy.text for remedy in prescribe(rows(verdicts, **facts), known or Circumstances()))


def test_a_closed_range_is_fixed_and_opened_on_the_server_that_it_is() -> None:
    text = told(all_of(*PASSIVE, verdict=TIMED_OUT), Circumstances(software=Software.PROFTPD))
    assert "PassivePorts 50000 50100" in text
    assert "vsftpd" not in text
    assert "nft insert rule" in text


def test_the_range_of_the_settings_is_what_is_opened_for_active_mode() -> None:
    text = told(all_of(*ACTIVE, verdict=NOBODY), Circumstances(ports=(40000, 40010)))
    assert f"ip saddr {PEER} tcp dport 40000-40010" in text
    assert "active_ports" not in text


@pytest.mark.parametrize(("security", "helps"), [(Security.PLAIN, True), (Security.TLS, False)])
def test_a_helper_is_advised_for_plain_ftp_alone(security: Security, helps: bool) -> None:
    text = told(all_of(*ACTIVE, verdict=WayVerdict.REFUSED_REPLY), local=INSIDE, security=security)
    assert f"dnat to {INSIDE}" in text
    assert ("nf_nat_ftp" in text) is helps


def test_session_reuse_is_waived_where_it_is_demanded() -> None:
    failed = all_of(*PASSIVE, *ACTIVE, verdict=WayVerdict.TLS_FAILED)
    text = told(
        failed, transfer_reply="522 SSL connection failed; session reuse required", security=Security.TLS
    )
    assert "require_ssl_reuse=NO" in text
    assert "nft" not in text


def test_a_server_that_takes_only_what_it_sees_and_took_a_private_address_clears_the_nat() -> None:
    text = told(all_of(*ACTIVE, verdict=NOBODY), Circumstances(software=Software.VSFTPD), local=INSIDE)
    assert "dnat" not in text
    assert "active_address" not in text
    assert "nft insert rule" in text
