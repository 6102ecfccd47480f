"""What happens between a client and a server in each case that a rule is for, and in cases that none is for."""

from __future__ import annotations

from collections.abc import Callable

from tests.wirelog.quiet import QUIET
from tests.wirelog.script import OUTSIDE, PEER, Script
from tuiftp.wirelog.records import DataEvent, WireRecord, WireState

NO_ANSWER = "no answer from 203.0.113.7:50123 in 8 s"


def inside_address() -> Script:
    s = Script().begin().pasv("192.168.7.2").dial(50_123, host=PEER)
    return s.listing().quit()


def unspecified_address() -> Script:
    return Script().begin().pasv("0.0.0.0").dial(50_123).listing().quit()


def stale_address() -> Script:
    s = Script(local=OUTSIDE).begin().pasv("203.0.113.99").dial(50_123, host="203.0.113.99", end="timeout")
    return s.dial(50_123, host=PEER).listing().quit()


def balancer() -> Script:
    s = Script(local=OUTSIDE).begin().pasv("203.0.113.99").dial(50_123, host=PEER, end="refused")
    return s.dial(50_123, host="203.0.113.99").listing().quit()


def range_dropped() -> Script:
    s = Script(local=OUTSIDE).begin().pasv().dial(50_123, end="timeout")
    s.go_on("PASV", NO_ANSWER, "EPSV").epsv().dial(50_124, end="timeout")
    s.go_on("EPSV", "no answer from 203.0.113.7:50124 in 8 s", "PORT").listen().reply(
        "200 PORT command successful."
    )
    return (
        s.send("LIST")
        .arrive()
        .reply("150 Here comes the directory listing.")
        .reply("226 Done.")
        .close()
        .quit()
    )


def range_dropped_pinned() -> Script:
    s = Script(local=OUTSIDE).begin().pasv().dial(50_123, end="timeout")
    s.go_on("PASV", NO_ANSWER, "EPSV").send("EPSV").reply("500 Unknown command.")
    return s.quit()


def closed_port() -> Script:
    s = Script().begin().pasv().dial(50_123, end="refused")
    s.go_on("PASV", "203.0.113.7:50123: connection refused", "EPSV").epsv().dial(50_124, end="refused")
    return s.quit()


def port_taken_by_other_family() -> Script:
    s = Script().begin().pasv().dial(50_123, end="refused")
    s.go_on("PASV", "203.0.113.7:50123: connection refused", "EPSV").epsv().dial(50_124)
    return s.listing().quit()


def epsv_dropped() -> Script:
    s = Script().begin().epsv().dial(50_124, end="timeout")
    s.go_on("EPSV", "no answer from 203.0.113.7:50124 in 8 s", "PASV").pasv().dial(50_123)
    return s.listing().quit()


def mangled_reply() -> Script:
    s = Script().begin().send("PASV").reply("227 Entering Passive Mode (203,0,113,7,,).")
    s.go_on("PASV", "the reply to PASV cannot be read (there is no address in the reply)", "EPSV")
    return s.epsv().dial(50_124).listing().quit()


def mangled_only_in_plain() -> Script:
    s = mangled_reply()
    return s.begin(tls=True).pasv().dial(50_123).listing().quit()


def reset_at_epsv() -> Script:
    s = Script().begin().send("EPSV").status("the control connection broke: connection reset by peer", 0.03)
    s.connect().login().go_on("EPSV", "the control connection broke: connection reset by peer", "PASV")
    return s.pasv().dial(50_123).listing().quit()


def end_at_port() -> Script:
    s = Script().begin().listen().status("the server closed the control connection", 0.03)
    s.connect().login().go_on("PORT", "the server closed the control connection", "PASV")
    return s.pasv().dial(50_123).listing().quit()


def private_port_refused() -> Script:
    s = Script().begin().listen().reply("500 Illegal PORT command.")
    s.go_on("PORT", "500 Illegal PORT command.", "EPRT").listen("EPRT")
    s.reply("500 Illegal EPRT command.").go_on("EPRT", "500 Illegal EPRT command.", "PASV")
    return s.pasv().dial(50_123).listing().quit()


def refusal_names_our_address() -> Script:
    s = Script().connect(
        "220---------- Welcome to Pure-FTPd [privsep] ----------\n220 You will be disconnected"
    )
    s.login().listen().reply("500 I won't open a connection to 192.168.1.100 (only to 198.51.100.9)")
    s.send("PORT 198,51,100,9,195,80").reply("200 PORT command successful")
    s.send("MLSD").arrive().reply("150 Connecting to port 50000").reply("226 3 matches total").close()
    return s.quit()


