"""The queue: what is to be moved, in which order, by whom, and what became of it. No screen, no FTP."""
