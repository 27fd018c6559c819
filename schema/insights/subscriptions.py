"""The heat as it changes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import strawberry

from retail.insights.queries import visible_stores
from schema.insights.grid import Sight
from schema.insights.live import heat_feed_of
from schema.insights.types import Heat, HeatFilter, where_of
from schema.kernel.context import Context, Info


@strawberry.type
class InsightsSubscription:
    @strawberry.subscription(
        description=(
            "First every visible cell, then those that changed, at most one item a second. "
            "Values are absolute: a dropped item does no harm."
        )
    )
    async def heat_changes(
        self,
        info: Info,
        filter: Annotated[HeatFilter | None, strawberry.argument(description="Which cells; none means all.")] = None,
    ) -> AsyncGenerator[Heat, None]:
        eyes = _Eyes(info.context, filter)
        async with aclosing(heat_feed_of(info.context).follow(eyes.sight)) as items:
            async for item in items:
                yield item


class _Eyes:
    """What an asker sees; worked out again only when its stores or the directory are others."""

    def __init__(self, context: Context, asked: HeatFilter | None) -> None:
        self._context = context
        self._where = where_of(asked)
        self._known: tuple[object, object] | None = None
        self._sight = Sight(frozenset(), None)

    async def sight(self) -> Sight:
        """Return what is in sight now; refuses who may not read insights any more."""
        actor, stores = self._context.actor, await self._context.desk.directory.stores()
        if self._known is None or self._known[0] is not actor or self._known[1] is not stores:
            visible = frozenset(store.id for store in visible_stores(actor, stores, self._where))
            self._known, self._sight = (actor, stores), Sight(visible, self._where.category_ids)
        return self._sight
