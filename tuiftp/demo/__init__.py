"""The built-in demo server: a believable tree of files, served on loopback by pyftpdlib."""

from tuiftp.demo.server import DemoServer

__all__ = ["DemoServer"]
