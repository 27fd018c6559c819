"""private_key_jwt: a client signs instead of having a secret, with keys that it has registered."""

import asyncio
import base64
import hmac
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from retail.access.channel_kinds import ChannelKind
from retail.channels import commands as channels
from retail.channels.keys import read_public_keys
from retail.channels.reach import Reach
from retail.kernel.refusal import InvalidInput
from tests.auth.door import Channel, Door, is_known

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ED, EC = OKPKey.generate_key("Ed25519"), ECKey.generate_key("P-256")
RSA = RSAKey.generate_key(2048)


@pytest.mark.parametrize(
    ("key", "alg"), [(ED, "EdDSA"), (ED, "Ed25519"), (EC, "ES256"), (RSA, "PS256"), (RSA, "RS256")]
)
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
async def test_a_client_gets_a_token_for_its_signature(door: Door, key: Key, alg: str) -> None:
    erp = await _register(door, key)

    answer = await _ask(door, _sign(door, erp, key, alg))

    assert answer.status_code == 200, answer.text
    assert await is_known(await door.browser(), answer.json()["access_token"])


async def test_the_issuer_is_an_audience_too(door: Door) -> None:
    erp = await _register(door, EC)

    assert (await _ask(door, _sign(door, erp, EC, aud=door.public_url))).status_code == 200
    assert (await _ask(door, _sign(door, erp, EC, aud=["https://else.example", door.public_url]))).status_code == 200


async def test_an_assertion_is_good_once_in_whichever_process(door: Door) -> None:
    erp = await _register(door, EC)
    assertion = _sign(door, erp, EC)

    async with Door(door.database, clock=door.clock) as other:
        answers = await asyncio.gather(*(_ask(each, assertion) for each in (door, other, door, other)))

    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
    door.clock.turn(timedelta(minutes=4, seconds=59))
    assert (await _ask(door, assertion)).status_code == 401, "remembered for as long as it would have been good"


async def test_an_assertion_of_another_client_with_the_same_id_is_another_one(door: Door) -> None:
    one, other = await _register(door, EC), await _register(door, EC)

    assert (await _ask(door, _sign(door, one, EC, jti="1"))).status_code == 200
    assert (await _ask(door, _sign(door, other, EC, jti="1"))).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "https://else.example"},
        {"aud": None},
        {"iss": "tsc_other"},
        {"iss": None},
        {"exp": -31},
        {"exp": 331},
        {"exp": None},
        {"nbf": 300},
        {"iat": 300},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 257},
    ],
    ids=str,
)
async def test_an_assertion_that_says_something_wrong_proves_nothing(door: Door, wrong: dict[str, Any]) -> None:
    erp = await _register(door, EC)

    answer = await _ask(door, _sign(door, erp, EC, **wrong))

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.json() == (await _ask(door, "nonsense")).json(), "told like any other failure"


async def test_a_key_that_is_not_registered_proves_nothing(door: Door) -> None:
    erp = await _register(door, EC)

    assert (await _ask(door, _sign(door, erp, ECKey.generate_key("P-256")))).status_code == 401
    assert (await _ask(door, _sign(door, erp, ED, "Ed25519"))).status_code == 401
    secret_client = await door.register_channel()
    assert (await _ask(door, _sign(door, secret_client, EC))).status_code == 401


async def test_neither_nothing_nor_the_public_key_is_a_signature(door: Door) -> None:
    erp = await _register(door, EC)
    claims = _claims(door, erp)

    unsigned = ".".join([_b64({"alg": "none"}), _b64(claims), ""])
    body = f"{_b64({'alg': 'HS256'})}.{_b64(claims)}"
    signature = hmac.digest(EC.as_pem(private=False), body.encode(), "sha256")
    confused = f"{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    assert (await _ask(door, unsigned)).status_code == 401
    assert (await _ask(door, confused)).status_code == 401


async def test_a_revoked_client_signs_in_vain(door: Door) -> None:
    erp = await _register(door, EC)

    await door.revoke(erp)

    assert (await _ask(door, _sign(door, erp, EC))).status_code == 401


async def test_two_keys_are_told_apart_by_their_ids_while_one_replaces_the_other(door: Door) -> None:
    old, new = ECKey.generate_key("P-256", {"kid": "2025"}), ECKey.generate_key("P-256", {"kid": "2026"})
    erp = await _register(door, old)
    await _set_keys(door, erp, old, new)
    token = (await _ask(door, _sign(door, erp, old, kid="2025"))).json()["access_token"]

    assert (await _ask(door, _sign(door, erp, new, kid="2026"))).status_code == 200
    await _set_keys(door, erp, new)

    assert (await _ask(door, _sign(door, erp, old, kid="2025"))).status_code == 401
    door.clock.turn(timedelta(seconds=5))
    assert not await is_known(await door.browser(), token), "a key that is taken away takes its tokens along"


