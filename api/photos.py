"""The pictures of the shops over HTTP: brought in pieces that can go on where they stopped, shown to who may see them.

    HEAD  /photos/{id}         how much is here: Upload-Offset, Upload-Length, Photo-Status
    PATCH /photos/{id}         a piece, from Upload-Offset on; Upload-Length and Upload-Sha256 say of what
    GET   /photos/{id}/upload  the same as HEAD, in JSON
    GET   /photos/{id}         the picture; /small a small one

Every refusal is JSON with a code and words. A photo of a store that the asker does not see is answered like none.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from uuid import UUID

import orjson
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.admission import NotAdmitted
from api.asker import AskerContext
from auth.origin import is_our_app
from retail.access.work import Office
from retail.kernel.refusal import InvalidInput, NotFound, Problem, Refusal
from retail.photos.errors import NotAsAnnounced, PhotoExpired, TooManyBytes, TooManyWaiting, WrongHash, WrongOffset
from retail.photos.models import PhotoStatus
from retail.photos.queries import photos_named
from retail.photos.rules import WORDS
from retail.photos.settling import Darkroom, picture_key, small_key
from retail.photos.uploads import MOST_OF_A_PIECE, Piece, Progress, bring, progress

log = structlog.get_logger(__name__)

PIECES = "application/offset+octet-stream"
"""The content type of tus: no form of another site can send it."""
LARGEST = 2**31
PATIENCE_SECONDS = 0.5
"""After that, it is asked again who brings a piece."""

STATUS: dict[type[Refusal], int] = {
    InvalidInput: 400,
    NotFound: 404,
    WrongOffset: 409,
    PhotoExpired: 410,
    TooManyBytes: 413,
    NotAsAnnounced: 422,
    WrongHash: 422,
    TooManyWaiting: 429,
}

Handler = Callable[[Request, AskerContext], Awaitable[Response]]


def _for_askers(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Let in who shows a right to be here, and say every refusal in JSON."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            return await handler(request, await _admitted(request))
        except NotAdmitted as gone:
            return _problem(401, gone.code, gone.message, gone.message_zh)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody hears it, and nothing has come of the piece
        except Refusal as refused:
            return _refused(refused)

    return answer


@_for_askers
async def photo(request: Request, context: AskerContext) -> Response:
    if request.method == "HEAD":
        return _standing(await _settled(request, context), body=False)
    return await _picture(request, context, picture_key)


@_for_askers
async def small_photo(request: Request, context: AskerContext) -> Response:
    return await _picture(request, context, small_key)


@_for_askers
async def upload(request: Request, context: AskerContext) -> Response:
    return _standing(await _settled(request, context), body=True)


@_for_askers
async def piece(request: Request, context: AskerContext) -> Response:
    if "authorization" not in request.headers and not is_our_app(request):
        words = ("Whoever asks by cookie sends the header X-Trueshelf: 1.", "使用 Cookie 的请求须带 X-Trueshelf: 1。")
        return _problem(403, "MISSING_HEADER", *words)
    if request.headers.get("content-type") != PIECES:
        words = (f"Content-Type must be {PIECES}.", f"Content-Type 必须是 {PIECES}。")
        return _problem(415, "UNSUPPORTED_MEDIA_TYPE", *words)
    offset, length = _number(request, "upload-offset"), _number(request, "upload-length")
    begun = asyncio.get_running_loop().time()
    data = await _body(request)
    if asyncio.get_running_loop().time() - begun > PATIENCE_SECONDS:
        # Who was let in to begin it may have left meanwhile.
        context = await _admitted(request)
    brought = Piece(offset, data, length, request.headers.get("upload-sha256", ""))
    standing = await bring(_office(request), context.actor, _id(request), brought)
    return _standing(await _settled(request, context) if standing.is_whole else standing, body=True)


routes: list[BaseRoute] = [
    Route("/photos/{id:uuid}", piece, methods=["PATCH"]),
    Route("/photos/{id:uuid}", photo, methods=["GET"]),
    Route("/photos/{id:uuid}/small", small_photo, methods=["GET"]),
    Route("/photos/{id:uuid}/upload", upload, methods=["GET"]),
]


async def _admitted(request: Request) -> AskerContext:
    context: AskerContext | None = await request.app.state.application.askers.context(request, None)
    if context is None:
        raise NotAdmitted("UNAUTHENTICATED", "Sign in first.", "请先登录。")
    return context


async def _settled(request: Request, context: AskerContext) -> Progress:
    """Return how an upload stands, decided about if that is possible now."""
    office, id = _office(request), _id(request)
    standing = await progress(office, context.actor, id)
    if not standing.is_whole or standing.status is None:
        return standing
    try:
        await _darkroom(request).settle(id)
    except Exception as failed:  # noqa: BLE001 -- all bytes are safe: the job settles it later
        log.warning("a photo could not be settled", photo=str(id), reason=repr(failed))
        return standing
    return await progress(office, context.actor, id)


def _office(request: Request) -> Office:
    office: Office = request.app.state.application.desk.office
    return office


def _darkroom(request: Request) -> Darkroom:
    darkroom: Darkroom = request.app.state.application.darkroom
    return darkroom


def _id(request: Request) -> UUID:
    return UUID(int=request.path_params["id"].int)


def _number(request: Request, header: str) -> int:
    text = request.headers.get(header, "")
    if text.isascii() and text.isdigit() and int(text[:11]) < LARGEST:
        return int(text[:11])
    words = ("This must be a number of bytes.", "须为字节数。")
    raise InvalidInput([Problem(header.title(), "NOT_A_NUMBER", *words)])


async def _body(request: Request) -> bytes:
    """Return the piece; one that is too large is refused before it is all here."""
    parts, size = [], 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > MOST_OF_A_PIECE:
            raise TooManyBytes(MOST_OF_A_PIECE)
    return b"".join(parts)


async def _picture(request: Request, context: AskerContext, key: Callable[[UUID, UUID], str]) -> Response:
    """Send what is kept. A browser may keep it too, and asks each time whether it may still show it."""
    async with context.reading() as reading:
        row = (await photos_named(reading, [_id(request)])).get(_id(request))
    if row is None or row.status is not PhotoStatus.KEPT:
        raise NotFound("id", "photo", "照片")
    headers = {"Cache-Control": "private, no-cache", "ETag": f'"{row.sha256.hex()}"', "Vary": "Cookie, Authorization"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    data = await _darkroom(request).storage.get(key(row.store_id, row.id))
    if data is None:
        raise NotFound("id", "photo", "照片")
    return Response(data, media_type="image/jpeg", headers=headers)


def _standing(standing: Progress, *, body: bool) -> Response:
    status = standing.status.name if standing.status else "UNKNOWN"
    headers = {"Cache-Control": "no-store", "Upload-Offset": str(standing.offset), "Photo-Status": status}
    if standing.length is not None:
        headers["Upload-Length"] = str(standing.length)
    told: dict[str, object] = {"status": status, "offset": standing.offset, "length": standing.length}
    if standing.problem is not None:
        headers["Photo-Problem"] = standing.problem.name
        words, words_zh = WORDS[standing.problem]
        told["problem"] = {"code": standing.problem.name, "message": words, "messageZh": words_zh}
    return Response(orjson.dumps(told) if body else b"", 200, headers, "application/json")


def _refused(refused: Refusal) -> Response:
    more: dict[str, object] = {}
    headers = {}
    if isinstance(refused, WrongOffset):
        more, headers = {"offset": refused.offset}, {"Upload-Offset": str(refused.offset)}
    elif isinstance(refused, InvalidInput):
        more = {"problems": [{"path": each.path, "code": each.code} for each in refused.problems]}
    elif isinstance(refused, TooManyWaiting):
        headers = {"Retry-After": "60"}
    status = STATUS.get(type(refused), 403)
    return _problem(status, refused.code, refused.message, refused.message_zh, more, headers)


def _problem(
    status: int,
    code: str,
    message: str,
    message_zh: str,
    more: dict[str, object] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    told = {"code": code, "message": message, "messageZh": message_zh, **(more or {})}
    return Response(orjson.dumps(told), status, {"Cache-Control": "no-store", **(headers or {})}, "application/json")
