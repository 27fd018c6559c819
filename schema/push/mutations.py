"""Subscribing a browser to push, and ending that."""

from typing import Annotated

import strawberry

from retail.push.commands import PushSubscribed, PushUnsubscribed, subscribe_push, unsubscribe_push
from retail.push.endpoints import read_subscription
from schema.kernel.context import Info
from schema.push.types import (
    SubscribePushInput,
    SubscribePushResult,
    SubscribePushSuccess,
    UnsubscribePushInput,
    UnsubscribePushResult,
    UnsubscribePushSuccess,
)


@strawberry.type
class PushMutation:
    @strawberry.mutation(description="Wake this browser when there is something for the asker; it gets no data.")
    async def subscribe_push(
        self, info: Info, input: Annotated[SubscribePushInput, strawberry.argument(description="The browser.")]
    ) -> SubscribePushResult:
        keys = read_subscription(input.endpoint, input.p256dh, input.auth, info.context.push)
        session_key, server_key = info.context.session_key, info.context.push.key_id
        done = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="subscribePush",
            content=(input.endpoint, keys.p256dh.hex(), keys.auth.hex(), session_key, server_key),
            answer=PushSubscribed,
            run=lambda work: subscribe_push(
                work, endpoint=input.endpoint, keys=keys, session_key=session_key, server_key=server_key
            ),
        )
        return SubscribePushSuccess(subscription_id=done.subscription_id)

    @strawberry.mutation(description="Wake this browser no more.")
    async def unsubscribe_push(
        self, info: Info, input: Annotated[UnsubscribePushInput, strawberry.argument(description="The browser.")]
    ) -> UnsubscribePushResult:
        done = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="unsubscribePush",
            content=input.endpoint,
            answer=PushUnsubscribed,
            run=lambda work: unsubscribe_push(work, endpoint=input.endpoint),
        )
        return UnsubscribePushSuccess(removed=done.removed)
