"""The origin of a fact, an input that most mutations share."""

from datetime import datetime

import strawberry

from retail.inventory.intake import Origin as DomainOrigin
from schema.kernel.enums import Source


@strawberry.input(description="When, on what device, where and by what kind of system a fact was recorded.")
class Origin:
    occurred_at: datetime = strawberry.field(
        description="The device's time. One that cannot be right is replaced by the server's, and its error recorded."
    )
    device: str | None = strawberry.field(default=None, description="The device's name, at most 100 characters.")
    latitude: float | None = strawberry.field(default=None, description="Degrees north (WGS 84).")
    longitude: float | None = strawberry.field(default=None, description="Degrees east (WGS 84).")
    source: Source = strawberry.field(default=Source.PHONE, description="The kind of system.")

    def domain(self) -> DomainOrigin:
        """Return it in the words of the business."""
        return DomainOrigin(self.occurred_at, self.device, self.latitude, self.longitude, self.source)
