"""A pane: the list of files with its columns, quick search, history and notices."""
