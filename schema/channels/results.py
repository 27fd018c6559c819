"""What is answered to a change of a channel client."""

from typing import Annotated

import strawberry

from schema.channels.types import ChannelClient, ChannelSecret
from schema.kernel.errors import InvalidInput, NotFound, NotPermitted, RequestIdConflict

CLIENT = "The client as it is now."
TOLD_ONCE = "The secret, told once; null when the request is repeated, or when the client signs instead."
SHOWN_BEFORE = "Whether a secret was told before, to the first request of this id; it is kept nowhere."


@strawberry.type(description="The program is registered.")
class RegisterChannelClientSuccess:
    client: ChannelClient = strawberry.field(description=CLIENT)
    secret: str | None = strawberry.field(description=TOLD_ONCE)
    secret_shown_before: bool = strawberry.field(description=SHOWN_BEFORE)


RegisterChannelClientResult = Annotated[
    RegisterChannelClientSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("RegisterChannelClientResult", description="The client, or why not."),
]


@strawberry.type(description="The client has another secret.")
class RotateClientSecretSuccess:
    client: ChannelClient = strawberry.field(description=CLIENT)
    made: ChannelSecret | None = strawberry.field(description="What is known of the secret, if it is still good.")
    secret: str | None = strawberry.field(description=TOLD_ONCE)
    secret_shown_before: bool = strawberry.field(description=SHOWN_BEFORE)


RotateClientSecretResult = Annotated[
    RotateClientSecretSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("RotateClientSecretResult", description="The secret, or why not."),
]


@strawberry.type(description="The secret has ended.")
class RetireClientSecretSuccess:
    client: ChannelClient = strawberry.field(description=CLIENT)


RetireClientSecretResult = Annotated[
    RetireClientSecretSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("RetireClientSecretResult", description="The client, or why not."),
]


@strawberry.type(description="The client may do this from now on.")
class SetClientScopesSuccess:
    client: ChannelClient = strawberry.field(description=CLIENT)


SetClientScopesResult = Annotated[
    SetClientScopesSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("SetClientScopesResult", description="The client, or why not."),
]


@strawberry.type(description="The client signs by these keys from now on.")
class SetClientKeysSuccess:
    client: ChannelClient = strawberry.field(description=CLIENT)


SetClientKeysResult = Annotated[
    SetClientKeysSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("SetClientKeysResult", description="The client, or why not."),
]


@strawberry.type(description="The client is revoked.")
class RevokeChannelClientSuccess:
    client: ChannelClient = strawberry.field(description=CLIENT)


RevokeChannelClientResult = Annotated[
    RevokeChannelClientSuccess | InvalidInput | NotFound | NotPermitted | RequestIdConflict,
    strawberry.union("RevokeChannelClientResult", description="The client, or why not."),
]
