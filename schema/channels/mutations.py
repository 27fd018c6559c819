"""Managing channel clients. A secret leaves this process once, in the answer of the request that made it.

The memory of requests keeps ids only, so a request that is repeated is answered without the secret.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import strawberry

from retail.access.work import Work
from retail.channels import commands as channels
from retail.channels.commands import ClientChanged
from retail.channels.keys import read_public_keys
from retail.channels.queries import client_row
from retail.channels.reach import Reach
from retail.kernel.content import as_uuid
from retail.kernel.refusal import NotFound as NotFoundRefusal
from schema.channels import inputs
from schema.channels.results import (
    RegisterChannelClientResult,
    RegisterChannelClientSuccess,
    RetireClientSecretResult,
    RetireClientSecretSuccess,
    RevokeChannelClientResult,
    RevokeChannelClientSuccess,
    RotateClientSecretResult,
    RotateClientSecretSuccess,
    SetClientKeysResult,
    SetClientKeysSuccess,
    SetClientScopesResult,
    SetClientScopesSuccess,
)
from schema.channels.types import ChannelClient
from schema.kernel.context import Info

Change = Callable[[Work, Reach], Awaitable[tuple[ClientChanged, str | None]]]


@strawberry.type
class ChannelsMutation:
    @strawberry.mutation(description="Register a program; its secret is told in this answer and never again.")
    async def register_channel_client(
        self,
        info: Info,
        input: Annotated[inputs.RegisterChannelClientInput, strawberry.argument(description="The program.")],
    ) -> RegisterChannelClientResult:
        new = input.domain()
        keys = None if input.public_keys is None else read_public_keys(input.public_keys, "publicKeys")

        async def register(work: Work, reach: Reach) -> tuple[ClientChanged, str | None]:
            client = await channels.register_client(work, reach, new)
            if keys is not None:
                return await channels.set_keys(work, reach, channel_id=as_uuid(client.id), keys=keys), None
            secret_id, secret = await channels.add_secret(work, client)
            return ClientChanged(as_uuid(client.id), secret_id), secret

        told, changed, secret = await _change(
            info, input.request_id, "registerChannelClient", (new, input.public_keys), register
        )
        return RegisterChannelClientSuccess(
            client=told, secret=secret, secret_shown_before=secret is None and changed.secret_id is not None
        )

    @strawberry.mutation(
        description="Give a client a second secret, told in this answer and never again. The first stays good for a "
        "while: no order fails meanwhile. Refused while there are two."
    )
    async def rotate_client_secret(
        self,
        info: Info,
        input: Annotated[inputs.RotateClientSecretInput, strawberry.argument(description="Whose.")],
    ) -> RotateClientSecretResult:
        lasts = timedelta(hours=input.old_secret_hours)
        told, changed, secret = await _change(
            info,
            input.request_id,
            "rotateClientSecret",
            (input.channel_id, input.old_secret_hours),
            lambda work, reach: channels.rotate_secret(work, reach, channel_id=input.channel_id, old_lasts=lasts),
        )
        made = next((each for each in told.secrets if each.id == changed.secret_id), None)
        return RotateClientSecretSuccess(client=told, made=made, secret=secret, secret_shown_before=secret is None)

    @strawberry.mutation(description="End one secret now, with the tokens that were got by it; not a client's last.")
    async def retire_client_secret(
        self,
        info: Info,
        input: Annotated[inputs.RetireClientSecretInput, strawberry.argument(description="Which.")],
    ) -> RetireClientSecretResult:
        async def retire(work: Work, reach: Reach) -> tuple[ClientChanged, str | None]:
            done = await channels.retire_secret(work, reach, channel_id=input.channel_id, secret_id=input.secret_id)
            return done, None

        content = (input.channel_id, input.secret_id)
        told, _, _ = await _change(info, input.request_id, "retireClientSecret", content, retire)
        return RetireClientSecretSuccess(client=told)

    @strawberry.mutation(description="Say what a client may do, within its kind; its tokens follow in 5 s.")
    async def set_client_scopes(
        self,
        info: Info,
        input: Annotated[inputs.SetClientScopesInput, strawberry.argument(description="Whose, and which.")],
    ) -> SetClientScopesResult:
        async def limit(work: Work, reach: Reach) -> tuple[ClientChanged, str | None]:
            return await channels.set_scopes(work, reach, channel_id=input.channel_id, scopes=input.scopes), None

        content = (input.channel_id, input.scopes)
        told, _, _ = await _change(info, input.request_id, "setClientScopes", content, limit)
        return SetClientScopesSuccess(client=told)

    @strawberry.mutation(description="Replace a client's public keys; while it changes, give the old one too.")
    async def set_client_keys(
        self,
        info: Info,
        input: Annotated[inputs.SetClientKeysInput, strawberry.argument(description="Whose, and which.")],
    ) -> SetClientKeysResult:
        keys = {} if input.public_keys is None else read_public_keys(input.public_keys, "publicKeys")

        async def replace(work: Work, reach: Reach) -> tuple[ClientChanged, str | None]:
            return await channels.set_keys(work, reach, channel_id=input.channel_id, keys=keys), None

        content = (input.channel_id, sorted(keys.items()))
        told, _, _ = await _change(info, input.request_id, "setClientKeys", content, replace)
        return SetClientKeysSuccess(client=told)

    @strawberry.mutation(description="End a client for good; whatever it holds opens nothing within 5 s.")
    async def revoke_channel_client(
        self,
        info: Info,
        input: Annotated[inputs.RevokeChannelClientInput, strawberry.argument(description="Which.")],
    ) -> RevokeChannelClientResult:
        async def revoke(work: Work, reach: Reach) -> tuple[ClientChanged, str | None]:
            return await channels.revoke_client(work, reach, channel_id=input.channel_id), None

        told, _, _ = await _change(info, input.request_id, "revokeChannelClient", input.channel_id, revoke)
        return RevokeChannelClientSuccess(client=told)


async def _change(
    info: Info, request_id: UUID, operation: str, content: Any, change: Change
) -> tuple[ChannelClient, ClientChanged, str | None]:
    """Carry out a change once, in the system's session; return the client as it is now, and a secret if one is new."""
    desk, actor = info.context.desk, info.context.actor
    reach = Reach.of(actor, await desk.directory.region_of())
    secrets: list[str] = []

    async def run(work: Work) -> ClientChanged:
        changed, secret = await change(work, reach)
        secrets.extend([] if secret is None else [secret])
        return changed

    changed = await desk.office.once(
        actor,
        request_id=request_id,
        operation=operation,
        content=content,
        answer=ClientChanged,
        run=run,
        as_system=True,
    )
    async with desk.office.system() as session:
        row = await client_row(session, reach, desk.office.clock(), changed.channel_id)
    if row is None:
        raise NotFoundRefusal("channelId", "channel client", "渠道客户端")
    return ChannelClient.of(row, reach), changed, secrets[0] if secrets else None
