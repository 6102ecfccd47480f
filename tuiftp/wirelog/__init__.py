"""The protocol log as data: records, what they mean, and where they are kept. No sockets, no screen."""
