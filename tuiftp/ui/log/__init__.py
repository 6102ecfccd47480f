"""The protocol log on the screen: panel, saved logs, comparison, explanation and report."""
