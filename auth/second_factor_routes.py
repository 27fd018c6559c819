"""The second factor: giving its code, adding a device, taking it away."""

from datetime import timedelta
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.answers import AuthRefusal, answering, not_this_step, prove_again, show, wrong_code
from auth.attempts import address_of
from auth.live_sessions import LiveSession
from auth.requests import Fields, auth_of, full_session, read_fields
from auth.second_factor import Means
from auth.sign_in_routes import progress, prove_password, renewed
from auth.steps import Half, Status

FRESH_FOR = timedelta(minutes=10)
"""How long after a proof somebody may add a device without giving another."""
LONGEST_CODE = 40


async def second_factor(request: Request) -> Response:
    """Give a code: as the step that a sign-in waits for, or to prove again who one is."""
    fields, auth = await read_fields(request), auth_of(request)
    half = await auth.steps.half(request)
    if half is not None:
        _require(half, Status.SECOND_FACTOR)
        left = await _prove(request, fields, half.person.person_id)
        return progress(await auth.steps.go_on(request, half, is_strong=True), **left)
    live = await full_session(request)
    left = await _prove(request, fields, live.person_id)
    return await renewed(request, live, **left)


async def enrol(request: Request) -> Response:
    """Offer a secret for a new device; somebody signed in must have proved who they are just now."""
    fields, auth = await read_fields(request), auth_of(request)
    half = await auth.steps.half(request)
    if half is not None:
        _require(half, Status.ENROL_SECOND_FACTOR)
        person_id, name = half.person.person_id, half.person.name
    else:
        live = await full_session(request)
        await _require_fresh(request, fields, live)
        person_id, name = live.person_id, await auth.people.name_of(live.person_id)
    offer = await auth.second_factors.offer(person_id, name)
    return show(200, {"secret": offer.secret, "uri": offer.uri, "qrSvg": offer.qr_svg})


async def confirm(request: Request) -> Response:
    """Take the offered device into use; the recovery codes are shown this once."""
    fields, auth = await read_fields(request), auth_of(request)
    code = fields.text("code", LONGEST_CODE)
    half = await auth.steps.half(request)
    if half is not None:
        _require(half, Status.ENROL_SECOND_FACTOR)
        codes = await _confirm(request, half.person.person_id, code)
        return progress(await auth.steps.go_on(request, half, is_strong=True), recoveryCodes=codes)
    live = await full_session(request)
    codes = await _confirm(request, live.person_id, code, live)
    return await renewed(request, live, recoveryCodes=codes)


async def remove(request: Request) -> Response:
    """Take the second factor away, with one of its codes; not from those of whom it is required."""
    fields, auth = await read_fields(request), auth_of(request)
    live = await full_session(request)
    if await auth.people.needs_second_factor(live.person_id):
        raise AuthRefusal(
            403, "SECOND_FACTOR_REQUIRED", "Your role needs a second factor.", "您的岗位必须使用双重验证。"
        )
    await _prove(request, fields, live.person_id)
    await auth.second_factors.remove(live.person_id)
    return await renewed(request, live)


routes = [
    Route("/auth/second-factor", answering(second_factor), methods=["POST"]),
    Route("/auth/totp/enrol", answering(enrol), methods=["POST"]),
    Route("/auth/totp/confirm", answering(confirm), methods=["POST"]),
    Route("/auth/totp/remove", answering(remove), methods=["POST"]),
]


def _require(half: Half, status: Status) -> None:
    if half.status is not status:
        raise not_this_step(half.status)


async def _prove(request: Request, fields: Fields, person_id: UUID) -> dict[str, object]:
    """Refuse unless a code is good; guesses are counted like passwords. Say how many recovery codes are left."""
    auth = auth_of(request)
    code = fields.text("code", LONGEST_CODE)
    device = await auth.known_devices.of_person(auth.cookies.known_device.read(request), person_id)
    async with auth.attempts.attempt(f"code {person_id}", address_of(request), device) as attempt:
        means = await auth.second_factors.prove(person_id, code)
        if means is not None:
            await attempt.succeeded()
    if means is None:
        raise wrong_code().then(auth.people.note_failure, person_id, "second_factor")
    if means is Means.RECOVERY_CODE:
        return {"recoveryCodesLeft": await auth.second_factors.codes_left(person_id)}
    return {}


async def _confirm(request: Request, person_id: UUID, code: str, live: LiveSession | None = None) -> list[str]:
    auth = auth_of(request)
    kept = None if live is None else live.token_hash
    async with auth.attempts.attempt(f"new device {person_id}", address_of(request)) as attempt:
        codes = await auth.second_factors.confirm(person_id, code, session_to_keep=kept)
        if codes is not None:
            await attempt.succeeded()
    if codes is None:
        raise wrong_code()
    return codes


async def _require_fresh(request: Request, fields: Fields, live: LiveSession) -> None:
    """Refuse who has proved nothing for ten minutes: an unlocked phone on a table is not its owner."""
    auth = auth_of(request)
    if auth.clock() - live.proven_at <= FRESH_FOR:
        return
    if "code" in fields:
        await _prove(request, fields, live.person_id)
    elif "password" in fields and not await auth.people.has_second_factor(live.person_id):
        await prove_password(request, fields, live, "password")
    else:
        raise prove_again()
