"""Channel clients as they are told to those who manage them; a secret is never part of one."""

from datetime import datetime
from uuid import UUID

import orjson
import strawberry

from retail.access.channel_kinds import KINDS
from retail.access.scope import stores_of
from retail.channels.models import ChannelKey as KeyRow
from retail.channels.models import ChannelSecret as SecretRow
from retail.channels.queries import ClientRow
from retail.channels.reach import Reach
from schema.kernel.enums import ChannelKind, ChannelState
from schema.kernel.paging import PageInfo


@strawberry.type(description="A secret of a client that is good now, without the secret.")
class ChannelSecret:
    id: UUID = strawberry.field(description="The secret.")
    prefix: str = strawberry.field(description="What it begins with, for telling two apart.")
    created_at: datetime = strawberry.field(description="When it was made.")
    ends_at: datetime | None = strawberry.field(description="When it ends by itself.")
    last_used_at: datetime | None = strawberry.field(description="When a token was last got by it.")

    @classmethod
    def of(cls, row: SecretRow) -> "ChannelSecret":
        """Return a secret as it is told."""
        return cls(
            id=row.id,
            prefix=row.prefix,
            created_at=row.created_at,
            ends_at=row.ends_at,
            last_used_at=row.last_used_at,
        )


@strawberry.type(description="A public key by which a client signs (private_key_jwt).")
class ChannelKey:
    kid: str = strawberry.field(description="Its key id.")
    kty: str = strawberry.field(description="Its type: OKP (Ed25519), EC (P-256) or RSA.")
    created_at: datetime = strawberry.field(description="When it was registered.")
    last_used_at: datetime | None = strawberry.field(description="When a token was last got by it.")

    @classmethod
    def of(cls, row: KeyRow) -> "ChannelKey":
        """Return a key as it is told."""
        kty = orjson.loads(row.public_jwk)["kty"]
        return cls(kid=row.kid, kty=kty, created_at=row.created_at, last_used_at=row.last_used_at)


@strawberry.type(description="A client's comings and goings at the door.")
class ChannelHealth:
    state: ChannelState = strawberry.field(description="How it fares.")
    last_token_at: datetime | None = strawberry.field(description="When it last got a token.")
    last_refused_at: datetime | None = strawberry.field(description="When it was last refused.")
    last_refusal: str | None = strawberry.field(
        description="Why: wrong_secret, ended_secret, bad_assertion, used_assertion, no_proof, client_revoked, "
        "invalid_scope, invalid_target, token_ended ..."
    )
    refusals: int = strawberry.field(description="How often it was refused since its last token.")


@strawberry.type(description="A program that sells or records on the chain's behalf.")
class ChannelClient:
    id: UUID = strawberry.field(description="The client.")
    client_id: str = strawberry.field(description="What it calls itself when it asks for a token.")
    name: str = strawberry.field(description="Its name.")
    kind: ChannelKind = strawberry.field(description="What sort of program it is.")
    scopes: list[str] = strawberry.field(description="What its tokens may do at most, as permissions.")
    possible_scopes: list[str] = strawberry.field(description="All that a client of its kind may ever be given.")
    chain_wide: bool = strawberry.field(description="Whether it acts in every store.")
    store_ids: list[UUID] = strawberry.field(description="The stores that it is assigned to by name.")
    region_ids: list[UUID] = strawberry.field(description="The regions that it is assigned to.")
    store_count: int = strawberry.field(description="In how many stores it acts now.")
    secrets: list[ChannelSecret] = strawberry.field(description="Its secrets that are good now, two at most.")
    keys: list[ChannelKey] = strawberry.field(description="Its public keys.")
    registered_at: datetime = strawberry.field(description="When it was registered.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked.")
    last_used_at: datetime | None = strawberry.field(description="When it last asked with a token, to the minute.")
    health: ChannelHealth = strawberry.field(description="How it fares.")

    @classmethod
    def of(cls, row: ClientRow, reach: Reach) -> "ChannelClient":
        """Return a client as it is told."""
        client, health, assigned = row.client, row.health, row.assignments
        covered = frozenset[UUID]().union(*(stores_of(each, reach.region_of) for each in assigned))
        return cls(
            id=client.id,
            client_id=client.client_id,
            name=client.name,
            kind=ChannelKind(client.kind),
            scopes=list(client.scopes),
            possible_scopes=sorted(KINDS[ChannelKind(client.kind)].may_have),
            chain_wide=any(each.store_ids is None and each.region_ids is None for each in assigned),
            store_ids=sorted({id for each in assigned for id in each.store_ids or ()}),
            region_ids=sorted({id for each in assigned for id in each.region_ids or ()}),
            store_count=len(covered),
            secrets=[ChannelSecret.of(secret) for secret in row.secrets],
            keys=[ChannelKey.of(key) for key in row.keys],
            registered_at=client.registered_at,
            revoked_at=client.revoked_at,
            last_used_at=health.last_used_at,
            health=ChannelHealth(
                state=row.state,
                last_token_at=health.last_token_at,
                last_refused_at=health.last_refused_at,
                last_refusal=health.last_refusal,
                refusals=health.refusals,
            ),
        )


@strawberry.type(description="A client on a page.")
class ChannelClientEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: ChannelClient = strawberry.field(description="The client.")


@strawberry.type(description="A page of channel clients.")
class ChannelClientConnection:
    edges: list[ChannelClientEdge] = strawberry.field(description="The clients of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
    total_count: int = strawberry.field(description="How many there are on all pages.")
