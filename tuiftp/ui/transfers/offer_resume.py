"""What is done at the start with transfers that an earlier run has left: asked about, and logged in for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from textual.app import App

from tuiftp.errors import ConfigurationError
from tuiftp.protocol.text import shown
from tuiftp.protocol.url import parse_url
from tuiftp.secret import Secret
from tuiftp.storage.sites import SavedSite
from tuiftp.transfers.model import Restored
from tuiftp.ui.dialogs.basic import Dialog
from tuiftp.ui.services import Services
from tuiftp.ui.sites.password_lookup import keep_password, note_of_keeping

_LONG = 30.0
"""Seconds for which a problem with the queue is shown."""


async def offer_restored(
    app: App[Any], services: Services, restored: Restored, *, ask: Callable[[Dialog[Any]], Awaitable[Any]]
) -> None:
    """Says what is there and does what the user wants with it. Call it in a worker.

    Args:
        app: Where the dialogs open.
        services: What the screen stands on.
        restored: What the queue has brought back; all of it is paused.
        ask: Opens a dialog that no key has asked for, and waits for its answer.
    """
    if restored.problem:
        # No dialog: it would take a key that was meant for the panes.
        text = shown(restored.problem)
        app.notify(text, title="The transfer queue", severity="error", timeout=_LONG, markup=False)
    if not restored.count:
        if restored.failed:
            text = f"{restored.failed:,} failed earlier: R in the transfers panel tries again"
            app.notify(text, title="Transfers", markup=False)
        return
    from tuiftp.ui.transfers.resume_dialogs import ResumeAnswer, ResumeDialog  # only needed when asked for

    answer = await ask(ResumeDialog(restored))
    if answer is ResumeAnswer.DISCARD:
        services.queue.cancel_batch(*restored.batches)
    elif answer is ResumeAnswer.RESUME:
        await _resume(app, services, restored.batches)


async def _resume(app: App[Any], services: Services, batches: Sequence[int]) -> None:
    sites = {
        site for batch in map(services.queue.batch, batches) if batch is not None for site in batch.sites
    }
    missing = [site for site in services.missing_logins() if site in sites]
    refused = set(missing) - await ask_logins(app, services, missing)
    for number in batches:
        batch = services.queue.batch(number)
        if batch is not None and refused.isdisjoint(batch.sites):
            services.queue.resume_batch(number)


async def ask_logins(app: App[Any], services: Services, sites: Sequence[str]) -> set[str]:
    """Asks for the passwords of sites, one after the other; returns those for which one was given."""
    from tuiftp.ui.dialogs.basic import PasswordDialog  # only needed when asked for

    given: set[str] = set()
    for site in sites:
        saved = _saved_as(services, site)
        note = note_of_keeping(saved)
        password = await app.push_screen_wait(PasswordDialog(shown(site), note=note))
        if password is not None:
            keeps = saved if note else None
            services.give_login(site, password, partial(_keep, app, services, keeps, password))
            given.add(site)
    return given


def _saved_as(services: Services, label: str) -> SavedSite | None:
    """The saved site that has the login of a site of the queue."""
    try:
        target = parse_url(label)
    except ConfigurationError:
        return None
    login = target.host.casefold(), target.port, target.user or ""
    return next((site for site in services.sites.sites() if site.login == login), None)


def _keep(app: App[Any], services: Services, site: SavedSite | None, password: Secret) -> None:
    """Keeps a password that the server has taken. The engine calls it: its tasks are not the app's."""
    if site is not None:
        app.call_later(
            app.run_worker,
            partial(keep_password, app, services, site, password),
            group=f"keep the password of {site.name}", exclusive=True,
        )  # fmt: skip
