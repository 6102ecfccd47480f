"""Opens a data connection with fallback: tries the modes planned by `protocol.modes`, and logs why.

The data connection itself is the evidence. A way fails when its reply is a refusal or cannot be read, when the
connect is refused or times out, when no connection arrives, or when the transfer command is answered 425 before
a byte moved; then the next is tried, a status line says why, and what worked is remembered.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from tuiftp.errors import CommandRefused, ConnectionLost, DataConnectionFailed
from tuiftp.ftp.control.client import FtpClient
from tuiftp.ftp.data.active import drop_row, open_active
from tuiftp.ftp.data.connection import DataConnection, StepFailed, TransferCommand
from tuiftp.ftp.data.mode_memory import ModeMemory, StepOutcome
from tuiftp.ftp.data.passive import connect_passive, start_passive
from tuiftp.ftp.data.server_state import Entering, change_directory, change_type
from tuiftp.ftp.data.tls import secure_data
from tuiftp.ftp.errors import refusal
from tuiftp.protocol.addresses import parse_epsv_reply, parse_pasv_reply, same_host
from tuiftp.protocol.candidates import passive_candidates
from tuiftp.protocol.modes import DataCommand, ModeRules, Step, Verdict, judge_preparation, plan_steps
from tuiftp.protocol.replies import Reply
from tuiftp.wirelog.records import WireState

_LAST_WORDS = 1.0
"""Seconds that a server has to close a connection that it gives up: all that it says meanwhile belongs to it."""


class Opener(Protocol):
    """What opening needs of its session."""

    memory: ModeMemory
    """What worked before."""
    not_understood: set[DataCommand]
    """What this session's server does not know."""
    following: TransferCommand | None
    """The transfer that will be asked for after this one, if that is known."""
    learned_address: str | None
    """Our external address, if the server named it."""

    def may_send_ahead(self, transfer: TransferCommand) -> bool:
        """Whether another transfer follows, and the server copes with a command sent behind this one."""
        ...

    @property
    def costly(self) -> set[DataCommand]:
        """Ways at which a control connection to this server was lost, and that have not worked since."""
        ...

    @property
    def server(self) -> str:
        """`host:port`, the key of the memory."""
        ...

    @property
    def rules(self) -> ModeRules:
        """Which modes are allowed."""
        ...

    async def ready(self, *, ahead: bool = True) -> FtpClient:
        """The control connection in a known state; reconnects if it must.

        Args:
            ahead: Whether a new connection asks for a first data connection already while it logs in.
        """
        ...

    def mode_found(self, command: DataCommand) -> None:
        """Callback: a mode has worked."""
        ...


async def open_transfer(session: Opener, transfer: TransferCommand) -> DataConnection:
    """Opens a data connection and starts the transfer command over it.

    Args:
        session: Who asks; reconnects when a way breaks the control connection.
        transfer: What to start.

    Raises:
        DataConnectionFailed: None of the ways that the mode allows has worked.
        CommandRefused: The server refuses the transfer itself: another way would not help.
    """
    tried: list[tuple[str, str]] = []
    client = await session.ready()
    steps = _plan(session, client)
    # In Auto a single way is what the probe asks for, one after the other: others may still come.
    is_all = len(steps) > 1 or session.rules.mode != "auto"
    for step in steps:
        is_last = is_all and step is steps[-1]
        connection = await _try(session, step, transfer, tried, is_last=is_last)
        if connection is not None:
            return connection
    raise _all_failed(session, transfer, tried)


def first_choice(session: Opener, client: FtpClient) -> DataCommand | None:
    """The way that is tried first as things stand; None: there is none."""
    steps = _plan(session, client)
    return steps[0].command if steps else None


def _plan(session: Opener, client: FtpClient) -> tuple[Step, ...]:
    memory, server, local = session.memory, session.server, client.local[0]
    return plan_steps(
        session.rules, is_ipv6=client.is_ipv6, remembered=memory.recall(server, local),
        not_understood=session.not_understood, doubted=memory.doubted(server, local),
    )  # fmt: skip


async def _try(
    session: Opener,
    step: Step,
    transfer: TransferCommand,
    tried: list[tuple[str, str]],
    *,
    is_last: bool,
) -> DataConnection | None:
    """Tries one way; the connection, or None when it failed and the next should be tried."""
    for again in (False, True):
        # Each way has a connection to itself once one has failed: what is sent ahead could take another one along.
        client = await session.ready(ahead=not tried and not again)
        may_be_dead = client.is_idle_for_long or client.has_refused_way
        entering = await _set_up(client, step, transfer)
        if tried and not again:
            client.wire.status(_failed_way(tried, f"trying {step.command}"), WireState.NEXT_WAY)
        began = time.monotonic()
        try:
            connection = await _attempt(session, client, step, transfer, entering)
        except StepFailed as failure:
            # A connection that died while it was idle, or at the way before, says nothing about this one: once more.
            if isinstance(failure.error, ConnectionLost) and may_be_dead and not again:
                continue
            await _judge(session, client, step, failure)
            why = failure.why.removeprefix(f"{step.command}: ")
            _note(session, client, step.command, began, ok=False, reason=why)
            tried.append((step.command.value, why))
            if is_last:
                client.wire.status(_failed_way(tried, "no other way is left"), WireState.NO_WAY_LEFT)
            return None
        _note(session, client, step.command, began, ok=True, reason=f"connected to {connection.remote}")
        connection.doubt = partial(_doubt, session, client, step.command, began)
        client.proven = step.command
        if session.may_send_ahead(transfer):
            client.send_ahead(step.command)
        session.mode_found(step.command)
        return connection
    return None


