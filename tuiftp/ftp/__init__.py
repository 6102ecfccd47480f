"""FTP over real sockets: sessions, data connections, and the endpoints made of them."""
