"""What every answer says to browsers about how little it may be used for.

An answer that sets one of these itself keeps its own: the web app's pages do (pwa/serve.py), they need more than
nothing. Everything else is data that no browser should draw, run, embed or remember where it came from.
"""

from collections.abc import Sequence

from starlette.types import Message

from auth.origin import is_https

Headers = Sequence[tuple[bytes, bytes]]

YEARS = 2
HSTS = (b"strict-transport-security", f"max-age={YEARS * 365 * 86400}".encode())
"""Without includeSubDomains: whether all of a company's hosts speak https is not ours to say."""

OF_DATA: Headers = (
    (
        b"content-security-policy",
        b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


def headers_for(public_url: str) -> Headers:
    """Return what an answer says unless it says otherwise itself; over https also that it is always https."""
    return (*OF_DATA, HSTS) if is_https(public_url) else OF_DATA


def complete(message: Message, defaults: Headers, own: tuple[bytes, bytes]) -> None:
    """Add what the start of an answer has left out, and the id of the request."""
    headers = message["headers"]
    said = {name for name, _ in headers}
    message["headers"] = [*headers, *(each for each in defaults if each[0] not in said), own]
