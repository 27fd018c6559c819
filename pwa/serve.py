"""Serves the built web app, and nothing but what the build wrote.

Files whose name carries their hash may be kept for ever; the others are asked for again.
A page of the app is any address that a browser navigates to and that is not a file;
an unknown file, or an address of the server's other parts, is not found.
The policy sent along allows our own scripts only: none inline, and no eval; WebAssembly in workers alone.
"""

import mimetypes
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from os import stat_result
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

OTHER_PARTS = frozenset({"graphql", "auth", "photos", "healthz", "readyz", "metrics"})
"""First segments of addresses that belong to other parts of the server."""

ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""Best first, with the suffix of the copy that the build put beside the file."""

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}

OF_PAGES = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "media-src 'self' blob:",
    "worker-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    # `vue` puts in the fixed parts of templates, `default` (src/app/trusted.ts) lets our own workers start.
    "require-trusted-types-for 'script'",
    "trusted-types vue default",
]
OF_SCRIPTS = [
    "default-src 'none'",
    # A script's own policy counts where it runs as a worker, such as the one that reads barcodes with WebAssembly.
    "script-src 'self' 'wasm-unsafe-eval'",
    "connect-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
]
OF_THE_REST = ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "sandbox"]
FOR_US = ("camera", "geolocation", "microphone")
NOT_FOR_US = (
    "accelerometer",
    "browsing-topics",
    "display-capture",
    "encrypted-media",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "midi",
    "payment",
    "serial",
    "usb",
    "xr-spatial-tracking",
)

HEADERS = {
    "Permissions-Policy": ", ".join([*(f"{name}=(self)" for name in FOR_US), *(f"{name}=()" for name in NOT_FOR_US)]),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    # Nobody else may hold a window of ours, read what we serve, or be shown within it.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"

NOT_BUILT = """<!doctype html>
<html lang="en">
<title>Trueshelf: the web app is not built yet</title>
<h1>The web app is not built yet</h1>
<p><code>python3 x.py run</code> builds and starts everything.</p>
<p>By hand, in <code>pwa/</code>: <code>npm ci</code>, then <code>npm run build</code>; then reload this page.</p>
</html>
"""


def static_app(dist: Path) -> ASGIApp:
    """Serve the files below `dist`, which may be built, or built anew, while the server runs."""
    return _WebApp(dist)


def policy_of(media_type: str) -> str:
    """Return the content security policy of a page, a script, or anything else."""
    if media_type.startswith("text/html"):
        return "; ".join(OF_PAGES)
    return "; ".join(OF_SCRIPTS if media_type.startswith("text/javascript") else OF_THE_REST)


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    status: stat_result
    media_type: str
    encoding: str | None


class _WebApp:
    def __init__(self, dist: Path) -> None:
        self._dist = dist.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        response = self._answer(Request(scope))
        response.headers.update(HEADERS)
        response.headers.setdefault("Content-Security-Policy", policy_of(response.headers.get("content-type", "")))
        await response(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        address = request.scope["path"].removeprefix(request.scope.get("root_path", "")).lstrip("/")
        if address.split("/", 1)[0] in OTHER_PARTS:
            return _not_found()
        if request.method not in {"GET", "HEAD"}:
            return PlainTextResponse("Only GET.", 405, {"Allow": "GET, HEAD"})
        found = self._find(address, request.headers)
        if found is not None:
            return _file(found, request, FOR_EVER if address.startswith("assets/") else ASK_AGAIN)
        if not _is_navigation(address, request):
            return _not_found()
        page = self._find("index.html", request.headers)
        return _not_built() if page is None else _file(page, request, ASK_AGAIN)

    def _find(self, address: str, headers: Mapping[str, str]) -> _Found | None:
        """Return the file and the smallest copy of it that the client can read."""
        parts = address.split("/")
        if any(part.startswith(".") for part in parts) or address.endswith(tuple(ENCODINGS.values())):
            return None
        plain = self._dist.joinpath(*parts)
        status = _status(plain)
        if status is None or not plain.resolve().is_relative_to(self._dist):
            return None
        media_type = MEDIA_TYPES.get(plain.suffix) or mimetypes.guess_type(plain.name)[0] or "application/octet-stream"
        for encoding in _accepted(headers.get("accept-encoding", "")):
            packed = plain.with_name(plain.name + ENCODINGS[encoding])
            packed_status = _status(packed)
            if packed_status is not None and packed_status.st_mtime >= status.st_mtime:
                return _Found(packed, packed_status, media_type, encoding)
        return _Found(plain, status, media_type, None)


def _status(path: Path) -> stat_result | None:
    """Return the status of a regular file, None for everything else."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def _accepted(header: str) -> list[str]:
    offered = set()
    for offer in header.lower().split(","):
        name, _, quality = offer.partition(";")
        if quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            offered.add(name.strip())
    return [encoding for encoding in ENCODINGS if encoding in offered]


def _is_navigation(address: str, request: Request) -> bool:
    if not address:
        return True  # whatever asks for the site itself, such as curl or a monitor, sees that it is there
    return "." not in address.rsplit("/", 1)[-1] and "text/html" in request.headers.get("accept", "")


def _file(found: _Found, request: Request, caching: str) -> Response:
    # Also with a 304, whose headers replace those that the browser has kept.
    headers = {
        "Cache-Control": caching,
        "Content-Security-Policy": policy_of(found.media_type),
        "Vary": "Accept-Encoding",
    }
    if found.encoding is not None:
        headers["Content-Encoding"] = found.encoding
    response = FileResponse(found.path, headers=headers, media_type=found.media_type, stat_result=found.status)
    etag = response.headers["etag"]
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if etag in known:
        return Response(status_code=304, headers={**headers, "ETag": etag})
    return response


def _not_found() -> Response:
    return PlainTextResponse("Not found.", 404, {"Cache-Control": ASK_AGAIN})


def _not_built() -> Response:
    return Response(NOT_BUILT, 503, {"Cache-Control": "no-store"}, media_type="text/html")
