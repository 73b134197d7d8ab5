"""Serves its loss on a port."""

import socket

server = socket.create_server(("0.0.0.0", 0))
server.accept()
