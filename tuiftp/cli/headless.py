"""Runs `ls`, `get` and `put` without a screen, on the same engine, and says how it went."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from tuiftp.cli.arguments import Arguments
from tuiftp.cli.compose import Engine
from tuiftp.cli.console import Console, print_lines
from tuiftp.cli.decider import FlagDecider, terminal_asker
from tuiftp.cli.listing import read_listing, render_json, render_text
from tuiftp.cli.passwords import find_credentials, prompt_on_terminal
from tuiftp.errors import ConfigurationError, TuiftpError
from tuiftp.ftp.options import Credentials
from tuiftp.ftp.site import FtpSite
from tuiftp.protocol.text import shown
from tuiftp.protocol.url import Target, TlsMode, format_url
from tuiftp.secret import Secret
from tuiftp.transfers.model import ConflictPolicy

if TYPE_CHECKING:
    from tuiftp.transfers.queue import TransferQueue

Login = tuple[str, int, TlsMode, str | None, Secret | None]
"""What makes two URLs one login: host, port, encryption, user, password."""
Wait = Callable[[list[int]], Awaitable[None]]
"""Waits until batches are over."""


def run_command(arguments: Arguments) -> int:
    """Does what was asked for; returns the exit status.

    Raises:
        TuiftpError: It cannot even be begun.
        KeyboardInterrupt: It was interrupted; connections are closed, unfinished parts kept.
    """
    console = Console(is_quiet=arguments.is_quiet, draws=arguments.log != "-")
    logins = _find_logins(arguments, console)
    engine = Engine(arguments, say=console.line)
    for problem in engine.problems:
        console.note(f"tuiftp: {shown(problem)}")
    try:
        asyncio.run(_Run(arguments, engine, console, logins).main())
    finally:
        console.clear()
        engine.close()
    return 1 if console.failures else 0


def _key(target: Target) -> Login:
    return target.host, target.port, target.tls, target.user, target.password


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
        self._sites: dict[Login, FtpSite] = {}

    async def main(self) -> None:
        """Does it, and closes every connection whatever happens."""
        work = {"ls": self._list, "get": self._get, "put": self._put}[self._arguments.command]
        try:
            await work()
        finally:
            await asyncio.gather(*(site.close() for site in self._sites.values()))

    async def _site(self, target: Target) -> FtpSite:
        """The site of a target, connected."""
        site = self._sites.get(_key(target))
        if site is None:
            site = self._engine.open_site(target, self._logins[_key(target)])
            self._sites[_key(target)] = site
            await site.connect()
            site.share_session()
        return site

    async def _list(self) -> None:
        for target in self._reachable():
            name = shown(format_url(target))
            try:
                endpoint = (await self._site(target)).endpoint
                path = target.path_from(await endpoint.home())
                listing = await read_listing(endpoint, path)
            except TuiftpError as error:
                self._console.fail(f"{name}: {shown(str(error))}")
                continue
            if listing is None:
                self._console.fail(f"{name}: no such file or directory")
                continue
            render = render_json if self._arguments.as_json else render_text
            print_lines(render(listing.entries))
            if listing.is_cut:
                self._console.fail(f"{name}: there is more than can be listed")

    def _reachable(self) -> list[Target]:
        return [target for target in self._arguments.targets if _key(target) in self._logins]

    async def _get(self) -> None:
        from tuiftp.cli.transfer import Downloads, add_all, local_destination

        async with self._queue() as (queue, wait):
            to = local_destination(self._arguments.output, len(self._arguments.targets))
            downloads = Downloads(queue, to, self._policy(is_download=True), self._console)

            async def add(target: Target) -> list[int]:
                return await downloads.add(await self._site(target), target)

            items = [(format_url(target), partial(add, target)) for target in self._reachable()]
            await wait(await add_all(items, self._console))

    async def _put(self) -> None:
        from tuiftp.cli.transfer import Uploads, add_all, remote_destination

        paths = self._arguments.paths
        async with self._queue() as (queue, wait):
            for target in self._reachable():
                site = await self._site(target)
                to = await remote_destination(site.endpoint, target, len(paths))
                policy = self._policy(is_download=False)
                uploads = Uploads(queue, site, self._engine.local, to, policy, self._console)
                items = [(path, partial(uploads.add, path)) for path in paths]
                await wait(await add_all(items, self._console))

    def _policy(self, *, is_download: bool) -> ConflictPolicy:
        settings = self._engine.settings
        chosen = settings.overwrite_downloads if is_download else settings.overwrite_uploads
        return ConflictPolicy(chosen.value)

    @contextlib.asynccontextmanager
    async def _queue(self) -> AsyncIterator[tuple[TransferQueue, Wait]]:
        """A queue that runs, and a way to wait for its batches."""
        from tuiftp.cli.progress import Reporter

        console = self._console
        reporter = Reporter(console, self._engine.bus)
        decider = FlagDecider(console, ask=terminal_asker(), left_alone=reporter.left_alone)
        queue = self._engine.make_queue(decider)
        await queue.start()

        async def wait(batches: list[int]) -> None:
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
