"""Script: writes logs as tuiftp itself writes them, for tests: same order, same sentences, made-up servers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tuiftp.protocol.addresses import encode_eprt, encode_port
from tuiftp.wirelog.ends import join_end
from tuiftp.wirelog.explain import note_for_command, note_for_reply
from tuiftp.wirelog.records import DataEvent, RecordKind, WireRecord, WireState

START = datetime(2026, 3, 2, 9, 14, 9, tzinfo=UTC)
PEER = "203.0.113.7"
INSIDE = "192.168.1.100"
OUTSIDE = "198.51.100.9"


class Script:
    """A log that grows; each method is something that happens."""

    def __init__(self, *, peer: str = PEER, local: str = INSIDE, port: int = 21, name: str = "") -> None:
        self.records: list[WireRecord] = []
        self.peer, self.local, self.port = peer, local, port
        self.asked = name or peer
        self.conn = 0
        self.now = START
        self.verb = ""
        self.line = ""
        self.sent_at = START
        self._ephemeral = 41_000

    # -- the single record ----------------------------------------------------------------------------

    def add(self, kind: RecordKind, text: str, after: float = 0.001, **fields: object) -> Script:
        """Append one record, some seconds after the one before."""
        self.now += timedelta(seconds=after)
        record = WireRecord(self.now, self.conn, kind, text, **fields)  # type: ignore[arg-type]
        self.records.append(record)
        return self

    def send(self, line: str, after: float = 0.001) -> Script:
        self.line, self.verb = line, line.partition(" ")[0]
        self.add(RecordKind.COMMAND, line, after, note=note_for_command(line, peer=self.peer))
        self.sent_at = self.now
        return self

    def reply(self, text: str, after: float = 0.027, *, to: str | None = None) -> Script:
        lines = text.split("\n")
        self.now += timedelta(seconds=after)
        ms = (self.now - self.sent_at).total_seconds() * 1000
        note = note_for_reply(
            int(lines[-1][:3]), lines[-1][4:], peer=self.peer, command=self.line if to is None else to
        )
        for line in lines:
            is_last = line is lines[-1]
            self.add(RecordKind.REPLY, line, 0.0, note=note if is_last else None, ms=round(ms, 3))
        return self

    def status(self, text: str, after: float = 0.001, **fields: object) -> Script:
        return self.add(RecordKind.STATUS, text, after, **fields)

    def add_error(self, text: str, after: float = 0.001) -> Script:
        return self.add(RecordKind.ERROR, text, after)

    def data(self, event: DataEvent, text: str, after: float = 0.001, **fields: object) -> Script:
        return self.add(RecordKind.DATA, text, after, event=event, **fields)

    # -- what happens ---------------------------------------------------------------------------------

    def connect(self, greeting: str = "220 (vsFTPd 3.0.3)", after: float = 0.03) -> Script:
        self.conn += 1
        self.status(f"connecting to {join_end(self.asked, self.port)}")
        self.status(
            f"connected to {join_end(self.peer, self.port)} from {join_end(self.local, 41_000)} in 12 ms",
            0.012,
        )
        self.sent_at = self.now
        return self.reply(greeting, after, to="") if greeting else self

    def login(self, *, tls: bool = False) -> Script:
        if tls:
            self.send("AUTH TLS").reply("234 Proceed with negotiation.")
            self.status("TLS 1.3, TLS_AES_256_GCM_SHA384, on the control connection")
        self.send("USER demo").reply("331 Please specify the password.")
        self.send("PASS ********").reply("230 Login successful.")
        if tls:
            self.send("PBSZ 0").reply("200 PBSZ set to 0.").send("PROT P").reply("200 PROT now Private.")
        self.send("FEAT").reply("211-Features:\n EPRT\n EPSV\n MDTM\n PASV\n REST STREAM\n SIZE\n211 End")
        self.send("PWD").reply('257 "/" is the current directory')
        return self.send("TYPE I").reply("200 Switching to Binary mode.")

    def begin(self, *, tls: bool = False) -> Script:
        return self.connect().login(tls=tls)

    def pasv(self, host: str | None = None, port: int = 50_123) -> Script:
        six = encode_port(host or self.peer, port)
        return self.send("PASV").reply(f"227 Entering Passive Mode ({six}).")

    def epsv(self, port: int = 50_124) -> Script:
        return self.send("EPSV").reply(f"229 Entering Extended Passive Mode (|||{port}|)")

    def dial(
        self,
        port: int,
        *,
        host: str | None = None,
        end: str = "ok",
        command: str | None = None,
        icmp: str | None = None,
    ) -> Script:
        """Connect to where the server listens; `end` is ok, refused, timeout or the name of an error."""
        remote = join_end(host or self.peer, port)
        command = command or (self.verb if self.verb in ("PASV", "EPSV") else "PASV")
        self.data(DataEvent.CONNECTING, f"we connect to {remote}", command=command, remote=remote)
        if end == "ok":
            self._ephemeral += 1
            local = join_end(self.local, self._ephemeral)
            return self.data(
                DataEvent.CONNECTED, f"we connected, {local} → {remote}", 0.012, command=command, local=local,
                remote=remote, ms=12.0,
            )  # fmt: skip
        took = 8.0 if end == "timeout" else 0.02
        why = f"no answer from {remote} in 8 s" if end == "timeout" else f"{remote}: connection refused"
        errno = end if end.startswith("E") else None
        if errno:
            why = f"{remote}: it may not pass"
        return self.data(
            DataEvent.FAILED, why, took, command=command, remote=remote, ms=took * 1000, errno=errno,
            state=WireState.FAILED if errno else None, icmp=icmp,
        )  # fmt: skip

    def go_on(self, command: str, why: str, to: str) -> Script:
        return self.status(f"{command} did not work ({why}): trying {to}")

    def listen(self, command: str = "PORT", *, port: int = 50_000, announce: str | None = None) -> Script:
        """Listen, and announce it."""
        local = join_end(self.local, port)
        self.data(DataEvent.LISTENING, f"we listen on {local}", command=command, local=local)
        host = announce or self.local
        argument = encode_port(host, port) if command == "PORT" else encode_eprt(host, port)
        return self.send(f"{command} {argument}")

    def arrive(self, command: str = "PORT", *, port: int = 50_000, host: str | None = None) -> Script:
        remote, local = join_end(host or self.peer, 20), join_end(self.local, port)
        return self.data(
            DataEvent.ACCEPTED, f"the server connected, {remote} → {local}", 0.03, command=command,
            local=local, remote=remote, ms=31.0,
        )  # fmt: skip

    def give_up(self, command: str = "PORT", *, port: int = 50_000) -> Script:
        local = join_end(self.local, port)
        return self.data(
            DataEvent.FAILED, f"no connection arrived at {local} in 10 s", 10.0, command=command, local=local,
            ms=10_000.0,
        )  # fmt: skip

    def close(
        self, moved: int = 4_200, *, first_byte_ms: float | None = None, after: float = 0.005, **how: object
    ) -> Script:
        """Close the data connection that stands; `how` are the fields that say what broke it."""
        stands = next(
            r for r in reversed(self.records) if r.event in (DataEvent.CONNECTED, DataEvent.ACCEPTED)
        )
        return self.data(
            DataEvent.CLOSED, f"data connection closed, {moved:,} bytes", after, command=stands.command,
            local=stands.local, remote=stands.remote, ms=8.0, bytes=moved,
            first_byte_ms=first_byte_ms, **how,
        )  # fmt: skip

    def listing(self, verb: str = "LIST") -> Script:
        """A listing over the connection that stands."""
        self.send(verb).reply("150 Here comes the directory listing.")
        return self.reply("226 Directory send OK.", 0.003).close()

    def quit(self) -> Script:
        self.send("QUIT").reply("221 Goodbye.")
        return self.status("we closed the control connection")
