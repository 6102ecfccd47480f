"""The whole program on the terminal that it is started on, which tells on a connection what the keys have made of it.

Started by `tests.ui.test_keys_typed` as `python -m tests.ui.typed_app PORT DIRECTORY [URL]`, where PORT is one that
listens. A request is one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.widgets import Input, Static

from tuiftp.cli import app as cli_app
from tuiftp.cli.app import Run, _first_request
from tuiftp.cli.arguments import parse_arguments
from tuiftp.errors import LocalFileError
from tuiftp.files.endpoint import Listing
from tuiftp.files.local import LocalEndpoint
from tuiftp.transfers.conflict_decider import Conflict, Decision
from tuiftp.transfers.model import Direction
from tuiftp.ui import key_gate
from tuiftp.ui.app import TuiftpApp
from tuiftp.ui.panes.pane import Pane
from tuiftp.ui.transfers.conflict_dialog import ConflictDialog

WAIT = 60.0
"""Seconds before work counts as long."""
TURN = 0.002
"""Seconds between two looks at the app."""


async def until(condition: Callable[[], bool]) -> None:
    """Lets the app work until a condition holds."""
    while not condition():  # noqa: ASYNC110 (there is no event for most of what is waited for here)
        await asyncio.sleep(TURN)


class Fenced(LocalEndpoint):
    """A disk that ends at one directory: keys by chance, Delete among them, get no further."""

    fence: ClassVar[str]
    """The directory."""

    def parent(self, path: str) -> str:
        return path if path == self.fence else super().parent(path)

    def resolve(self, base: str, typed: str) -> str:
        return self._inside(super().resolve(base, typed))

    async def list(self, path: str) -> Listing:
        return await super().list(self._inside(path))

    async def make_directory(self, path: str) -> None:
        await super().make_directory(self._inside(path))

    async def remove_file(self, path: str) -> None:
        await super().remove_file(self._inside(path))

    async def remove_directory(self, path: str) -> None:
        await super().remove_directory(self._inside(path))

    async def rename(self, source: str, target: str) -> None:
        await super().rename(self._inside(source), self._inside(target))

    def _inside(self, path: str) -> str:
        if not Path(path).is_relative_to(self.fence) or ".." in Path(path).parts:
            raise LocalFileError("That is outside the fence", path=path)
        return path


class Teller:
    """Answers requests about an app."""

    def __init__(self, app: TuiftpApp, local: str) -> None:
        self._app = app
        self._local = local
        self._arrangement = app.browser.left_pane.list.rows.arrangement
        self._typed = 0
        self._take = app.keys.take
        app.keys.take = self._count  # type: ignore[method-assign, assignment]
        self._change = app.keys._change
        app.keys._change = self._wait  # type: ignore[method-assign]
        self._is_waiting = False
        self._question: asyncio.Task[Decision] | None = None

    async def _count(self, event: Any) -> None:
        self._typed += 1
        await self._take(event)

    async def _wait(self) -> None:
        self._is_waiting = True
        try:
            await self._change()
        finally:
            self._is_waiting = False

    def _is_at_rest(self, *, hangs: bool) -> bool:
        """Whether all is done that keys can do, be it that the remote pane lists for ever."""
        app, keys = self._app, self._app.keys
        if not app.is_running or app.browser.is_starting:
            return False
        if keys.is_idle or not hangs:
            return keys.is_idle
        workers = [*keys._workers(app.screen_stack[0]), *keys._workers(app.screen)]
        only_hangs = all(app.browser.right_pane in worker.node.ancestors_with_self for worker in workers)
        return self._is_waiting and not keys._stirred.is_set() and only_hangs

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one request after the other."""
        while line := await reader.readline():
            request = json.loads(line)
            answer = await getattr(self, request.pop("ask"))(**request)
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def state(self, keys: int, hangs: bool) -> dict[str, Any]:
        """What so many keys have led to, once all of them are done; or all that do not wait for what hangs."""
        app = self._app
        await until(lambda: self._typed >= keys and self._is_at_rest(hangs=hangs))
        self._typed -= keys
        return {
            "screens": [type(screen).__name__ for screen in app.screen_stack],
            "text": [str(text.render()) for text in app.screen.query(Static)]
            if len(app.screen_stack) > 1
            else [],
            "inputs": [field.value for field in app.screen.query(Input)],
            "focus": repr(app.focused and app.focused.css_path_nodes),
            "local": _pane(app.browser.left_pane),
            "remote": _pane(app.browser.right_pane),
        }

    async def reset(self) -> None:
        """Closes what is open and shows the first directory again."""
        app, browser = self._app, self._app.browser
        while len(app.screen_stack) > 1:
            app.pop_screen()
        for worker in app.workers:
            if worker.group in key_gate.HOLDING:
                worker.cancel()  # it may wait for an answer that does not come now
        await self._at_rest()
        app.set_focus(browser.left_pane.list)
        for pane, path in ((browser.left_pane, self._local), (browser.right_pane, "/")):
            pane.list.search.end()
            pane.list.rows.marks.clear()
            pane.list.rearrange(self._arrangement)
            if pane.endpoint is not None:
                pane.open(path, cursor_on="")
        await self._at_rest()
        for pane in (browser.left_pane, browser.right_pane):
            pane.list.move_to(0)

    async def _at_rest(self) -> None:
        """Waits until the app has nothing to do: as if a key had been typed that does nothing."""
        before = self._typed
        self._app.post_message(events.Key("f24", None))
        await until(lambda: self._typed != before and self._app.keys.is_idle)
        self._typed = before

    async def question(self) -> None:
        """Has the engine ask what becomes of a target at once, be it that somebody types."""
        key_gate.QUIET = 0.0
        conflict = Conflict(Direction.DOWNLOAD, "/a", "/a", 1, None, 1, None, can_resume=False)
        self._question = asyncio.create_task(self._app.start.decider.resolve_conflict(conflict))

    async def answer(self) -> str | None:
        """What the engine was answered; None: nothing yet."""
        return self._question.result().policy.value if self._question and self._question.done() else None

    async def asked(self) -> None:
        """Returns when the question takes keys."""
        await until(lambda: isinstance(self._app.screen, ConflictDialog) and not self._app.keys.is_deaf)

    async def transfer(self, names: list[str], directory: str) -> None:
        """Begins to fetch files, and returns when all of them run."""
        browser, queue = self._app.browser, self._app.services.queue
        await self._at_rest()
        assert browser.site is not None
        listing = await browser.site.endpoint.list("/")
        chosen = [(f"/{entry.name}", entry) for entry in listing.entries if entry.name in names]
        queue.copy(browser.site, chosen, self._app.services.disk, directory)
        await until(lambda: queue.totals().active == len(names))

    async def active(self) -> int:
        """How many transfers run."""
        return self._app.services.queue.totals().active


def _pane(pane: Pane) -> dict[str, Any]:
    return {
        "directory": pane.directory,
        "cursor": pane.list.current.name if pane.list.current is not None else None,
        "marks": sorted(entry.name for entry in pane.list.rows.marked()),
        "search": pane.list.search.text,
    }


async def main(port: str, local: str, *arguments: str) -> None:
    """Runs the app until the terminal closes."""
    Fenced.fence = local
    vars(cli_app)["LocalEndpoint"] = Fenced
    key_gate.PATIENCE = WAIT  # a loaded machine makes no listing here one that Escape is meant to cancel
    parsed = parse_arguments(arguments)
    run = Run(parsed, _first_request(parsed), say=print)
    running = asyncio.create_task(run.run())
    await until(lambda: run._app is not None)
    assert run._app is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
    telling = asyncio.create_task(Teller(run._app, local).serve(reader, writer))
    await running
    telling.cancel()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
