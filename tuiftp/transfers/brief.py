"""The upload of a small new file: read in one go, sent from memory, its size, time and permissions with it.

What is small is sent again from its first byte after a break: there is nothing to prove and nothing to resume.
"""

from __future__ import annotations

from tuiftp.errors import SizeMismatch
from tuiftp.files.endpoint import RemoteEndpoint
from tuiftp.files.upload_source import Source, Version
from tuiftp.protocol.text import shown
from tuiftp.transfers.context import Done, Workbench
from tuiftp.transfers.job import Job
from tuiftp.transfers.verify import wants_checksum


def is_brief(bench: Workbench, job: Job, endpoint: RemoteEndpoint) -> bool:
    """Whether a file goes up through memory: small, new at its target, as it is, and never begun before."""
    size = job.entry.size
    is_begun = job.temporary is not None or job.version is not None or job.resumes_target or job.is_restored
    if (
        size is None
        or bench.converts(job)
        or is_begun
        or bench.rules.wants_temporary(size, replaces=job.replaces)
    ):
        return False
    return bench.is_brief(job, endpoint, size) and not wants_checksum(bench, endpoint)


async def send_brief(
    bench: Workbench, job: Job, endpoint: RemoteEndpoint, source: Source
) -> tuple[Version, Done]:
    """Sends a small file and compares the size that the server holds with what was sent.

    Raises:
        SizeMismatch: The server does not hold all.
    """
    version, data, mode = await bench.local.settle(_read, source)
    if job.transfer.size != len(data):
        bench.board.change(job, size=len(data))
    progress = bench.begin_attempt(job, 0)
    job.is_decided = True  # from here on, what is there is ours
    rules = bench.rules
    held = await endpoint.store(
        data,
        job.transfer.target,
        modified=version.modified if rules.keep_times else None,
        mode=mode if rules.keep_modes and not job.replaces else None,
        progress=progress,
    )
    if held is not None and held != len(data):
        raise SizeMismatch(
            f"{shown(job.transfer.target)} is incomplete: the server holds {held:,} bytes of {len(data):,}",
            path=job.transfer.target,
        )
    return version, Done(held is not None)


def _read(source: Source) -> tuple[Version, bytes, int]:
    """All of a small file, in the state that is returned with it."""
    try:
        version = source.open()
        data = source.read(0, version.size)
        return source.version(), data, source.mode
    finally:
        source.close()
