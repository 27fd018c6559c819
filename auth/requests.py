"""What every endpoint of auth that acts by cookie asks first: is it JSON, ours, and from our own page."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from starlette.requests import Request

from auth.answers import (
    bad_field,
    foreign_origin,
    full_sign_in_needed,
    missing_header,
    not_signed_in,
    read_body,
    read_object,
    wrong_content_type,
)
from auth.live_sessions import LiveSession
from auth.origin import is_json, is_our_app
from auth.wiring import Auth

BODY_LIMIT = 8 * 1024


def auth_of(request: Request) -> Auth:
    auth: Auth = request.app.state.auth
    return auth


class Fields:
    """The body of a request: a JSON object, read field by field."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self._body = body

    def __contains__(self, field: str) -> bool:
        return self._body.get(field) is not None

    def text(self, field: str, longest: int) -> str:
        value = self._body.get(field)
        if not isinstance(value, str) or not value:
            raise bad_field(field, "This is required, as text.", "此项必填，且须为文本。")
        if len(value) > longest:
            raise bad_field(field, f"This has more than {longest} characters.", f"此项超过 {longest} 个字符。")
        return value

    def id(self, field: str) -> UUID:
        try:
            return UUID(self.text(field, 36))
        except ValueError:
            raise bad_field(field, "This is not an id (a UUID).", "此项不是有效的编号（UUID）。") from None

    def flag(self, field: str) -> bool:
        value = self._body.get(field, False)
        if not isinstance(value, bool):
            raise bad_field(field, "This must be true or false.", "此项须为 true 或 false。")
        return value


async def read_fields(request: Request) -> Fields:
    """Return the fields of a request that may act by cookie; refuse any other."""
    require_our_app(request)
    return Fields(read_object(await read_body(request, BODY_LIMIT)))


def require_our_app(request: Request) -> None:
    """Refuse what another site's page could make a browser send."""
    if not is_json(request):
        raise wrong_content_type("application/json")
    if not auth_of(request).same_origin(request):
        raise foreign_origin()
    if not is_our_app(request):
        raise missing_header()


async def full_session(request: Request) -> LiveSession:
    """Return the session of the cookie if it was opened by a whole sign-in; a PIN is not enough."""
    live = await auth_of(request).live_session(request)
    if live is None:
        raise not_signed_in()
    if live.store_id is not None:
        raise full_sign_in_needed()
    return live
