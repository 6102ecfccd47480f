"""Pictures of the program for people, exported from the program itself: `python -m tests.pictures`."""