def _failed_way(tried: list[tuple[str, str]], then: str) -> str:
    command, why = tried[-1]
    return f"{command} did not work ({why}): {then}"


async def _judge(session: Opener, client: FtpClient, step: Step, failure: StepFailed) -> None:
    """Draws the consequence of a failed step for the session.

    Raises:
        TuiftpError: Another way would not help.
    """
    if failure.verdict is Verdict.GIVE_UP:
        assert failure.error is not None
        raise failure.error
    if failure.verdict is Verdict.NOT_UNDERSTOOD:
        session.not_understood.add(step.command)
    if failure.verdict is Verdict.RECONNECT:
        session.costly.add(step.command)
        await client.wait_end(_LAST_WORDS)
        client.shut(failure.why)
    client.has_refused_way = isinstance(failure.error, CommandRefused)


def _doubt(session: Opener, client: FtpClient, command: DataCommand, began: float, why: str) -> None:
    took = (time.monotonic() - began) * 1000
    outcome = StepOutcome(at=datetime.now(UTC), command=command, ok=False, reason=why, ms=took)
    session.memory.doubt(session.server, client.local[0], outcome)


def _note(
    session: Opener, client: FtpClient, command: DataCommand, began: float, *, ok: bool, reason: str
) -> None:
    took = (time.monotonic() - began) * 1000
    outcome = StepOutcome(at=datetime.now(UTC), command=command, ok=ok, reason=reason, ms=took)
    session.memory.record(session.server, client.local[0], outcome)


def _all_failed(
    session: Opener, transfer: TransferCommand, tried: list[tuple[str, str]]
) -> DataConnectionFailed:
    if not tried:
        known = ", ".join(sorted(session.not_understood)) or "none"
        return DataConnectionFailed(
            f"the server understands none of the commands that the {session.rules.mode} mode allows "
            f"(not understood: {known})",
            hint="choose Auto, or allow falling back to the other mode", path=transfer.path,
        )  # fmt: skip
    story = "; ".join(f"{command}: {why}" for command, why in tried)
    hint = None
    if session.rules.mode != "auto" and not session.rules.allow_fallback:
        hint = "choose Auto, or allow falling back to the other mode"
    return DataConnectionFailed(
        f"no data connection came about: {story}", steps=tuple(tried), path=transfer.path, hint=hint
    )


async def _set_up(client: FtpClient, step: Step, transfer: TransferCommand) -> Entering | None:
    """Sees to the type and the directory; returns the CWD where it may be under way while we connect."""
    await change_type(client, "A" if transfer.is_text else "I")
    if transfer.directory in (None, client.cwd):
        return None
    if client.pipelines_ok and step.command.is_passive and transfer.directory is not None:
        return Entering(client, transfer.directory)
    await change_directory(client, transfer.directory)
    return None


async def _attempt(
    session: Opener, client: FtpClient, step: Step, transfer: TransferCommand, entering: Entering | None
) -> DataConnection:
    try:
        if step.command.is_passive:
            connection = await _open_passive(client, step, transfer, entering)
        else:
            learned = session.learned_address
            following = session.following if session.may_send_ahead(transfer) else None
            connection, named = await open_active(
                client, step.command, transfer, learned=learned, following=following
            )
            session.learned_address = named or learned
        await secure_data(connection, transfer)
        return connection
    except ConnectionLost as error:
        if entering is not None and not entering.is_done:
            raise  # it was gone before we came to the data connection
        raise StepFailed(Verdict.RECONNECT, error.message, error) from error
    finally:
        if entering is not None:
            entering.abandon()


async def _open_passive(
    client: FtpClient, step: Step, transfer: TransferCommand, entering: Entering | None
) -> DataConnection:
    await drop_row(client)
    reply = await client.prepare(step.command)
    if reply.is_refusal:
        verdict = judge_preparation(reply.code, reply.text)
        why = f"{step.command}: {reply.code} {reply.text}"
        raise StepFailed(verdict, why, refusal(step.command.value, reply))
    announced, port = _read_address(step.command, reply)
    timeout = client.options.timeout if step.is_patient else client.options.auto_connect_timeout
    peer = client.peer[0]
    hosts = [peer]
    if announced is not None:
        policy = client.options.passive_address
        candidates = passive_candidates(announced, peer, policy=policy, local_host=client.local[0])
        hosts = [candidate.host for candidate in candidates]
        _report_difference(client, announced, peer, candidates[0].why)
    timing = client.send("MDTM", transfer.argument) if transfer.asks_time and client.pipelines_ok else None
    connected = await connect_passive(client, step.command, hosts, port, timeout=timeout, entering=entering)
    return await start_passive(client, step.command, connected, transfer, timing)


def _read_address(command: DataCommand, reply: Reply) -> tuple[str | None, int]:
    """Reads 227 and 229 alike, whichever was asked for: some servers answer one with the other."""
    try:
        if reply.code == 229:
            return None, parse_epsv_reply(reply.text)
        return parse_pasv_reply(reply.text)
    except ValueError as error:
        why = f"the reply to {command} cannot be read ({error})"
        raise StepFailed(Verdict.NEXT_STEP, why) from error


def _report_difference(client: FtpClient, announced: str, peer: str, why: str) -> None:
    if same_host(announced, peer):
        return
    client.wire.status(f"the reply names {announced}, the server is {peer}: connecting to {why}")
