"""The limit of a fan-out: `python -m bench.plain` writes ready frames to many sockets and does nothing else."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import cast

from bench.program import Answer, Order, obey

BUFFERED_AT_MOST = 64 * 1024


class Reader(asyncio.Protocol):
    """One that only counts what comes."""

    def __init__(self) -> None:
        self.bytes = 0

    def data_received(self, data: bytes) -> None:
        self.bytes += len(data)


class Writer(asyncio.Protocol):
    """One that is written to."""

    writers: list["Writer"]

    def __init__(self) -> None:
        Writer.writers.append(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's own class is none


async def carry_out(order: Order) -> AsyncIterator[Answer]:
    """As the sender, tell the port, write for some seconds and tell how long; as the reader, count bytes meanwhile."""
    if order["part"] == "reader":
        yield await _read(order)
        return
    Writer.writers = []
    server = await asyncio.get_running_loop().create_server(Writer, "127.0.0.1", 0)
    yield {"port": server.sockets[0].getsockname()[1]}
    frame = b"\x81\x7e" + order["size"].to_bytes(2) + b"x" * order["size"]
    while len(Writer.writers) < order["subscribers"]:  # noqa: ASYNC110 -- they come within milliseconds
        await asyncio.sleep(0.01)
    until = time.perf_counter() + order["seconds"] + 1
    while time.perf_counter() < until:
        for writer in Writer.writers:
            if writer.transport.get_write_buffer_size() < BUFFERED_AT_MOST:
                writer.transport.write(frame)
        await asyncio.sleep(0)
    server.close()
    yield {"done": True}


async def _read(order: Order) -> Answer:
    loop = asyncio.get_running_loop()
    readers = [
        (await loop.create_connection(Reader, "127.0.0.1", order["port"]))[1] for _ in range(order["subscribers"])
    ]
    await asyncio.sleep(0.5)
    before, began = sum(reader.bytes for reader in readers), time.perf_counter()
    await asyncio.sleep(order["seconds"])
    read = sum(reader.bytes for reader in readers) - before
    return {"per_second": read / (order["size"] + 4) / (time.perf_counter() - began)}


if __name__ == "__main__":
    obey(carry_out)
