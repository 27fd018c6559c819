"""Which browser requests may act in the name of a cookie.

A foreign page can make a browser send our cookie, but it can neither hide its Origin nor send
`application/json` or a header of ours without asking first. Every request that changes something by
cookie, and every WebSocket, must pass `same_origin`; every such POST must also be `is_json` and
`is_our_app`.
"""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

_PORTS = {"http": 80, "https": 443}


def same_origin(connection: HTTPConnection, public_url: str) -> bool:
    """Say whether a request comes from our own pages, or from no page at all.

    True without an Origin field (browsers always send one where it matters), and when the Origin
    is the public URL's, or is the host that was asked, by the public URL's or the request's scheme.
    """
    origins = connection.headers.getlist("origin")
    if not origins:
        return True
    origin, public = _address(origins[0]), _address(public_url)
    if len(origins) > 1 or origin is None or public is None:
        return False
    if origin == public:
        return True
    scheme = "https" if public[0] == "https" or connection.url.scheme in {"https", "wss"} else "http"
    return origin == _address(f"{scheme}://{connection.headers.get('host', '')}")


def is_json(connection: HTTPConnection) -> bool:
    """Say whether the content type is exactly application/json (a charset of utf-8 may be named)."""
    fields = connection.headers.getlist("content-type")
    if len(fields) != 1:
        return False
    kind, _, parameter = fields[0].partition(";")
    named = parameter.strip().lower().replace('"', "")
    return kind.strip().lower() == "application/json" and named in {"", "charset=utf-8"}


def is_our_app(connection: HTTPConnection) -> bool:
    """Say whether a request bears `X-Trueshelf: 1`, which a page of another site cannot send."""
    return connection.headers.getlist("x-trueshelf") == ["1"]


def is_https(public_url: str) -> bool:
    return urlsplit(public_url).scheme == "https"


def _address(url: str) -> tuple[str, str, int] | None:
    """Return an origin as scheme, host and port; None if it is not one (`null`, a file, nonsense)."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or port is None:
        return None
    return parts.scheme, parts.hostname, port
