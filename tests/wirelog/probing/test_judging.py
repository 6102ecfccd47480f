"""What the row of a way says, from the records of it."""

from __future__ import annotations

import pytest

from tests.wirelog.script import INSIDE, OUTSIDE, PEER, Script
from tuiftp.errors import ConnectionLost, DataConnectionFailed, TransferInterrupted, TuiftpError
from tuiftp.wirelog.probing import Family, ProbeRow, Security, Way, WayVerdict
from tuiftp.wirelog.probing.judging import Attempt, judge
from tuiftp.wirelog.records import WireState

FAILED = DataConnectionFailed("no data connection came about", steps=(("PORT", "cannot listen"),))


def row(
    way: Way, log: Script, error: TuiftpError | None = None, security: Security = Security.PLAIN
) -> ProbeRow:
    return judge(
        Attempt(
            Family.IPV4, security, way, log.records, error, peer=PEER, local=log.local, took_ms=20.0, conn=1
        )
    )


@pytest.mark.parametrize(
    ("way", "verdict"), [(Way.EPRT, WayVerdict.NO_CONNECTION), (Way.EPSV, WayVerdict.BROKEN)]
)
def test_a_control_connection_that_stands_is_not_called_lost(way: Way, verdict: WayVerdict) -> None:
    assert row(way, Script(local=OUTSIDE).begin(), FAILED).verdict is verdict


@pytest.mark.parametrize("error", [ConnectionLost("the server closed it"), FAILED])
def test_one_that_broke_is(error: TuiftpError) -> None:
    log = Script(local=OUTSIDE).begin().send("EPSV").status("it broke", state=WireState.BROKEN)
    assert row(Way.EPSV, log, error).verdict is WayVerdict.LOST


def test_a_connection_that_stood_and_carried_nothing_is_broken_and_did_not_time_out() -> None:
    log = Script(local=OUTSIDE).begin().epsv().dial(50_124).send("LIST")
    error = TransferInterrupted("LIST was not answered within 8 s")
    assert row(Way.EPSV, log, error).verdict is WayVerdict.BROKEN


@pytest.mark.parametrize("security", list(Security))
def test_a_private_address_that_works_may_be_routed_and_under_tls_must_be(security: Security) -> None:
    log = Script(local=INSIDE).begin().listen().reply("200 PORT command successful.").send("LIST").arrive()
    reason = row(Way.PORT_LOCAL, log, security=security).reason
    assert "your network routes it to the server" in reason
    assert ("rewrites PORT" in reason) is (security is Security.PLAIN)
