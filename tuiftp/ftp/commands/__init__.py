"""What is asked of a server: listings and the commands on files and directories."""
