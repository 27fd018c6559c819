"""Headquarters at the management of channel clients, and partners with credentials of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from retail.access.permissions import Role
from tests.support.asking import Asker, Told
from tests.support.chain import Chain, Shop

REFUSED = "... on Refusal { code message messageZh } ... on InvalidInput { problems { path code } }"
CLIENT = """id clientId name kind scopes possibleScopes chainWide storeIds regionIds storeCount revokedAt lastUsedAt
  secrets { id prefix createdAt endsAt lastUsedAt } keys { kid kty }
  health { state lastRefusal refusals lastTokenAt }"""
WITH_A_SECRET = {"registerChannelClient", "rotateClientSecret"}


def document(mutation: str) -> str:
    pascal = mutation[0].upper() + mutation[1:]
    secret = "secret secretShownBefore" if mutation in WITH_A_SECRET else ""
    success = f"... on {pascal}Success {{ client {{ {CLIENT} }} {secret} }}"
    return f"mutation($input: {pascal}Input!) {{ {mutation}(input: $input) {{ __typename {success} {REFUSED} }} }}"


@dataclass
class Partner:
    """A program outside with credentials."""

    chain: Chain
    client_id: str
    secret: str
    id: UUID

    async def ask_token(self, **more: str) -> httpx.Response:
        form = {"grant_type": "client_credentials", **more}
        auth = (self.client_id, self.secret)
        return await self.chain.http.post(f"{self.chain.server}/auth/token", data=form, auth=auth)

    async def asker(self, **more: str) -> Asker:
        answer = await self.ask_token(**more)
        assert answer.status_code == 200, answer.text
        headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
        return Asker(self.chain.http, self.chain.server, headers, self.id)


@dataclass
class Headquarters:
    """Somebody of headquarters' operations."""

    chain: Chain
    asker: Asker

    async def do(self, mutation: str, **input: object) -> Told:
        return await self.asker.ask(document(mutation), input={"requestId": uuid4(), **input})

    async def connect(self, *shops: Shop, kind: str = "PLATFORM", **more: object) -> Partner:
        """Register a client for some shops."""
        places: Mapping[str, object] = {"storeIds": [shop.id for shop in shops]} if shops else {"chainWide": True}
        told = await self.do("registerChannelClient", name=f"美团 {uuid4().hex[:6]}", kind=kind, **places, **more)
        assert told.kind == "RegisterChannelClientSuccess", told.body
        client = told.value["client"]
        return Partner(self.chain, client["clientId"], told.value["secret"] or "", UUID(client["id"]))

    async def client(self, partner: Partner) -> dict[str, Any]:
        """What headquarters is told of a client."""
        clients = await self.clients()
        return clients[str(partner.id)]

    async def clients(self, **filters: object) -> dict[str, dict[str, Any]]:
        query = f"""query($after: String, $states: [ChannelState!], $kinds: [ChannelKind!]) {{
            channelClients(first: 100, after: $after, states: $states, kinds: $kinds) {{
                totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {CLIENT} }} }} }} }}"""
        found: dict[str, dict[str, Any]] = {}
        after = None
        while True:
            page = (await self.asker.ask(query, after=after, **filters)).data["channelClients"]
            found |= {edge["node"]["id"]: edge["node"] for edge in page["edges"]}
            if not page["pageInfo"]["hasNextPage"]:
                assert len(found) == page["totalCount"]
                return found
            after = page["pageInfo"]["endCursor"]


@pytest.fixture
async def headquarters(chain: Chain) -> Headquarters:
    return Headquarters(chain, await chain.hire(Role.HQ_OPERATIONS))
