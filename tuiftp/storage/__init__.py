"""Storage: what survives the end of the program. Where it lies, how it is written, what it means."""
