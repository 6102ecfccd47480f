"""What the tests stand on: servers real and scripted, networks, and a home that is nobody's."""
