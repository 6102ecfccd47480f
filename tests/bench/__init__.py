"""Measures tuiftp against lftp and curl in the same run: `python -m tests.bench`. Ratios, never absolute times."""
