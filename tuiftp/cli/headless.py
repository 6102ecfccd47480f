"""Runs `ls`, `get`, `put` and `cp` without a screen, on the same engine, and says how it went."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tuiftp.choices import ConflictPolicy, TlsMode
from tuiftp.cli.arguments import Arguments
from tuiftp.cli.compose import Engine
from tuiftp.cli.console import Console, print_lines
from tuiftp.cli.continue_store import Unfinished, forget_old
from tuiftp.cli.listing import read_listing, render_json, render_text
from tuiftp.cli.passwords import find_credentials, prompt_on_terminal
from tuiftp.cli.signals import Interrupts
from tuiftp.cli.site_rules import remembered_encoding
from tuiftp.cli.tls_rules import CommandTrust
from tuiftp.errors import ConfigurationError, LocalFileError, TuiftpError
from tuiftp.files.site import Site
from tuiftp.ftp.options import Credentials
from tuiftp.protocol.text import shown
from tuiftp.protocol.url import Target, format_url
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest

if TYPE_CHECKING:
    from tuiftp.cli.transfer import Destination
    from tuiftp.transfers.queue import TransferQueue

Login = tuple[str, int, TlsMode, str | None, Secret | None]
"""What makes two URLs one login: host, port, encryption, user, password."""
Wait = Callable[[Sequence[int]], Awaitable[None]]
"""Waits until batches are over."""
Plan = Callable[["TransferQueue"], Awaitable[Sequence[int]]]
"""Queues what the command line names; returns the batches."""


def run_command(arguments: Arguments) -> int:
    """Does what was asked for; returns the exit status.

    Raises:
        TuiftpError: It cannot even be begun.
        KeyboardInterrupt: It was interrupted; connections are closed, unfinished parts kept or removed.
    """
    console = Console(is_quiet=arguments.is_quiet, draws=arguments.log != "-")
    logins = _find_logins(arguments, console)
    engine = Engine(arguments, say=console.line)
    engine.trust_decider = CommandTrust(console)
    for problem in engine.problems:
        console.note(f"tuiftp: {shown(problem)}")
    run = _Run(arguments, engine, console, logins)
    try:
        asyncio.run(run.main())
    except KeyboardInterrupt:
        _tell_interrupted(arguments, console)
        raise
    except asyncio.CancelledError:
        if run.interrupts.status is None:
            raise
        _tell_interrupted(arguments, console)
        return run.interrupts.status
    finally:
        console.clear()
        engine.close()
    return 1 if console.failures else 0


def _tell_interrupted(arguments: Arguments, console: Console) -> None:
    if arguments.command in ("get", "put", "cp"):
        goes_on = "the same command goes on"
        kept = goes_on if arguments.is_continued else "--continue would keep what has come"
        console.note(f"interrupted; {kept}")


def _key(target: Target) -> Login:
    return target.host, target.port, target.tls, target.user, target.password


def _named(item: Target | str) -> str:
    return item if isinstance(item, str) else format_url(item)


def _find_logins(arguments: Arguments, console: Console) -> Mapping[Login, Credentials]:
    """Finds each login once, before anything else: a prompt must not come in the middle."""
    logins: dict[Login, Credentials] = {}
    for target in arguments.targets:
        if _key(target) in logins:
            continue
        try:
            logins[_key(target)] = find_credentials(target, user=arguments.user, prompt=prompt_on_terminal)
        except ConfigurationError as error:
            console.fail(shown(str(error)))
    return logins


class _Run:
    """One command under way."""

    def __init__(
        self, arguments: Arguments, engine: Engine, console: Console, logins: Mapping[Login, Credentials]
    ) -> None:
        self._arguments = arguments
        self._engine = engine
        self._console = console
        self._logins = logins
        self._sites: dict[Login, Site] = {}
        self.interrupts = Interrupts()
        """Which signal has ended it."""

    async def main(self) -> None:
        """Does it, and closes every connection whatever happens."""
        work = {"ls": self._list, "get": self._get, "put": self._put, "cp": self._copy}[
            self._arguments.command
        ]
        with self.interrupts:
            try:
                await work()
            finally:
                await asyncio.gather(*(site.close() for site in self._sites.values()))

    async def _site(self, target: Target) -> Site:
        """The site of a target, connected."""
        site = self._sites.get(_key(target))
        if site is None:
            site = self._engine.open_site(
                target, self._logins[_key(target)], self._request(target), is_headless=True
            )
            self._sites[_key(target)] = site
            await site.connect()
        return site

    def _request(self, target: Target) -> ConnectRequest:
        """What else is wanted of a server: its names are read as was chosen for them in the app."""
        known = replace(target, user=target.user or self._arguments.user)
        return ConnectRequest(target, encoding=remembered_encoding(known))

    async def _list(self) -> None:
        for target in self._reachable():
            name = shown(format_url(target))
            try:
                endpoint = (await self._site(target)).endpoint
                path = target.path_from(await endpoint.home())
                listing = await read_listing(endpoint, path, is_directory=target.names_directory)
            except TuiftpError as error:
                self._console.fail(f"{name}: {shown(str(error))}")
                self._explain()
                continue
            if listing is None:
                self._console.fail(f"{name}: no such file or directory")
                continue
            render = render_json if self._arguments.as_json else render_text
            print_lines(render(listing.entries))
            if listing.is_cut:
                self._console.fail(f"{name}: there is more than can be listed")

    def _explain(self) -> None:
        """Names what the exchange tells of the failure; with `--log -` the findings stand in the log."""
        for finding in self._engine.findings():
            self._console.note(f"  {finding.code} {shown(finding.title)} (sure: {finding.confidence})")
            self._console.note(f"     {shown(finding.verdict)}")
            if finding.advice:
                self._console.note(f"     → {shown(finding.advice)}")

    def _reachable(self) -> list[Target]:
        return [target for target in self._arguments.targets if _key(target) in self._logins]

    async def _get(self) -> None:
        from tuiftp.cli.transfer import Downloads, Found, local_destination, try_all

        async def plan(queue: TransferQueue) -> list[int]:
            downloads = Downloads(queue, self._engine.disk, self._policy(is_download=True), self._console)

            async def find(target: Target) -> Found:
                return await downloads.find(await self._site(target), target)

            local_destination(self._arguments.output, len(self._arguments.targets))  # may be wrong already
            items = [(format_url(target), partial(find, target)) for target in self._reachable()]
            found = await try_all(items, self._console)
            # What a person has typed counts, not what was found of it: a name is not shared by what is left.
            missing = len(self._arguments.targets) - len(found)
            to = local_destination(self._arguments.output, sum(each.items for each in found) + missing)
            return [downloads.queue(each, to) for each in found]

        await self._transfer(plan)

    async def _put(self) -> None:
        from tuiftp.cli.transfer import Found, Uploads, remote_destination, try_all

        paths = self._arguments.paths

        async def plan(queue: TransferQueue) -> list[int]:
            batches: list[int] = []
            for target in self._reachable():
                site = await self._site(target)
                to = await remote_destination(site.endpoint, target, len(paths))
                uploads = Uploads(
                    queue,
                    site,
                    self._engine.disk,
                    self._engine.disk.endpoint,
                    self._policy(is_download=False),
                    self._console,
                )

                async def find(
                    path: str, uploads: Uploads, to: Destination
                ) -> tuple[str, Found, Destination]:
                    name, found = await uploads.find(path)
                    return name, found, await uploads.make_way(found, to)

                items = [(path, partial(find, path, uploads, to)) for path in paths]
                found = await try_all(items, self._console)
                batches += [uploads.queue(*each) for each in found]
            return batches

        await self._transfer(plan)

    async def _copy(self) -> None:
        from tuiftp.cli.transfer import Downloads, Found, Uploads, try_all

        *sources, last = self._arguments.items
        engine, console = self._engine, self._console

        async def plan(queue: TransferQueue) -> list[int]:
            if isinstance(last, Target) and _key(last) not in self._logins:
                return []
            policy = self._policy(is_download=isinstance(last, str))
            place = engine.disk if isinstance(last, str) else await self._site(last)
            await self._destination(last, len(sources))  # may be wrong already
            downloads = Downloads(queue, engine.disk, policy, console)
            uploads = Uploads(queue, place, engine.disk, engine.disk.endpoint, policy, console)

            async def find(item: Target | str) -> tuple[str | None, Found]:
                if isinstance(item, str):
                    return await uploads.find(item)
                return None, await downloads.find(await self._site(item), item)

            reachable = [item for item in sources if isinstance(item, str) or _key(item) in self._logins]
            found = await try_all([(_named(item), partial(find, item)) for item in reachable], console)
            missing = len(sources) - len(found)
            to = await self._destination(last, sum(each.items for _, each in found) + missing)

            async def queued(name: str | None, each: Found) -> int:
                return uploads.queue(name, each, await uploads.make_way(each, to))

            return await try_all([(_named(last), partial(queued, *each)) for each in found], console)

        await self._transfer(plan)

    async def _destination(self, where: Target | str, items: int) -> Destination:
        from tuiftp.cli.transfer import local_destination, remote_destination

        if isinstance(where, str):
            return local_destination(where, items)
        return await remote_destination((await self._site(where)).endpoint, where, items)

    async def _transfer(self, plan: Plan) -> None:
        """Goes on with what an earlier run has left, or else does as planned, to the end."""
        unfinished = Unfinished(self._arguments) if self._arguments.is_continued else None
        if removed := forget_old(None if unfinished is None else unfinished.path):
            self._console.note(f"removed part files of runs that nobody went on with for long: {removed:,}")
        if swept := await self._engine.disk.endpoint.run(self._engine.part_records().sweep):
            self._console.note(f"removed part files that runs which were killed have left: {swept:,}")
        async with self._queue(unfinished) as (queue, wait):
            batches = await self._left(queue, unfinished) if unfinished is not None else ()
            if not queue.is_stored:
                unfinished = None  # another run has it, or it cannot be written
            if not batches:
                batches = await plan(queue)
                if unfinished is not None and not self._console.failures:
                    await self._note_queued(queue, unfinished)
            await wait(batches)
        if unfinished is not None and not self._console.failures:
            unfinished.forget()

    async def _note_queued(self, queue: TransferQueue, unfinished: Unfinished) -> None:
        """Writes down that a later run can go on; that this cannot be done does not keep this one from its work."""
        try:
            await queue.flush()
            unfinished.note_queued()
        except LocalFileError as error:
            self._console.note(f"tuiftp: this run cannot be continued: {shown(str(error))}")

    async def _left(self, queue: TransferQueue, unfinished: Unfinished) -> Sequence[int]:
        """Lets what an earlier run has left go on; its batches, or none if all is to be planned anew."""
        restored = await self._engine.restore(queue, self._login_of, self._request)
        if not queue.is_stored:
            self._console.note(f"tuiftp: this run cannot be continued: {shown(restored.problem or '')}")
            return ()
        if restored.problem:
            self._console.note(f"tuiftp: {shown(restored.problem)}")
        if unfinished.is_queued and restored.batches:
            count = restored.count + restored.failed
            self._console.note(f"going on with what an earlier run has left: {count:,}")
            queue.resume_batch(*restored.batches)
            queue.retry_batch(*restored.batches)
            return restored.batches
        # It ended before all was queued: its parts would be nobody's.
        unfinished.begin_anew()
        queue.cancel_batch(*restored.batches)
        await queue.wait_idle()
        queue.clear_finished()
        return ()

    def _login_of(self, target: Target) -> Credentials:
        """Who logs in to a site of an earlier run, whose URL has no password."""
        for (host, port, _, _, _), login in self._logins.items():
            if (host, port, login.user) == (target.host, target.port, target.user or "anonymous"):
                return login
        return Credentials(target.user or "anonymous")

    def _policy(self, *, is_download: bool) -> ConflictPolicy:
        settings = self._engine.run_settings.in_force
        chosen = settings.overwrite_downloads if is_download else settings.overwrite_uploads
        return ConflictPolicy(chosen.value)

    @contextlib.asynccontextmanager
    async def _queue(self, unfinished: Unfinished | None) -> AsyncIterator[tuple[TransferQueue, Wait]]:
        """A queue that runs, and a way to wait for its batches."""
        from tuiftp.cli.decider import FlagDecider, terminal_asker
        from tuiftp.cli.progress import Reporter
        from tuiftp.transfers.model import StoreTrouble

        console = self._console
        reporter = Reporter(console, self._engine.bus)
        decider = FlagDecider(console, ask=terminal_asker(), left_alone=reporter.left_alone)
        stored_in = unfinished.path if unfinished is not None else None
        if stored_in is not None:
            self._engine.bus.subscribe(
                StoreTrouble,
                lambda event: console.note(f"tuiftp: this run cannot be continued: {shown(event.message)}"),
            )
        queue = self._engine.make_queue(decider, stored_in=stored_in)
        self._set_up(queue)
        await queue.start()

        async def wait(batches: Sequence[int]) -> None:
            drawing = asyncio.create_task(reporter.draw(queue))
            try:
                for batch in batches:
                    await queue.wait_batch(batch)
            finally:
                drawing.cancel()
                console.clear()
            # The queue stops itself where going on is in vain (disk full, server gone): that is a failure.
            reporter.name_untried(transfer for transfer in queue.transfers() if transfer.batch in batches)
            console.note(reporter.summary())

        try:
            yield queue, wait
        finally:
            await queue.close()
            await self._engine.close_restored()

    def _set_up(self, queue: TransferQueue) -> None:
        """Has the options of the command line hold for the queue."""
        from tuiftp.transfers.model import Direction  # a listing does without it

        if self._arguments.limit:
            for direction in Direction:
                queue.set_limit(direction, self._arguments.limit)
        if self._arguments.retries is not None:
            queue.rules = replace(
                queue.rules, attempts=self._arguments.retries, connection_attempts=self._arguments.retries
            )
