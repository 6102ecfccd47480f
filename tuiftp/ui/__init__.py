"""The screen: the only package that imports Textual. It holds no FTP and no file logic."""
