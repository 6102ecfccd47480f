"""What happens between a client and a server where no rule is to speak: healthy, or no fault of a connection."""

from __future__ import annotations

from tests.wirelog.script import INSIDE, PEER, Script
from tuiftp.wirelog.records import DataEvent


def healthy_passive() -> Script:
    return (
        Script().begin().pasv().dial(50_123).listing("MLSD").pasv(port=50_200).dial(50_200).listing().quit()
    )


def healthy_ahead() -> Script:
    """Other programs send the transfer command beside the connect, and the next PASV behind the transfer."""
    s = Script().begin().pasv().dial(50_123).send("RETR a").reply("150 Opening.").send("PASV")
    s.reply("226 Transfer complete.", to="RETR").reply(
        "227 Entering Passive Mode (203,0,113,7,195,204)."
    ).close()
    remote = f"{PEER}:50124"
    s.data(DataEvent.CONNECTING, f"we connect to {remote}", command="PASV", remote=remote).send("RETR b")
    s.data(
        DataEvent.CONNECTED, f"we connected, {INSIDE}:41900 → {remote}", command="PASV", remote=remote,
        local=f"{INSIDE}:41900", ms=9.0,
    )  # fmt: skip
    return s.reply("150 Opening.").reply("226 Transfer complete.").close(99).quit()


def healthy_active() -> Script:
    s = (
        Script(peer="192.168.1.20")
        .begin()
        .listen()
        .reply("200 PORT command successful.")
        .send("LIST")
        .arrive()
    )
    return s.reply("150 Here it comes.").reply("226 Done.").close().quit()


def healthy_tls() -> Script:
    s = Script(peer="2001:db8::7", local="2001:db8::100").begin(tls=True).epsv().dial(50_124)
    return s.listing().quit()


def healthy_loopback() -> Script:
    s = Script(peer="127.0.0.1", local="127.0.0.1", port=2121)
    return s.begin().pasv().dial(50_123).listing().quit()


def healthy_long_transfer() -> Script:
    """The control connection is silent for an hour while data moves, and lives."""
    s = (
        Script()
        .begin()
        .pasv()
        .dial(50_123)
        .send("RETR big.iso")
        .reply("150 Opening BINARY mode data connection.")
    )
    return s.reply("226 Transfer complete.", 3_600.0).close(9_000_000_000).quit()


def file_missing() -> Script:
    s = Script().begin().pasv().dial(50_123).send("RETR gone").reply("550 Failed to open file.").close(0)
    return s.send("SIZE gone").reply("550 Could not get file size.").quit()


def file_missing_active() -> Script:
    s = Script().begin().listen().reply("200 PORT command successful.").send("RETR gone")
    return s.reply("550 Failed to open file.").quit()


def disk_full() -> Script:
    s = Script().begin().pasv().dial(50_123).send("STOR big").reply("150 Ok to send data.")
    return s.reply("452 Insufficient storage space: disk full").close(70_000).quit()


def quota_exceeded() -> Script:
    s = Script().begin().pasv().dial(50_123).send("STOR big").reply("150 Ok to send data.")
    return s.reply("552 Quota exceeded: too many files for this user").close(70_000).quit()


def wrong_password() -> Script:
    s = Script().connect().send("USER demo").reply("331 Please specify the password.")
    s.send("PASS ********").reply("530 Login incorrect.", 3.0)
    return s.status("the control connection was closed: PASS: 530 Login incorrect.")


def too_many_wrong_passwords() -> Script:
    s = Script().connect().send("USER demo").reply("331 Password required.").send("PASS ********")
    return s.reply("530 Too many authentication failures for this user.").quit()


def port_unknown() -> Script:
    s = Script().begin().listen("EPRT").reply("502 EPRT not implemented.").pasv().dial(50_123)
    return s.listing().quit()


def server_goes_down() -> Script:
    s = Script().begin().pasv().dial(50_123).listing().send("CWD /pub").reply("421 Service shutting down.")
    return s.status("the server ends the connection: 421 Service shutting down.")


def nobody_there() -> Script:
    s = Script()
    s.conn = 1
    s.status("connecting to 203.0.113.7:21")
    return s.add_error("203.0.113.7:21 did not answer within 20 s")


def cancelled_transfer() -> Script:
    s = (
        Script()
        .begin()
        .pasv()
        .dial(50_123)
        .send("RETR big.iso")
        .reply("150 Opening BINARY mode data connection.")
    )
    s.close(70_000).status("waiting for the reply to RETR that is still to come")
    return s.reply("426 Failure writing network stream.").quit()


def server_killed() -> Script:
    """A server that dies in the middle of a download: both connections end at once."""
    s = Script().begin().pasv().dial(50_123).send("RETR big.iso")
    s.reply("150 Opening BINARY mode data connection for big.iso (6442450944 bytes).")
    return s.close(520_093_696).status("the server closed the control connection")


def server_killed_late() -> Script:
    """The same after an hour in which only data moved."""
    s = Script().begin().pasv().dial(50_123).send("RETR big.iso")
    s.reply("150 Opening BINARY mode data connection for big.iso (6442450944 bytes).")
    s.now = s.now.replace(hour=(s.now.hour + 1) % 24)
    return s.close(520_093_696).status("the server closed the control connection")


QUIET = (
    healthy_passive,
    healthy_ahead,
    healthy_active,
    healthy_tls,
    healthy_loopback,
    healthy_long_transfer,
    file_missing,
    file_missing_active,
    disk_full,
    quota_exceeded,
    wrong_password,
    too_many_wrong_passwords,
    port_unknown,
    server_goes_down,
    nobody_there,
    cancelled_transfer,
    server_killed,
    server_killed_late,
)
"""All of them."""
