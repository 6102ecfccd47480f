"""Bytes over a data connection: files in worker threads, in memory or many in a batch, and directory listings."""
