"""Names in other encodings: the offer of a guess, and the choice."""