def repelled() -> Script:
    s = Script(local=OUTSIDE).begin()
    s.listen().reply("200 PORT command successful. Consider using PASV.").send("LIST")
    s.reply("425 Failed to establish connection.").go_on("PORT", "LIST: 425 Failed", "EPRT")
    s.listen("EPRT", port=50_001).reply("200 EPRT command successful. Consider using EPSV.").send("LIST")
    return s.reply("425 Failed to establish connection.").quit()


def dropped() -> Script:
    s = Script().begin().listen().reply("200 PORT command successful.").send("LIST")
    s.give_up().go_on("PORT", "no connection arrived at 192.168.1.100:50000 in 10 s", "EPRT")
    s.status("waiting for the reply to LIST that is still to come").reply(
        "425 Failed to establish connection.", 2.0
    )
    s.listen("EPRT", port=50_001).reply("200 EPRT command successful.").send("LIST").give_up(
        "EPRT", port=50_001
    )
    s.go_on("EPRT", "no connection arrived at 192.168.1.100:50001 in 10 s", "PASV")
    s.reply("425 Failed to establish connection.", 2.0)
    return s.pasv().dial(50_123).listing().quit()


def dropped_after_150() -> Script:
    s = Script(local=OUTSIDE).begin().listen().reply("200 PORT command successful.").send("LIST")
    s.reply("150 Opening ASCII mode data connection for file list")
    return s.reply("425 Can't open data connection.", 30.0).quit()


def port_only() -> Script:
    s = Script().begin().listen("EPRT").reply("200 EPRT command successful.").send("LIST")
    s.give_up("EPRT").go_on("EPRT", "no connection arrived", "PORT").reply("425 Failed.", 2.0)
    s.listen().reply("200 PORT command successful.").send("LIST").arrive()
    return s.reply("150 Here it comes.").reply("226 Done.").close().quit()


def port_then_not_eprt() -> Script:
    s = Script().begin().listen().reply("200 PORT command successful.").send("LIST").arrive()
    s.reply("150 Here it comes.").reply("226 Done.").close()
    s.listen("EPRT").reply("200 EPRT command successful.").send("LIST")
    s.give_up("EPRT").go_on("EPRT", "no connection arrived", "PORT").reply("425 Failed.", 2.0)
    return s.quit()


def stranger() -> Script:
    s = Script(local=OUTSIDE).begin().listen().reply("200 PORT command successful.").send("LIST")
    s.data(
        DataEvent.REFUSED, "a connection from 203.0.113.66:20 is not the server's: closed", command="PORT",
        local=f"{OUTSIDE}:50000", remote="203.0.113.66:20", ms=30.0,
    )  # fmt: skip
    s.give_up().go_on("PORT", "no connection arrived at 198.51.100.9:50000 in 10 s", "PASV")
    s.reply("425 Failed to establish connection.", 1.0)
    return s.pasv().dial(50_123).listing().quit()


def plain_only() -> Script:
    s = Script().begin().listen().reply("200 PORT command successful.").send("LIST").arrive()
    s.reply("150 Here it comes.").reply("226 Done.").close().quit()
    s.begin(tls=True).listen().reply("200 PORT command successful.").send("LIST").give_up()
    s.go_on("PORT", "no connection arrived", "PASV").reply("425 Failed to establish connection.", 2.0)
    return s.pasv().dial(50_123).listing().quit()


def session_reuse() -> Script:
    s = (
        Script()
        .begin(tls=True)
        .pasv()
        .dial(50_123)
        .send("LIST")
        .reply("150 Here comes the directory listing.")
    )
    return s.reply("522 SSL connection failed: session reuse required").close(0).quit()


def session_reuse_filezilla() -> Script:
    s = Script().connect("220-FileZilla Server 1.8.0\n220 Please visit https://filezilla-project.org/")
    s.login(tls=True).pasv().dial(50_123).send("MLSD").reply("150 About to start data transfer.")
    s.reply("425 Unable to build data connection: TLS session of data connection not resumed.")
    return s.close(0).quit()


def two_addresses() -> Script:
    s = Script().begin().pasv().dial(50_123).send("LIST").reply("425 Security: Bad IP connecting.")
    return s.close(0).quit()


def helper_port() -> Script:
    s = Script().begin().pasv(port=5060).dial(5060, end="timeout")
    s.go_on("PASV", "no answer from 203.0.113.7:5060 in 8 s", "EPSV").epsv().dial(50_124)
    return s.listing().quit()


def idle_421() -> Script:
    s = Script().begin().pasv().dial(50_123).listing().reply("421 Timeout.", 300.0, to="")
    return s.status("the server ends the connection: 421 Timeout.")


