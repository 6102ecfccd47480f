"""The control connection: commands, replies and which reply answers which command, login, keep-alive."""
