"""Fetches its data."""

import socket

socket.create_connection(("example.org", 80), timeout=5)
