"""Directory listings: MLSD, and the dialects of LIST, into entries. Pure and never raising."""

from tuiftp.protocol.listing.mlsd import parse_mlsd, parse_mlst
from tuiftp.protocol.listing.picker import parse_listing

__all__ = ["parse_listing", "parse_mlsd", "parse_mlst"]
