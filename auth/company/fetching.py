"""Asking a provider: little time, little memory, only safe addresses, and no redirects.

One total deadline covers connecting, waiting and reading, so that a provider that drips a byte
a second holds nobody up. An answer that is compressed is refused: a small one may unfold for ever.
"""

import asyncio
import logging
from ssl import SSLContext, create_default_context

import httpx

from auth.company.settings import is_safe_address

SECONDS = 5.0
LARGEST = 256 * 1024

# At INFO these print whole addresses, in which WeCom's dialect carries the secret; authlib prints PKCE's.
for _chatty in ("httpx", "httpcore", "authlib"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)


class UnfitAnswer(httpx.TransportError):
    """A provider's answer is none that we read: too large, too late, or from a place that is not safe."""


class BoundedTransport(httpx.AsyncBaseTransport):
    """A transport for one provider; every request has a connection of its own."""

    def __init__(self, seconds: float = SECONDS, largest: int = LARGEST) -> None:
        self._seconds = seconds
        self._largest = largest
        self._trust: SSLContext | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read its whole answer; raise `httpx.TransportError`."""
        if not is_safe_address(str(request.url)):
            raise UnfitAnswer("the address is not https", request=request)
        request.headers["Accept-Encoding"] = "identity"
        try:
            async with asyncio.timeout(self._seconds), httpx.AsyncHTTPTransport(verify=self._context()) as line:
                response = await line.handle_async_request(request)
                try:
                    body = await self._read(request, response)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise UnfitAnswer(f"no whole answer within {self._seconds} s", request=request) from None
        return httpx.Response(response.status_code, headers=_kept(response.headers), content=body, request=request)

    async def _read(self, request: httpx.Request, response: httpx.Response) -> bytes:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise UnfitAnswer("the answer is compressed", request=request)
        body = bytearray()
        async for part in response.aiter_raw():
            body += part
            if len(body) > self._largest:
                raise UnfitAnswer(f"the answer has more than {self._largest} bytes", request=request)
        return bytes(body)

    def _context(self) -> SSLContext:
        self._trust = self._trust or create_default_context()
        return self._trust


def _kept(headers: httpx.Headers) -> list[tuple[str, str]]:
    """Return the fields that are still true of a body that has been read."""
    return [(name, value) for name, value in headers.multi_items() if name.lower() == "content-type"]
