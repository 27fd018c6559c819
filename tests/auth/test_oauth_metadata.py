"""What the server says of itself (RFC 8414) is what it does: a program walks the description and tries all of it."""

import json
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from retail.access.channel_kinds import ChannelKind
from retail.channels import commands as channels
from retail.channels.keys import read_public_keys
from retail.channels.reach import Reach
from tests.auth.door import Channel, Door

WELL_KNOWN = "/.well-known/oauth-authorization-server"
ENDPOINTS = ("token", "introspection", "revocation")
KEYS: dict[str, Key] = {
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec"}),
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa"}),
}
KEYS |= {"Ed25519": KEYS["EdDSA"], "PS256": KEYS["RS256"]}


async def test_the_server_describes_itself(door: Door) -> None:
    async with Door(door.database, public_url="https://shop.example/") as shop:
        told = (await (await shop.browser()).get(WELL_KNOWN)).json()

    methods, algorithms = told["token_endpoint_auth_methods_supported"], set(KEYS)
    assert told["issuer"] == "https://shop.example"
    assert (told["grant_types_supported"], told["response_types_supported"]) == (["client_credentials"], [])
    assert methods == ["client_secret_basic", "client_secret_post", "private_key_jwt"]
    for endpoint, path in zip(ENDPOINTS, ("token", "introspect", "revoke"), strict=True):
        assert told[f"{endpoint}_endpoint"] == f"https://shop.example/auth/{path}"
        assert told[f"{endpoint}_endpoint_auth_methods_supported"] == methods
        assert set(told[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]) == algorithms
    assert told["jwks_uri"] == "https://shop.example/.well-known/jwks.json"


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
async def test_every_method_and_algorithm_that_is_named_opens_every_endpoint(door: Door) -> None:
    program, channel = await door.browser(), await _channel(door)
    told = (await program.get(WELL_KNOWN)).json()

    for endpoint in ENDPOINTS:
        for proof in _proofs(door, told, endpoint, channel):
            token = await door.token_of(channel)
            form = {"token": token} if endpoint != "token" else {"grant_type": told["grant_types_supported"][0]}
            answer = await _post(program, told[f"{endpoint}_endpoint"], form, proof)
            assert answer.status_code == 200, (endpoint, proof, answer.text)


async def test_a_method_or_algorithm_that_is_not_named_opens_none(door: Door) -> None:
    program, channel = await door.browser(), await _channel(door)
    told = (await program.get(WELL_KNOWN)).json()
    assert "none" not in told["token_endpoint_auth_methods_supported"]
    unnamed = _assertion(told["token_endpoint"], channel, KEYS["RS256"], "RS512")

    for endpoint in ENDPOINTS:
        form = {"token": "x"} if endpoint != "token" else {"grant_type": "client_credentials"}
        for proof in ({"client_id": channel.client_id}, unnamed):
            assert (await _post(program, told[f"{endpoint}_endpoint"], form, proof)).status_code == 401


async def test_every_scope_that_is_named_can_be_had_and_no_other(door: Door) -> None:
    program = await door.browser()
    scopes = (await program.get(WELL_KNOWN)).json()["scopes_supported"]
    channel = await door.register_channel(ChannelKind.OTHER, *scopes)
    form = {"grant_type": "client_credentials"}

    for scope in scopes:
        answer = await program.post("/auth/token", data={**form, "scope": scope}, auth=_basic(channel))
        assert answer.json()["scope"] == scope

    assert "cost:read" not in scopes


async def test_a_token_can_be_verified_by_whoever_reads_the_published_keys(door: Door) -> None:
    program, channel = await door.browser(), await door.register_channel()
    told = (await program.get(WELL_KNOWN)).json()

    published = (await program.get(told["jwks_uri"])).json()

    assert all(not {"d", "p", "k"} & set(key) for key in published["keys"]), "only public parts"
    assert {key["alg"] for key in published["keys"]} == {"Ed25519"}
    token = jwt.decode(await door.token_of(channel), KeySet.import_key_set(published), algorithms=["Ed25519"])
    assert token.claims["iss"] == told["issuer"]
    assert token.header["kid"] in {key["kid"] for key in published["keys"]}


def _proofs(door: Door, told: dict[str, Any], endpoint: str, channel: Channel) -> list[dict[str, str]]:
    """Every way to prove oneself that the server names for an endpoint."""
    assert door.public_url == told["issuer"]
    proofs: list[dict[str, str]] = []
    for method in told[f"{endpoint}_endpoint_auth_methods_supported"]:
        if method == "client_secret_basic":
            proofs.append({"basic": channel.client_id, "secret": channel.secret})
        elif method == "client_secret_post":
            proofs.append({"client_id": channel.client_id, "client_secret": channel.secret})
        else:
            assert method == "private_key_jwt"
            named = told[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
            proofs += [_assertion(told["token_endpoint"], channel, KEYS[each], each) for each in named]
    return proofs


def _assertion(audience: str, channel: Channel, key: Key, algorithm: str) -> dict[str, str]:
    claims = {
        "iss": channel.client_id,
        "sub": channel.client_id,
        "aud": audience,
        "jti": uuid4().hex,
        "exp": int(time.time()) + 120,
    }
    return {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm]),
    }


async def _post(program: httpx.AsyncClient, url: str, form: dict[str, str], proof: dict[str, str]) -> httpx.Response:
    if "basic" in proof:
        return await program.post(url, data=form, auth=(proof["basic"], proof["secret"]))
    return await program.post(url, data={**form, **proof})


async def _channel(door: Door) -> Channel:
    """A client with a secret and a key of each kind."""
    channel = await door.register_channel(ChannelKind.ERP)
    keys = {"keys": [key.as_dict(private=False) for key in {id(key): key for key in KEYS.values()}.values()]}
    async with door.system() as work:
        read = read_public_keys(json.dumps(keys), "publicKeys")
        await channels.set_keys(work, Reach(), channel_id=channel.channel_id, keys=read)
    return channel


def _basic(channel: Channel) -> tuple[str, str]:
    return channel.client_id, channel.secret
