"""The scripted server's tree; see `tuiftp.demo.lab.tree`."""

from tuiftp.demo.lab.tree import Content, Directory, File, Tree

__all__ = ["Content", "Directory", "File", "Tree"]
