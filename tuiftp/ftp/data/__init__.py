"""The data connection: passive and active, falling back from one way to the next, and remembering what worked."""
