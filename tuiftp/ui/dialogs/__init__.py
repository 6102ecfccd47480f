"""Dialogs that several screens use, and what they are made of."""
