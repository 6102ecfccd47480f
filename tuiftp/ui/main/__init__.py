"""The main screen: both panes, the connection, and what is done with files."""