async def test_a_signature_and_a_secret_together_are_refused(door: Door) -> None:
    erp = await _register(door, EC)
    assertion = _sign(door, erp, EC)
    form = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": assertion}
    program = await door.browser()

    posted = await program.post("/auth/token", data={**form, "client_secret": "tss_x"})
    basic = await program.post("/auth/token", data=form, auth=(erp.client_id, "tss_x"))

    for answer in (posted, basic):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_signature_also_opens_introspection_and_revocation(door: Door) -> None:
    erp = await _register(door, EC)
    token = (await _ask(door, _sign(door, erp, EC))).json()["access_token"]
    program = await door.browser()

    def proved() -> dict[str, str]:
        return {"token": token, "client_assertion_type": TYPE, "client_assertion": _sign(door, erp, EC)}

    assert (await program.post("/auth/introspect", data=proved())).json()["active"] is True
    assert (await program.post("/auth/revoke", data=proved())).status_code == 200
    assert not await is_known(program, token)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    nonsense=st.one_of(
        st.text(max_size=60),
        st.lists(st.text(alphabet="eyJ.A_-0={}[", max_size=40)).map(".".join),
        st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=9), st.lists).map(
            lambda value: f"{_b64({'alg': 'ES256'})}.{_b64({'sub': 'tsc_x', 'exp': value, 'jti': value})}.AAAA"
        ),
    )
)
async def test_nonsense_proves_nothing(door: Door, nonsense: str) -> None:
    answer = await _ask(door, nonsense)

    assert answer.status_code in {400, 401, 429}


@pytest.mark.parametrize("depth", [900, 1000, 1400])
async def test_a_deep_nest_is_no_way_to_break_the_server(door: Door, depth: int) -> None:
    erp = await _register(door, EC)
    nest = "[" * depth + "]" * depth
    body = f'{{"sub":"{erp.client_id}","x":{nest}}}'
    deep = base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")

    answer = await _ask(door, f"{_b64({'alg': 'ES256'})}.{deep}.AAAA")

    assert answer.status_code == 401


# ---------------------------------------------------------------- what may be registered


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "NOT_A_JWK"),
        ("https://partner.example/jwks.json", "NOT_A_JWK"),
        ("[]", "NOT_A_JWK"),
        ('{"keys": []}', "TOO_MANY_KEYS"),
        ('{"keys": {"kty": "EC"}}', "TOO_MANY_KEYS"),
        ('{"keys": [1]}', "NOT_A_JWK"),
        ('{"jku": "https://partner.example"}', "KEY_NOT_ACCEPTED"),
        (json.dumps(EC.as_dict(private=True)), "PRIVATE_KEY"),
        ('{"kty": "oct", "k": "c2VjcmV0"}', "PRIVATE_KEY"),
        (json.dumps(ECKey.generate_key("P-384").as_dict(private=False)), "KEY_NOT_ACCEPTED"),
        (json.dumps(OKPKey.generate_key("X25519").as_dict(private=False)), "KEY_NOT_ACCEPTED"),
        (json.dumps({"kty": "RSA", "n": "AQAB", "e": "AQAB"}), "KEY_NOT_ACCEPTED"),
        (json.dumps({**EC.as_dict(private=False), "use": "enc"}), "NOT_FOR_SIGNING"),
        (json.dumps({**EC.as_dict(private=False), "kid": ""}), "KEY_ID"),
        (json.dumps({**EC.as_dict(private=False), "x": "AAAA"}), "KEY_NOT_ACCEPTED"),
        (json.dumps({**EC.as_dict(private=False), "x": 7}), "KEY_NOT_ACCEPTED"),
        (json.dumps({"keys": [EC.as_dict(private=False)] * 2}), "SAME_KEY_ID"),
        (json.dumps({"keys": [EC.as_dict(private=False)] * 5}), "TOO_MANY_KEYS"),
        (" " * 17_000, "TOO_LONG"),
    ],
)
def test_what_is_no_public_key_of_ours_is_refused_with_the_reason(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_public_keys(text, "publicKeys")

    (problem,) = refused.value.problems
    assert (problem.code, problem.path.split(".")[0]) == (code, "publicKeys")
    assert str(EC.as_dict(private=True)["d"]) not in str(refused.value)


def test_a_weak_rsa_key_is_refused() -> None:
    modulus = base64.urlsafe_b64encode((2**1023 + 1).to_bytes(128, "big")).rstrip(b"=").decode()

    with pytest.raises(InvalidInput):
        read_public_keys(json.dumps({"kty": "RSA", "n": modulus, "e": "AQAB"}), "publicKeys")


async def _register(door: Door, *keys: Key) -> Channel:
    async with door.system() as work:
        client = await channels.register_client(work, Reach(), channels.NewClient("ERP", ChannelKind.ERP))
        await channels.set_keys(work, Reach(), channel_id=client.id, keys=_public(*keys))
    return Channel(client.id, client.client_id, "")


async def _set_keys(door: Door, channel: Channel, *keys: Key) -> None:
    async with door.system() as work:
        await channels.set_keys(work, Reach(), channel_id=channel.channel_id, keys=_public(*keys))


def _public(*keys: Key) -> dict[str, str]:
    return read_public_keys(json.dumps({"keys": [key.as_dict(private=False) for key in keys]}), "publicKeys")


def _claims(door: Door, channel: Channel, **changed: Any) -> dict[str, Any]:
    now = int(door.clock().timestamp())
    claims: dict[str, Any] = {
        "iss": channel.client_id,
        "sub": channel.client_id,
        "aud": f"{door.public_url}/auth/token",
        "jti": uuid4().hex,
        "exp": 300,
        **changed,
    }
    times = {name: now + claims[name] for name in ("exp", "nbf", "iat") if claims.get(name) is not None}
    return {name: value for name, value in {**claims, **times}.items() if value is not None}


def _sign(door: Door, channel: Channel, key: Key, alg: str = "ES256", kid: str | None = None, **changed: Any) -> str:
    header = {"alg": alg} | ({} if kid is None else {"kid": kid})
    return jwt.encode(header, _claims(door, channel, **changed), key, algorithms=[alg])


async def _ask(door: Door, assertion: str) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": assertion}
    return await (await door.browser(f"10.{uuid4().int % 256}.{uuid4().int % 256}.7")).post("/auth/token", data=form)


def _b64(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
