"""Where one is signed in, and signing out there."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.answers import answering, bad_field, not_found, show
from auth.models import StaffSession
from auth.requests import auth_of, full_session, read_fields

_HASH_HEX = 64


async def devices(request: Request) -> Response:
    """List one's sessions, the one seen last first."""
    live = await full_session(request)
    rows = await auth_of(request).sessions.of_person(live.person_id)
    shown = [
        {
            "id": row.token_hash.hex(),
            "userAgent": row.user_agent,
            "createdAt": row.created_at,
            "lastSeenAt": row.last_seen_at,
            "current": row.token_hash == live.token_hash,
            "way": row.way,
        }
        for row in rows
    ]
    return show(200, {"devices": shown})


async def sign_out_device(request: Request) -> Response:
    """End one of one's sessions, or all but this one."""
    fields, auth = await read_fields(request), auth_of(request)
    live = await full_session(request)
    mine = StaffSession.person_id == live.person_id
    if fields.flag("others"):
        others = mine & (StaffSession.token_hash != live.token_hash)
        return show(200, {"ended": await auth.people.end_sessions(live.person_id, others, "session.revoked")})
    token_hash = _hash(fields.text("id", _HASH_HEX))
    named = mine & (StaffSession.token_hash == token_hash)
    if not await auth.people.end_sessions(live.person_id, named, "session.revoked"):
        raise not_found()
    return show(200, {"ended": 1})


routes = [
    Route("/auth/devices", answering(devices), methods=["GET"]),
    Route("/auth/devices/sign-out", answering(sign_out_device), methods=["POST"]),
]


def _hash(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise bad_field("id", "This is not the id of a device.", "此项不是有效的设备编号。") from None