def idle_reset() -> Script:
    s = Script().begin().pasv().dial(50_123).listing().send("PASV", 1_800.0)
    s.status("the control connection broke: connection reset by peer", 0.03)
    return s.begin().pasv(port=50_200).dial(50_200).listing().quit()


def final_lost() -> Script:
    s = (
        Script()
        .begin()
        .pasv()
        .dial(50_123)
        .send("RETR big.iso")
        .reply("150 Opening BINARY mode data connection.")
    )
    s.now = s.now.replace(hour=11)
    s.close(8_000_000_000)
    text = "the control connection was closed: RETR: all data went over, but no final reply came within 15 s"
    s.status(text, 15.0).begin().send("SIZE big.iso").reply("213 8000000000")
    return s.status("big.iso is complete: 8,000,000,000 bytes, though no final reply came").quit()


def too_many() -> Script:
    s = Script().begin().begin().connect("421 There are too many connections from your internet address.")
    return s.status(
        "the server ends the connection: 421 There are too many connections from your internet address."
    )


def too_many_at_login() -> Script:
    s = (
        Script()
        .begin()
        .connect("220 ProFTPD Server")
        .send("USER demo")
        .reply("331 Password required for demo")
    )
    s.send("PASS ********").reply(
        "530 Sorry, the maximum number of clients (1) for this user are already connected."
    )
    return s.status("the control connection was closed: PASS: 530 Sorry")


def pasv_on_ipv6() -> Script:
    s = Script(peer="2001:db8::7", local="2001:db8::100").begin().send("PASV")
    s.reply("425 You cannot use PASV on IPv6 connections. Use EPSV instead.")
    return s.epsv().dial(50_124).listing().quit()


def eprt_family() -> Script:
    s = Script(local=OUTSIDE).begin().listen("EPRT").reply("522 Network protocol not supported, use (1)")
    return s.pasv().dial(50_123).listing().quit()


def announces_nowhere() -> Script:
    s = Script().begin().listen(announce="127.0.0.1").reply("500 Illegal PORT command.")
    return s.go_on("PORT", "500 Illegal PORT command.", "PASV").pasv().dial(50_123).listing().quit()


def early_handshake() -> Script:
    s = Script().begin(tls=True).pasv().dial(50_123).send("LIST")
    s.data(
        DataEvent.FAILED, "the TLS handshake on the data connection timed out", 20.0, command="PASV",
        remote="203.0.113.7:50123", ms=20_000.0,
    )  # fmt: skip
    return s.quit()


def crossed_answer() -> Script:
    s = Script().begin().send("EPSV").reply("227 Entering Passive Mode (203,0,113,7,195,203).")
    return s.dial(50_123).listing().quit()


def no_preliminary() -> Script:
    s = Script().begin().pasv().dial(50_123).send("LIST").reply("226 Transfer complete.")
    return s.close(812).quit()


def no_port_free() -> Script:
    s = Script().connect("220---------- Welcome to Pure-FTPd [privsep] ----------\n220 Hello").login()
    s.send("PASV").reply("425 All reserved TCP ports are busy")
    s.go_on("PASV", "425 All reserved TCP ports are busy", "EPSV").send("EPSV")
    return s.reply("425 All reserved TCP ports are busy").quit()


def server_dies_at_pasv() -> Script:
    s = Script().begin().send("PASV").reply("500 OOPS: vsf_sysutil_bind")
    s.status("the server closed the control connection", 0.01).begin()
    s.go_on("PASV", "500 OOPS: vsf_sysutil_bind", "EPSV").send("EPSV").reply("500 OOPS: vsf_sysutil_bind")
    return s.status("the server closed the control connection", 0.01)


def server_dies_at_list() -> Script:
    s = Script(local=OUTSIDE).begin().listen().reply("200 PORT command successful.").send("LIST")
    s.reply("500 OOPS: vsf_sysutil_bind")
    return s.status("the server closed the control connection", 0.01)


def passive_switched_off() -> Script:
    s = Script(local=OUTSIDE).begin().send("PASV").reply("550 Permission denied.")
    s.go_on("PASV", "550 Permission denied.", "EPSV").send("EPSV").reply("550 Permission denied.")
    return (
        s.go_on("EPSV", "550 Permission denied.", "PORT")
        .listen()
        .reply("200 Ok.")
        .send("LIST")
        .arrive()
        .reply("150 Here it comes.")
        .reply("226 Done.")
        .close()
        .quit()
    )


def active_unknown() -> Script:
    s = Script(local=OUTSIDE).begin().listen().reply("502 Command not implemented.")
    s.go_on("PORT", "502 Command not implemented.", "EPRT").listen("EPRT")
    return s.reply("502 Command not implemented.").pasv().dial(50_123).listing().quit()


