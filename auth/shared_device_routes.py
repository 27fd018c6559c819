"""A shop's shared device: making a device one, who takes turns on it, and taking a turn by PIN."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.answers import AuthRefusal, answering, bad_field, not_found, not_permitted, not_signed_in, show
from auth.attempts import address_of
from auth.limits import PIN
from auth.pins import is_pin, is_trivial
from auth.requests import auth_of, full_session, read_fields
from auth.shared_devices import LASTS, Device, TooManyDevices, Turn
from auth.steps import Status
from retail.access.permissions import Permission

LONGEST_NAME = 100
_PIN_LENGTH = 6


async def share(request: Request) -> Response:
    """Make this device a shop's own; its clerks may take turns on it from now on."""
    fields, auth = await read_fields(request), auth_of(request)
    live = await full_session(request)
    store_id = fields.id("storeId")
    name = fields.text("name", LONGEST_NAME)
    if not name.isprintable():
        raise bad_field("name", "This holds characters that cannot be shown.", "此项含有无法显示的字符。")
    await _require_sharing(request, store_id)
    try:
        device_id, token = await auth.shared_devices.share(store_id, name, live.person_id)
    except TooManyDevices:
        raise _too_many() from None
    await auth.sessions.shorten(live.token_hash, PIN.idle)
    response = show(200, {"id": device_id})
    auth.cookies.shared_device.write(response, token, LASTS)
    return response


async def take_back(request: Request) -> Response:
    """Make this device, or another one of a store by its `id`, nobody's again."""
    fields, auth = await read_fields(request), auth_of(request)
    live = await full_session(request)
    mine = await _here(request)
    device = await auth.shared_devices.named(fields.id("id")) if "id" in fields else mine
    if device is None:
        raise not_found()
    await _require_sharing(request, device.store.id)
    await auth.shared_devices.take_back(device.id, live.person_id)
    response = show(200, {})
    if mine is not None and mine.id == device.id:
        auth.cookies.shared_device.clear(response)
    return response


async def show_device(request: Request) -> Response:
    """Say whose device this is, and who takes turns on it."""
    device = await _here(request)
    if device is None:
        raise not_found()
    people = await auth_of(request).shared_devices.people(device)
    store = device.store
    return show(
        200,
        {
            "store": {"id": store.id, "name": store.name, "nameEn": store.name_en},
            "people": [{"id": each.person_id, "name": each.name} for each in people],
        },
    )


async def list_devices(request: Request) -> Response:
    """List a store's shared devices, for whoever may share them."""
    await full_session(request)
    try:
        store_id = UUID(request.query_params.get("storeId", ""))
    except ValueError:
        raise bad_field("storeId", "This is not an id (a UUID).", "此项不是有效的编号（UUID）。") from None
    await _require_sharing(request, store_id)
    rows = await auth_of(request).shared_devices.of_store(store_id)
    shown = [
        {"id": row.id, "name": row.name, "createdAt": row.created_at, "lastUsedAt": row.last_used_at} for row in rows
    ]
    return show(200, {"devices": shown})


async def set_pin(request: Request) -> Response:
    """Set one's own PIN."""
    fields, auth = await read_fields(request), auth_of(request)
    live = await full_session(request)
    pin = fields.text("pin", _PIN_LENGTH)
    if not is_pin(pin):
        raise bad_field("pin", "A PIN has six digits.", "PIN 须为 6 位数字。")
    if is_trivial(pin):
        raise bad_field("pin", "This PIN is among the first that anybody would try.", "这个 PIN 太简单，容易被猜到。")
    if await auth.people.needs_second_factor(live.person_id):
        raise AuthRefusal(403, "NO_PIN_FOR_ROLE", "Your role does not use a PIN.", "您的岗位不能使用 PIN。")
    await auth.shared_devices.set_pin(live.person_id, pin)
    return show(200, {})


async def switch(request: Request) -> Response:
    """Take a turn: a short session of a colleague on this device, in place of the one before."""
    fields, auth = await read_fields(request), auth_of(request)
    device = await _here(request)
    if device is None:
        raise not_found()
    person_id, pin = fields.id("personId"), fields.text("pin", _PIN_LENGTH)
    with auth.attempts.place(address_of(request)):
        turn = await auth.shared_devices.take_turn(device, person_id, pin)
    if turn is None:
        raise bad_field("personId", "Nobody of that id takes turns here.", "此设备上没有这位员工。")
    if turn is Turn.CLOSED:
        raise _closed()
    if turn is Turn.WRONG:
        raise _wrong().then(auth.people.note_failure, person_id, "pin", device.store.id)
    token = await auth.sessions.create(
        person_id,
        request.headers.get("user-agent", ""),
        replaced=auth.cookies.session.read(request),
        way="pin",
        shared_device_id=device.id,
    )
    response = show(200, {"status": Status.SIGNED_IN})
    auth.cookies.session.write(response, token, PIN.life)
    shown = auth.cookies.shared_device.read(request) or ""
    auth.cookies.shared_device.write(response, await auth.shared_devices.renew(device, shown), LASTS)
    return response


routes = [
    Route("/auth/shared-device", answering(share), methods=["POST"]),
    Route("/auth/shared-device", answering(take_back), methods=["DELETE"]),
    Route("/auth/shared-device", answering(show_device), methods=["GET"]),
    Route("/auth/shared-devices", answering(list_devices), methods=["GET"]),
    Route("/auth/pin", answering(set_pin), methods=["POST"]),
    Route("/auth/pin/switch", answering(switch), methods=["POST"]),
]


async def _here(request: Request) -> Device | None:
    auth = auth_of(request)
    return await auth.shared_devices.find(auth.cookies.shared_device.read(request))


async def _require_sharing(request: Request, store_id: UUID) -> None:
    """Refuse whoever may not share devices in a store; one that they cannot see is not found."""
    identity = await auth_of(request).identify(request)
    actor = None if identity is None else await auth_of(request).people.actor_of(identity)
    if actor is None:
        raise not_signed_in()
    if actor.may(Permission.DEVICE_SHARE, store_id):
        return
    raise not_permitted() if actor.may(Permission.STORE_READ, store_id) else not_found()


def _too_many() -> AuthRefusal:
    return AuthRefusal(
        429,
        "TOO_MANY_DEVICES",
        "This store has shared as many devices as it may in a day. Try again tomorrow.",
        "此门店今天设置的共用设备已达上限，请明天再试。",
        field="storeId",
    )


def _wrong() -> AuthRefusal:
    return AuthRefusal(401, "WRONG_PIN", "The PIN is wrong.", "PIN 不正确。", field="pin")


def _closed() -> AuthRefusal:
    return AuthRefusal(
        403,
        "PIN_CLOSED",
        "Too many wrong PINs. Sign in with your own account on this device to use the PIN again.",
        "PIN 输错次数过多，请先在此设备上用自己的账号登录。",
        field="pin",
    )
