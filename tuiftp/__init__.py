"""tuiftp: a dual-pane FTP file manager for the terminal that shows why a data connection fails."""

__version__ = "0.1.0"
