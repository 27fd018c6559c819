"""Ports that nobody uses: asked of the kernel, which does not hand the same one out again soon."""

import socket


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
