"""The viewer of files: pages, text and hexadecimal, search."""
