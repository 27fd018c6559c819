"""What a browser needs before it can ask a push service for a subscription."""

import strawberry

from schema.kernel.context import Info


@strawberry.type
class PushQuery:
    @strawberry.field(
        description="The server's public key (VAPID, base64url), for PushManager.subscribe; null where push is off."
    )
    async def push_public_key(self, info: Info) -> str | None:
        return info.context.push.public_key
