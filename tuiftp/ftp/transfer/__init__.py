"""Bytes between a data connection and a file: in worker threads, in memory, and many small files as a batch."""
