"""What the push mutations take and answer."""

from typing import Annotated
from uuid import UUID

import strawberry

from schema.kernel.errors import InvalidInput, OnlyPeople, RequestIdConflict


@strawberry.input(description="Wake this browser when there is something for the asker; what PushSubscription says.")
class SubscribePushInput:
    request_id: UUID = strawberry.field(description="Made by the client; makes the request happen exactly once.")
    endpoint: str = strawberry.field(description="The https address that the push service gave the browser.")
    p256dh: str = strawberry.field(description="The browser's public key, base64url.")
    auth: str = strawberry.field(description="The browser's secret for this subscription, base64url.")


@strawberry.input(description="Wake this browser no more.")
class UnsubscribePushInput:
    request_id: UUID = strawberry.field(description="Made by the client; makes the request happen exactly once.")
    endpoint: str = strawberry.field(description="The address that was subscribed.")


@strawberry.type(description="The browser will be woken, as long as its session lives.")
class SubscribePushSuccess:
    subscription_id: UUID = strawberry.field(description="The subscription.")


@strawberry.type(description="The browser will not be woken.")
class UnsubscribePushSuccess:
    removed: bool = strawberry.field(description="Whether there was such a subscription of the asker.")


SubscribePushResult = Annotated[
    SubscribePushSuccess | InvalidInput | OnlyPeople | RequestIdConflict,
    strawberry.union("SubscribePushResult", description="The subscription, or why not."),
]
UnsubscribePushResult = Annotated[
    UnsubscribePushSuccess | OnlyPeople | RequestIdConflict,
    strawberry.union("UnsubscribePushResult", description="That it is over, or why not."),
]
