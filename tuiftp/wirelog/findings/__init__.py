"""The rules that tell from recorded events why a data connection fails, and what to change."""
