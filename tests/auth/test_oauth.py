import base64
import logging
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import select

from auth.oauth_decision import Decision, Loaded
from retail.channels.commands import hash_secret
from retail.channels.models import ChannelSecret
from tests.auth.door import Door, ask_token, is_known

GRANT = {"grant_type": "client_credentials"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def test_a_channel_gets_a_short_lived_token_for_its_secret(door: Door) -> None:
    answer = await ask_token(await door.browser(), await door.register_channel())

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body.keys(), body["token_type"], body["expires_in"]) == (
        {"access_token", "token_type", "expires_in", "scope"},
        "Bearer",
        600,
    )
    assert await is_known(await door.browser(), body["access_token"])


async def test_the_secret_may_also_stand_in_the_form(door: Door) -> None:
    channel = await door.register_channel()

    answer = await _post(door, {**GRANT, "client_id": channel.client_id, "client_secret": channel.secret})

    assert answer.status_code == 200


async def test_a_wrong_secret_and_an_unknown_client_are_answered_alike(door: Door) -> None:
    channel = await door.register_channel()
    program = await door.browser()

    wrong = await ask_token(program, replace(channel, secret="tss_wrong"))
    unknown = await ask_token(program, replace(channel, client_id="tsc_nobody"))

    for answer in (wrong, unknown):
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["www-authenticate"] == 'Basic realm="trueshelf", charset="UTF-8"'
    assert wrong.json() == unknown.json()


async def test_another_channels_secret_is_a_wrong_one(door: Door) -> None:
    mine, theirs = await door.register_channel(), await door.register_channel()

    answer = await ask_token(await door.browser(), replace(mine, secret=theirs.secret))

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("secret", ["", "tss_wrong"])
async def test_a_wrong_secret_in_the_form_is_refused(door: Door, secret: str) -> None:
    channel = await door.register_channel()

    answer = await _post(door, {**GRANT, "client_id": channel.client_id, "client_secret": secret})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_revoked_client_gets_no_token(door: Door) -> None:
    channel = await door.register_channel()

    await door.revoke(channel)

    answer = await ask_token(await door.browser(), channel)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_the_table_does_not_hold_the_secret(door: Door) -> None:
    channel = await door.register_channel()

    async with door.database() as session:
        (row,) = await session.scalars(select(ChannelSecret).where(ChannelSecret.channel_id == channel.channel_id))

    assert len(channel.secret) > 43
    assert (row.secret_hash, row.prefix) == (hash_secret(channel.secret), channel.secret[:10])


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ("", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&client_secret=again", "invalid_request"),
        ("grant_type=client_credentials&x=%ff", "invalid_request"),
        ("grant_type=client_credentials" + "".join(f"&x{number}=1" for number in range(20)), "invalid_request"),
        ("grant_type=password&username=li.na&password=x", "unsupported_grant_type"),
        ("grant_type=authorization_code&code=x", "unsupported_grant_type"),
        ("grant_type=%22%5C%00", "unsupported_grant_type"),
        ("grant_type=client_credentials&scope=everything", "invalid_scope"),
    ],
)
async def test_a_request_that_is_wrong_is_told_so_in_the_words_of_rfc_6749(door: Door, form: str, error: str) -> None:
    channel = await door.register_channel()
    program = await door.browser()

    answer = await program.post("/auth/token", content=form, headers=FORM, auth=(channel.client_id, channel.secret))

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["cache-control"] == "no-store"
    assert "access_token" not in answer.json()


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Basic " + base64.b64encode(b"no-colon").decode(),
        "Basic " + base64.b64encode(b":").decode(),
        "Basic " + base64.b64encode(b"\x00:\x00").decode(),
        "Basic " + base64.b64encode(b"x" * 5000 + b":y").decode(),
        "Basic " + base64.b64encode("客户:密码".encode()).decode(),
        "Bearer abc",
    ],
)
async def test_credentials_that_cannot_be_read_are_refused(door: Door, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}

    answer = await (await door.browser()).post("/auth/token", data=GRANT, headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_the_identity_in_the_form_cannot_borrow_the_secret_in_the_header(door: Door) -> None:
    mine, theirs = await door.register_channel(), await door.register_channel()
    program = await door.browser()

    answer = await program.post(
        "/auth/token", data={**GRANT, "client_id": theirs.client_id}, auth=(mine.client_id, mine.secret)
    )

    identity = await program.get("/auth/me", headers={"Authorization": f"Bearer {answer.json()['access_token']}"})
    assert identity.status_code == 200
    assert mine.client_id in base64.urlsafe_b64decode(answer.json()["access_token"].split(".")[1] + "==").decode()


async def test_a_decision_about_one_client_knows_no_other(door: Door) -> None:
    channel = await door.register_channel()
    known = await door.auth.clients.credentials(channel.client_id)
    loaded = Loaded(known, door.clock(), audiences=(), make_token=door.auth.tokens.sign, life=600)

    assert Decision(loaded).query_client(channel.client_id).check_client_secret(channel.secret)
    assert not Decision(loaded).query_client("tsc_other").check_client_secret(channel.secret)


async def test_only_a_form_is_let_in(door: Door) -> None:
    channel = await door.register_channel()

    answer = await (await door.browser()).post("/auth/token", json=GRANT, auth=(channel.client_id, channel.secret))

    assert (answer.status_code, answer.json()["code"]) == (415, "WRONG_CONTENT_TYPE")


async def test_a_form_over_eight_kibibytes_is_refused(door: Door) -> None:
    answer = await _post(door, {**GRANT, "padding": "x" * 8192})

    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


async def test_tokens_are_not_given_out_over_plain_http_to_other_machines(door: Door) -> None:
    channel = await door.register_channel()

    async with Door(door.database, public_url="http://shop.example") as plain:
        answer = await ask_token(await plain.browser(), channel)

    assert (answer.status_code, answer.json()["error"]) == (400, "insecure_transport")


async def test_neither_tokens_nor_secrets_reach_the_log(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    channel = await door.register_channel()

    with caplog.at_level(logging.DEBUG):
        token = await door.token_of(channel)

    assert token not in caplog.text
    assert channel.secret not in caplog.text


async def _post(door: Door, form: dict[str, str]) -> httpx.Response:
    return await (await door.browser()).post("/auth/token", data=form)
