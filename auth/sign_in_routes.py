"""Signing in step by step, choosing another password, signing out, and who one is."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.answers import (
    answering,
    bad_field,
    not_signed_in,
    not_this_step,
    show,
    start_again,
    wrong_credentials,
)
from auth.attempts import address_of
from auth.live_sessions import LiveSession
from auth.local_accounts import WeakPassword
from auth.models import StaffSession
from auth.password_rules import WORDS
from auth.passwords import LOGIN_LENGTH, PASSWORD_LENGTHS, fold_login
from auth.requests import Fields, auth_of, full_session, read_fields, require_our_app
from auth.steps import LOCAL, Entered, Half, Status
from retail.access.actor import ActorKind

LONGEST_PASSWORD = PASSWORD_LENGTHS.stop - 1


async def sign_in(request: Request) -> Response:
    """Prove a login's password: answers with a session, or with what is asked next."""
    fields, auth = await read_fields(request), auth_of(request)
    login = fields.text("login", LOGIN_LENGTH)
    password = fields.text("password", LONGEST_PASSWORD)
    folded = fold_login(login)
    device = await auth.known_devices.of_login(auth.cookies.known_device.read(request), folded)
    async with auth.attempts.attempt(f"login {folded}", address_of(request), device) as attempt:
        checked = await auth.accounts.check(login, password)
        if checked.is_right:
            await attempt.succeeded()
    if checked.person_id is None or not checked.is_right:
        raise wrong_credentials().then(auth.people.note_failure, checked.person_id, "password")
    return progress(await auth.steps.enter(request, checked.person_id, LOCAL))


async def change_password(request: Request) -> Response:
    """Choose another password: as the step that a first sign-in waits for, or with the present one."""
    fields, auth = await read_fields(request), auth_of(request)
    new = fields.text("new", LONGEST_PASSWORD)
    half = await auth.steps.half(request)
    if half is not None:
        if half.status is not Status.CHANGE_PASSWORD:
            raise not_this_step(half.status)
        await _change(request, half.person.person_id, new, half=half)
        return progress(await auth.steps.go_on(request, half, is_strong=False))
    live = await full_session(request)
    await prove_password(request, fields, live, "current")
    await _change(request, live.person_id, new, live)
    return await renewed(request, live)


async def _change(
    request: Request, person_id: UUID, new: str, live: LiveSession | None = None, half: Half | None = None
) -> None:
    try:
        await auth_of(request).accounts.change(
            person_id,
            new,
            session_to_keep=None if live is None else live.token_hash,
            half_to_keep=None if half is None else half.token_hash,
        )
    except WeakPassword as weak:
        raise bad_field("new", *WORDS[weak.weakness]) from None


async def prove_password(request: Request, fields: Fields, live: LiveSession, field: str) -> None:
    """Refuse unless a field holds the password of the session's person; guesses are counted."""
    auth = auth_of(request)
    password = fields.text(field, LONGEST_PASSWORD)
    device = await auth.known_devices.of_person(auth.cookies.known_device.read(request), live.person_id)
    async with auth.attempts.attempt(f"password {live.person_id}", address_of(request), device) as attempt:
        is_right = await auth.accounts.check_own(live.person_id, password)
        if is_right:
            await attempt.succeeded()
    if not is_right:
        refusal = bad_field(field, "This is not your present password.", "当前密码不正确。")
        raise refusal.then(auth.people.note_failure, live.person_id, "password")


async def renewed(request: Request, live: LiveSession, **more: object) -> Response:
    """Answer somebody who has proved everything again with a fresh token for the same session."""
    auth = auth_of(request)
    token = await auth.sessions.rotate(live.token_hash)
    response = show(200, {"status": Status.SIGNED_IN, **more})
    auth.cookies.session.write(response, token, live.ends_at - auth.clock())
    return response


def progress(entered: Entered | None, **more: object) -> Response:
    """Answer how far a sign-in has come, with the cookies for the next request."""
    if entered is None:
        raise start_again()
    response = show(200, {"status": entered.status, "name": entered.person.name, **more})
    entered.write(response)
    return response


async def sign_out(request: Request) -> Response:
    """End the session of the cookie, if there is one; `next` is where the company's own session ends."""
    require_our_app(request)
    auth = auth_of(request)
    live = await auth.live_session(request)
    if live is not None:
        await auth.people.end_sessions(live.person_id, StaffSession.token_hash == live.token_hash, "signed_out")
    await auth.steps.give_up(request)
    response = show(200, {"next": None if live is None else await auth.company.sign_out_url(live.way)})
    auth.cookies.session.clear(response)
    auth.cookies.half.clear(response)
    return response


async def me(request: Request) -> Response:
    """Say what the one who asks is called, and how they have proved it."""
    auth = auth_of(request)
    identity = await auth.identify(request)
    name = None if identity is None else await auth.name_of(identity)
    if identity is None or name is None:
        raise not_signed_in()
    live = await auth.live_session(request)
    if identity.kind is ActorKind.CHANNEL or live is None:
        return show(200, {"name": name, "way": "token"})
    return show(200, await auth.people.situation(live))


routes = [
    Route("/auth/sign-in", answering(sign_in), methods=["POST"]),
    Route("/auth/password", answering(change_password), methods=["POST"]),
    Route("/auth/sign-out", answering(sign_out), methods=["POST"]),
    Route("/auth/me", answering(me), methods=["GET"]),
]