def accepted_in_the_servers_stead() -> Script:
    """Our connect stands, the server never sees one; the same with the other command, and active mode works."""
    s = Script(local=OUTSIDE).begin().pasv().dial(50_123).send("LIST")
    s.status("the control connection was closed: LIST was not answered within 20 s", 20.0).close(0)
    s.begin().go_on("PASV", "LIST was not answered within 20 s", "EPSV").epsv().dial(50_124).send("LIST")
    s.reply("425 Failed to establish connection.", 19.0).close(0)
    s.go_on("EPSV", "LIST: 425 Failed", "PORT").listen().reply("200 Ok.").send("LIST").arrive()
    return s.reply("150 Here it comes.").reply("226 Done.").close().quit()


def reset_as_soon_as_it_stands() -> Script:
    s = Script(local=OUTSIDE).begin().pasv().dial(50_123).send("LIST")
    s.close(0, state=WireState.BROKEN, errno="ECONNRESET")
    s.status("the control connection was closed: its replies can no longer be told apart", 2.0)
    return s.begin().go_on("PASV", "it broke", "EPSV").epsv().dial(50_124, end="ECONNRESET").quit()


def somebody_elses_bytes() -> Script:
    s = Script(local=OUTSIDE).begin().pasv().dial(50_123).send("LIST")
    s.close(21, speaks="SSH").status("the control connection was closed: what came speaks SSH", 2.0)
    return s.begin().go_on("PASV", "what came speaks SSH", "EPSV").epsv().dial(50_124).listing().quit()


def bytes_that_the_server_knows_nothing_of() -> Script:
    s = Script(local=OUTSIDE).begin().pasv().dial(50_123).send("LIST").close(21)
    text = "the control connection was closed: LIST: all data went over, but no final reply came within 15 s"
    return s.status(text, 15.0)


def full_packets_do_not_pass() -> Script:
    s = Script(local=OUTSIDE).begin().pasv().dial(50_123).listing().pasv(port=50_200).dial(50_200)
    s.send("RETR big.iso").reply("150 Opening BINARY mode data connection.")
    s.close(0, after=60.0, state=WireState.TIMED_OUT)
    return s.status("the control connection was closed: its replies can no longer be told apart", 2.0)


def stands_still() -> Script:
    s = Script(local=OUTSIDE).begin().pasv().dial(50_123).send("RETR big.iso")
    s.reply("150 Opening BINARY mode data connection.").close(49_152, after=60.0, state=WireState.TIMED_OUT)
    return s.status("the control connection was closed: its replies can no longer be told apart", 2.0)


SCENARIOS: dict[str, tuple[Callable[[], Script], frozenset[str]]] = {
    make.__name__: (make, frozenset(codes.split()))
    for make, codes in (
        (inside_address, "R1"), (unspecified_address, "R1"), (stale_address, "R2"), (balancer, "R3"),
        (range_dropped, "R4"), (range_dropped_pinned, "R4"), (closed_port, "R5"),
        (port_taken_by_other_family, "R5"), (epsv_dropped, "R6"), (mangled_reply, "R7"),
        (mangled_only_in_plain, "R7"), (reset_at_epsv, "R8"), (end_at_port, "R8"),
        (private_port_refused, "R9"), (refusal_names_our_address, "R9"), (repelled, "R10"), (dropped, "R11"),
        (dropped_after_150, "R11"), (port_only, "R12"), (port_then_not_eprt, "R12"), (stranger, "R13"),
        (plain_only, "R14"),
        (session_reuse, "R15"), (session_reuse_filezilla, "R15"), (two_addresses, "R16"), (helper_port, "R17"),
        (idle_421, "R18"), (idle_reset, "R18"), (final_lost, "R19"), (too_many, "R20"),
        (too_many_at_login, "R20"), (pasv_on_ipv6, "R21"), (eprt_family, "R21"), (announces_nowhere, "R22"),
        (early_handshake, "R23"), (crossed_answer, "R24"), (no_preliminary, "R25"),
        (no_port_free, "R26"), (server_dies_at_pasv, "R26"), (server_dies_at_list, "R26"),
        (passive_switched_off, "R27"), (active_unknown, "R27"),
        (accepted_in_the_servers_stead, "R28"), (reset_as_soon_as_it_stands, "R29"),
        (somebody_elses_bytes, "R30"), (bytes_that_the_server_knows_nothing_of, "R30"),
        (full_packets_do_not_pass, "R31"), (stands_still, "R32"),
    )
} | {make.__name__: (make, frozenset()) for make in QUIET}  # fmt: skip
"""Each scenario, and the rules that are to fire on it: no others may."""


def records(name: str) -> list[WireRecord]:
    """The records of a scenario."""
    return SCENARIOS[name][0]().records
