"""What tuiftp withstands: a test at least for each way in which a server, a network or a name may attack it."""
