"""Where goods stand in the demo shops that the sign-in page shows: three zones, a shelf for each kind of goods.

Each SKU has one shelf, so that a count of one shelf says all there is to say of its goods. In the other shops
nobody has put up shelves yet, and counting goes without them.
"""

import secrets
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import insert

from api.demo.goods import TOP_CATEGORIES, sold_in
from retail.access.work import Work
from retail.kernel.base import new_id
from retail.shelves.models import Shelf, ShelfSku

ZONES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "A": ("冷柜", ("bottled", "dairy-bakery")),
    "B": ("货架", ("snacks", "instant", "household")),
    "C": ("茶饮台", ("milk-tea", "fruit-tea", "coffee")),
}
"""What stands in a zone: the furniture, and the categories of the first level."""
_TOKEN_BYTES = 9


async def put_up_shelves(work: Work, *, store_id: UUID, region: str, skus: Mapping[str, UUID]) -> None:
    """Put up the shelves of a shop and say which of the region's goods are expected on each."""
    shelf_of: dict[str, UUID] = {}
    rows: list[dict[str, UUID | str | int]] = []
    for zone, (furniture, tops) in ZONES.items():
        kinds = [
            (f"{top}/{kind.code}", kind.name) for top, _, _, found in TOP_CATEGORIES if top in tops for kind in found
        ]
        for number, (category, name) in enumerate(kinds, start=1):
            shelf_of[category] = new_id()
            rows.append(
                {
                    "store_id": store_id,
                    "id": shelf_of[category],
                    "zone": zone,
                    "code": f"{zone}-{number:02d}",
                    "name": f"{furniture} · {name}",
                    "place": len(rows) + 1,
                    "token": secrets.token_urlsafe(_TOKEN_BYTES),
                }
            )
    expected = [
        {"store_id": store_id, "shelf_id": shelf_of[good.category_code], "sku_id": skus[good.code]}
        for good in sold_in(region)
    ]
    await work.session.execute(insert(Shelf), rows)
    await work.session.execute(insert(ShelfSku), expected)
