"""Feeds what strangers send to everything that reads it, for as long as one likes: `python -m tests.fuzz all`.

No test is collected from here; pytest runs none of it.
"""
