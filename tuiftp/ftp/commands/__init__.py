"""Commands on remote files and directories that are answered on the control connection alone."""
