"""`GET /labels/shelves.pdf`: labels of a store's shelves, for whoever may arrange them; `.svg`: the first sheet of it.

`store` is the store's id, `shelf` (any number of them; none means all in use) names shelves, `size` is small, medium
or large. Another's store is not found, as it is everywhere.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from api.admission import NotAdmitted
from api.shelf_labels import Label, LabelSize, picture, sheets
from retail.access.permissions import Permission
from retail.access.work import require
from retail.kernel.refusal import InvalidInput, NotFound, NotPermitted, Problem, Refusal
from retail.shelves.queries import ShelfRow, shelves
from schema.kernel.context import Context

AT_MOST = 500
_KINDS = {"pdf": (sheets, "application/pdf"), "svg": (picture, "image/svg+xml")}
_STATUS: dict[type[Refusal], int] = {NotFound: 404, NotPermitted: 403, InvalidInput: 400}


async def shelf_labels(request: Request) -> Response:
    """Answer with the PDF or the picture, or say why not."""
    application = request.app.state.application
    try:
        context = await application.askers.context(request, None)
    except NotAdmitted as gone:
        return _no(401, gone.code, str(gone), gone.message_zh)
    if context is None:
        return _no(401, "UNAUTHENTICATED", "Sign in first.", "请先登录。")
    try:
        labels, size = await _asked_for(request, context, application.settings.site)
    except (NotFound, NotPermitted, InvalidInput) as refusal:
        return _no(_STATUS[type(refusal)], refusal.code, refusal.message, refusal.message_zh)
    kind = request.url.path.rpartition(".")[2]
    draw, media = _KINDS[kind]
    drawn = await asyncio.to_thread(draw, labels, size)
    headers = {"content-disposition": f'inline; filename="shelf-labels.{kind}"', "cache-control": "no-store"}
    return Response(drawn, media_type=media, headers=headers)


async def _asked_for(request: Request, context: Context, origin: str) -> tuple[list[Label], LabelSize]:
    query = request.query_params
    if query.get("size", LabelSize.SMALL) not in set(LabelSize):
        words = ("small, medium or large.", "须为 small、medium 或 large。")
        raise InvalidInput([Problem("size", "UNKNOWN_SIZE", *words)])
    store_id = _id("store", query.get("store", ""))
    wanted = [_id("shelf", text) for text in query.getlist("shelf")[: AT_MOST + 1]]
    store = (await context.desk.directory.stores()).get(store_id)
    require(context.actor, Permission.SHELF_MANAGE, store_id, "store")
    if store is None:
        raise NotFound("store", "store", "门店")
    async with context.reading() as reading:
        rows = _chosen(await shelves(reading, store_id), wanted)
    labels = [Label(f"{origin}/s/{row.token}", row.code, row.zone, row.name, store.name) for row in rows]
    return labels, LabelSize(query.get("size", LabelSize.SMALL))


def _chosen(rows: Sequence[ShelfRow], wanted: Sequence[UUID]) -> Sequence[ShelfRow]:
    known = {row.id for row in rows}
    if not set(wanted) <= known:
        raise NotFound("shelf", "shelf in use", "在用货架")
    chosen = [row for row in rows if row.id in set(wanted)] if wanted else rows
    if not 1 <= len(chosen) <= AT_MOST:
        words = (f"1 to {AT_MOST} labels at once.", f"一次可打印 1 到 {AT_MOST} 张标签。")
        raise InvalidInput([Problem("shelf", "OUT_OF_RANGE", *words)])
    return chosen


def _id(path: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput([Problem(path, "NOT_AN_ID", "Not an id.", "不是有效的编号。")]) from None


def _no(status: int, code: str, message: str, message_zh: str) -> Response:
    error = {"message": message, "extensions": {"code": code, "messageZh": message_zh}}
    return JSONResponse({"errors": [error]}, status_code=status)


label_routes: list[BaseRoute] = [Route(f"/labels/shelves.{kind}", shelf_labels) for kind in _KINDS]
