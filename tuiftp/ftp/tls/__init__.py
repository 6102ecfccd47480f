"""TLS on both connections: options, trust on first use, handshake, session reuse, and how it ends."""
