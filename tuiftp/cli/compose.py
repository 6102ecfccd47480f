"""The composition root: puts the engine together from settings, state and the command line."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tuiftp.cli.arguments import Arguments
from tuiftp.cli.continue_store import UNFINISHED
from tuiftp.cli.site_rules import flags_of, resolve
from tuiftp.cli.tls_rules import load_trust, site_address
from tuiftp.errors import LocalFileError
from tuiftp.events import EventBus
from tuiftp.files.local import LocalEndpoint
from tuiftp.files.local_site import LocalSite
from tuiftp.files.site import Site
from tuiftp.ftp.data.mode_memory import ModeMemory
from tuiftp.ftp.events import PasswordRefused, WireRecorded
from tuiftp.ftp.live_diagnosis import LiveDiagnosis
from tuiftp.ftp.options import ConnectionOptions, Credentials, SiteAddress
from tuiftp.ftp.tls.trust import TrustDecider
from tuiftp.protocol.text import shown
from tuiftp.protocol.url import Target, parse_url, scheme_of
from tuiftp.secret import Secret
from tuiftp.storage.connect_request import ConnectRequest
from tuiftp.storage.locations import state_dir
from tuiftp.storage.run_settings import RunSettings
from tuiftp.storage.settings import Settings
from tuiftp.storage.state import StateFile

if TYPE_CHECKING:
    from tuiftp.ftp.site import FtpSite
    from tuiftp.transfers.conflict_decider import Decider
    from tuiftp.transfers.model import Restored
    from tuiftp.transfers.part_records import PartRecords
    from tuiftp.transfers.queue import TransferQueue
    from tuiftp.transfers.transfer_options import TransferOptions
    from tuiftp.wirelog.findings import Finding
    from tuiftp.wirelog.records import WireRecord

RefusedLogin = tuple[str, int, str, Secret]
"""Host, port, user and password."""

SiteFactory = Callable[[Target, Credentials, ConnectRequest | None, bool], Site]
"""Makes a site of one kind: where, who logs in, what else is wanted, whether it is headless."""

_HEARD = 2_000
"""Records of a listing that are kept to explain a failure."""
_MODES = "modes"
_QUEUE = "queue.db"
_SPOOL = "relay"


def transfer_rules(settings: Settings) -> TransferOptions:
    """How transfers are done, as it follows from the settings."""
    from tuiftp.transfers.transfer_options import (  # a listing does without them
        TransferOptions,
        parse_extensions,
    )

    return TransferOptions(
        verify=settings.verify,
        upload_temporary=settings.upload_temporary,
        keep_times=settings.keep_times,
        keep_modes=settings.keep_modes,
        ascii_extensions=parse_extensions(settings.ascii_extensions),
        downloads=settings.overwrite_downloads,
        uploads=settings.overwrite_uploads,
        segments=settings.segments,
    )


class Engine:
    """All parts below the screen, tied together. Close it when done."""

    def __init__(
        self, arguments: Arguments, *, say: Callable[[str], None], run_settings: RunSettings | None = None,
        disk: LocalSite | None = None,
    ) -> None:  # fmt: skip
        """Loads settings and state, and begins the log if one is asked for.

        Args:
            arguments: The command line.
            say: Writes a line to stderr.
            run_settings: The settings, where they have been read.
            disk: The local disk, where it is in use; closed with the engine all the same.

        Raises:
            LocalFileError: The log cannot be written.
        """
        self.bus = EventBus()
        """Where the engine tells what happens."""
        self.run_settings = run_settings or RunSettings.load()
        """The settings, with the flags of the command line."""
        self.run_settings.flags = flags_of(arguments)
        self.run_settings.subscribe(self._settings_changed)
        self.memory, lost_modes = _load_memory()
        """Which way of opening data connections worked, by server."""
        self.disk = disk or LocalSite(LocalEndpoint())
        """The local disk: a site that is always open."""
        self.trust, lost_trust = load_trust()
        """Which certificates are trusted, and which servers speak TLS."""
        self.problems = tuple(filter(None, [*self.run_settings.problems, lost_modes, lost_trust]))
        """What in the user's files could not be used, and in those that the program keeps."""
        self.trust_decider: TrustDecider | None = None
        """Who is asked about certificates; None: those that cannot be verified are refused."""
        self._say = say
        self._kinds: Mapping[str, SiteFactory] = dict.fromkeys(("ftp", "ftpes", "ftps"), self.open_ftp)
        self._sites: list[tuple[FtpSite, ConnectRequest]] = []
        self._restored: list[Site] = []
        self._queues: list[TransferQueue] = []
        self.refused: set[RefusedLogin] = set()
        """The passwords that servers have refused in this run: none is used again by itself."""
        self.bus.subscribe(PasswordRefused, self._note_refused)
        # Before the log file, so that the evidence of a finding counts in lines of it. Without a log, a command
        # looks for findings only once something has failed: it is the faster for it.
        self._heard: deque[WireRecord] = deque(maxlen=_HEARD)
        if arguments.command == "ls" and not arguments.log:
            self.bus.subscribe(WireRecorded, lambda event: self._heard.append(event.record))
        if arguments.log or not arguments.command:
            LiveDiagnosis(self.bus, active_ports=self.run_settings.in_force.port_range)
        self._end_log: Callable[[], None] = lambda: None
        if arguments.log:
            from tuiftp.cli.log_file import log_to  # only needed when asked for

            self._end_log = log_to(arguments.log, self.bus, say=say)

    def open_site(
        self,
        target: Target,
        credentials: Credentials,
        request: ConnectRequest | None = None,
        *,
        is_headless: bool = False,
    ) -> Site:
        """Makes a site, not yet connected, of the kind that the scheme of its URL names.

        Args:
            target: Where it is.
            credentials: Who logs in.
            request: What else is wanted of it; None: it is as its URL says.
            is_headless: Whether there is no pane: the queue then has its browsing session too.
        """
        open_one = self._kinds[scheme_of(target.tls)]
        return open_one(target, credentials, request, is_headless)

    def open_ftp(
        self,
        target: Target,
        credentials: Credentials,
        request: ConnectRequest | None = None,
        is_headless: bool = False,
    ) -> FtpSite:
        """Makes a site that speaks FTP. See `open_site`."""
        from tuiftp.ftp.site import FtpSite  # heavy: the first screen does without it

        request = request or ConnectRequest(target)
        options = self.options(request)
        if is_headless:  # all is done by then: a last round trip would only be waited for
            options = replace(options, goodbye_timeout=0.0)
        site = FtpSite(
            site_address(target, credentials), options, bus=self.bus, memory=self.memory, trust=self.trust,
            decider=self.trust_decider, shares_session=is_headless,
        )  # fmt: skip
        self._sites.append((site, request))
        if credentials.password:
            self.give_login(site.label, credentials.password)
        return site

    def findings(self) -> Sequence[Finding]:
        """What explains a failure, the surest first: looked for now, in the exchange of a listing so far."""
        from tuiftp.wirelog.findings import Diagnosis, ranked  # only needed when something has failed

        diagnosis = Diagnosis(active_ports=self.run_settings.in_force.port_range)
        for record in self._heard:
            diagnosis.feed(record)
        diagnosis.finish()
        self._heard.clear()
        return ranked(diagnosis.findings)

    def _note_refused(self, event: PasswordRefused) -> None:
        self.refused.add(_refused_login(event.address))

    @property
    def sites(self) -> Sequence[FtpSite]:
        """The sites that are open, oldest first."""
        return [site for site, _ in self._sites if not site.is_closed]

    def make_queue(
        self, decider: Decider, *, is_stored: bool = False, stored_in: Path | None = None
    ) -> TransferQueue:
        """Makes the transfer queue, not yet started.

        Args:
            decider: Who is asked about targets that exist.
            is_stored: Whether it outlives the program, and begins with what an earlier run has left (`restore`).
            stored_in: Where it is stored, if not where the app's is.
        """
        from tuiftp.transfers.queue import TransferQueue
        from tuiftp.transfers.store import QueueStore

        store = QueueStore(stored_in or state_dir() / _QUEUE) if is_stored or stored_in else None
        if store is not None:
            store.open()
        queue = TransferQueue(
            store=store,
            bus=self.bus,
            decider=decider,
            local=self.disk.endpoint,
            parallel=self.run_settings.in_force.parallel_transfers,
            how=transfer_rules(self.run_settings.in_force),
            records=self.part_records(),
            spool=state_dir() / _SPOOL,
        )
        self._queues.append(queue)
        return queue

    def part_records(self) -> PartRecords:
        """Where a run that keeps no queue writes down what is unfinished, and finds what others have left."""
        from tuiftp.transfers.part_records import PartRecords

        def tell(message: str) -> None:
            self._say(f"tuiftp: {shown(message)}")

        return PartRecords(state_dir() / UNFINISHED, on_trouble=tell)

    async def restore(
        self, queue: TransferQueue, log_in: Callable[[Target], Credentials],
        find: Callable[[Target], ConnectRequest] = ConnectRequest,
    ) -> Restored:  # fmt: skip
        """Brings back, paused, what an earlier run has left in a stored queue. No site is connected by it.

        Parts of runs that kept no queue and were killed are removed.

        Args:
            queue: The queue, before anything is put into it.
            log_in: Finds the password of a site; the stored URL has none.
            find: Finds what else is wanted of a site; the stored URL does not say.
        """

        from tuiftp.transfers.store_schema import DISK_URL

        def open_again(url: str, encoding: str) -> Site:
            if url == DISK_URL:
                return self.disk
            target = parse_url(url)
            request = find(target)
            # Whatever is chosen for the site now: the paths were read in this one, and must name the same bytes.
            request = replace(request, encoding=encoding or request.encoding)
            site = self.open_site(target, log_in(target), request)
            self._restored.append(site)
            return site

        restored = await queue.restore(open_again)
        await self.disk.endpoint.run(self.part_records().sweep)
        return restored

    def missing_logins(self) -> list[str]:
        """The sites of transfers whose password nobody has given in this run, or the server has refused."""
        return list(dict.fromkeys(site.label for site in self.sites if self._wants_password(site)))

    def give_login(self, label: str, password: Secret, when_right: Callable[[], None] = lambda: None) -> None:
        """Has transfers of a site log in with a password, where they had none or a wrong one.

        Args:
            label: Which site, as it is shown.
            password: What a person has typed.
            when_right: Called when the server has taken it, by each of the sites of that name.
        """
        for site in self.sites:
            if site.label == label and self._wants_password(site):
                site.log_in_as(replace(site.address.credentials, password=password), when_right)
                self.refused.discard(_refused_login(site.address))

    def _wants_password(self, site: FtpSite) -> bool:
        lacks_one = site in self._restored and _lacks_password(site)
        return lacks_one or _refused_login(site.address) in self.refused

    async def close_restored(self) -> None:
        """Closes the sites that no pane knows of; once the queue is closed."""
        await asyncio.gather(*(site.close() for site in self._restored))

    def _settings_changed(self) -> None:
        """Has the sites and queues that are open go by the changed settings."""
        self._sites = [opened for opened in self._sites if not opened[0].is_closed]
        for site, request in self._sites:
            site.options = self.options(request)
        settings = self.run_settings.in_force
        for queue in self._queues:
            queue.how = transfer_rules(settings)
            queue.set_parallel(settings.parallel_transfers)

    def options(self, request: ConnectRequest) -> ConnectionOptions:
        """The rules for a site's connections (see `resolve`)."""
        return resolve(self.run_settings.stored, self.run_settings.flags, request)

    def close(self) -> None:
        """Ends the log and lets the disk threads go."""
        self._end_log()
        self.disk.endpoint.close()


def _refused_login(address: SiteAddress) -> RefusedLogin:
    login = address.credentials
    return address.host.casefold(), address.port, login.user, login.password


def _lacks_password(site: FtpSite) -> bool:
    login = site.address.credentials
    return not login.password and login.user not in ("anonymous", "ftp")


def _load_memory() -> tuple[ModeMemory, str]:
    """What worked before, saved whenever it changes; and what was wrong with the file, in a sentence."""
    memory, file = ModeMemory(), StateFile(_MODES, dict)
    stored = file.load()
    if stored is not None and not memory.load_dict(stored):
        file.reject("is broken in part")

    def save() -> None:
        with suppress(LocalFileError):  # only a memory: the next run finds out again
            file.save(memory.to_dict())

    memory.on_change = save
    return memory, file.problem
