"""What is asked of channel clients."""

from datetime import datetime
from uuid import UUID

import strawberry

from retail.channels.commands import NewClient
from retail.kernel.refusal import InvalidInput, Problem
from schema.kernel.enums import ChannelKind

REQUEST_ID = "Made by the client; makes the request happen exactly once."
CLIENT = "The client (its id, not its clientId)."
PUBLIC_KEYS = "A public JWK or a JWK Set in JSON, four keys at most; never a URL."


@strawberry.input(description="Register a program.")
class RegisterChannelClientInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    name: str = strawberry.field(description="Its name, 1 to 100 characters.")
    kind: ChannelKind = strawberry.field(description="What sort of program it is.")
    scopes: list[str] | None = strawberry.field(
        default=None, description="What it may do, as permissions; left out, what its kind needs."
    )
    chain_wide: bool = strawberry.field(default=False, description="Whether it acts in every store.")
    store_ids: list[UUID] | None = strawberry.field(default=None, description="The stores in which it acts.")
    region_ids: list[UUID] | None = strawberry.field(default=None, description="The regions in which it acts.")
    valid_until: datetime | None = strawberry.field(default=None, description="When its assignment ends by itself.")
    public_keys: str | None = strawberry.field(
        default=None, description=f"By which it signs instead of having a secret. {PUBLIC_KEYS}"
    )

    def domain(self) -> NewClient:
        """Return it in the words of the business; every store must be meant by name, or all of them."""
        named = bool(self.store_ids or self.region_ids)
        if named == self.chain_wide:
            words = ("Name stores or regions, or say chainWide.", "请指定门店或区域，或选择全连锁。")
            raise InvalidInput([Problem("chainWide", "NO_PLACE" if not named else "TWO_PLACES", *words)])
        return NewClient(
            self.name,
            self.kind,
            scopes=None if self.scopes is None else tuple(self.scopes),
            store_ids=tuple(self.store_ids) if self.store_ids else None,
            region_ids=tuple(self.region_ids) if self.region_ids else None,
            valid_until=self.valid_until,
        )


@strawberry.input(description="Give a client a second secret.")
class RotateClientSecretInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    channel_id: UUID = strawberry.field(description=CLIENT)
    old_secret_hours: int = strawberry.field(
        default=168, description="For how many hours the old secret stays good, 0 to 720."
    )


@strawberry.input(description="End one secret of a client.")
class RetireClientSecretInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    channel_id: UUID = strawberry.field(description=CLIENT)
    secret_id: UUID = strawberry.field(description="The secret.")


@strawberry.input(description="Say what a client may do.")
class SetClientScopesInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    channel_id: UUID = strawberry.field(description=CLIENT)
    scopes: list[str] = strawberry.field(description="All that it may do from now on, as permissions.")


@strawberry.input(description="Replace a client's public keys.")
class SetClientKeysInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    channel_id: UUID = strawberry.field(description=CLIENT)
    public_keys: str | None = strawberry.field(
        description=f"All that are good from now on; null for none. {PUBLIC_KEYS}"
    )


@strawberry.input(description="End a client for good.")
class RevokeChannelClientInput:
    request_id: UUID = strawberry.field(description=REQUEST_ID)
    channel_id: UUID = strawberry.field(description=CLIENT)
