"""The exchange view: a session as a sequence diagram, and where the time of an operation went."""
