"""Whether the whole of an upload is in its place already, put there by a run that was killed before it said so.

The right size is no proof, and neither are the right last 4 KiB of a file that was there before: disk images and
databases change in their middle. So it also takes that nothing had the name when sending began, and that the local
file is the very one that was sent; or a time that we have given; or a checksum. In doubt it is sent again.
"""

from __future__ import annotations

from tuiftp.entries import Entry
from tuiftp.errors import ChecksumMismatch
from tuiftp.files.endpoint import Progress, RemoteEndpoint
from tuiftp.files.upload_source import Source
from tuiftp.transfers.context import Workbench
from tuiftp.transfers.job import Job
from tuiftp.transfers.same_version import is_same_time
from tuiftp.transfers.upload_attempt import ends_alike
from tuiftp.transfers.verify import is_same_by_checksum, wants_checksum


def has_our_time(bench: Workbench, job: Job, target: Entry) -> bool:
    """Whether a remote file has the size of the one that was queued, and the time that we give what we have sent."""
    if not bench.rules.keep_times or job.entry.size is None or job.entry.size != target.size:
        return False
    return is_same_time(job.entry, target) is True


async def is_all_there(
    bench: Workbench, job: Job, endpoint: RemoteEndpoint, target: Entry, source: Source
) -> bool:
    """Whether a remote file is surely the whole of an open local one.

    Args:
        bench: The disk's threads, and the rules.
        job: An upload of an earlier run.
        endpoint: Who asks the server.
        target: What has its name there.
        source: The local file.

    Raises:
        TuiftpError: The server or the disk cannot be asked.
    """
    version, path = await bench.local.run(source.version), job.transfer.target
    if not version.size or target.size != version.size or bench.converts(job):
        return False
    if not await ends_alike(bench, endpoint, path, source, version.size):
        return False
    has_made_it = not job.replaces and job.version == version
    if has_made_it and not wants_checksum(bench, endpoint):
        return True
    return endpoint.capabilities.has_checksums and await _has_checksum(bench, job, endpoint, path, source)


async def _has_checksum(
    bench: Workbench, job: Job, endpoint: RemoteEndpoint, path: str, source: Source
) -> bool:
    size = (await bench.local.run(source.version)).size
    job.progress = progress = Progress()  # by which a cancel is told while the disk is read
    try:
        return await is_same_by_checksum(bench, endpoint, path, source.file, size=size, progress=progress)
    except ChecksumMismatch:
        return False
    finally:
        job.progress = None
