"""The transfer queue on the screen: panel, details, history, conflicts and what follows the end."""
