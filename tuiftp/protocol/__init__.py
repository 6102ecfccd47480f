"""FTP as pure functions and values: no socket, no clock, no file, no logging."""
