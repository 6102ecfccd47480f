"""Reads the logs of other programs into our records."""
