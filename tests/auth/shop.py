"""A shop with a shared tablet, for stories of clerks who take turns."""

from dataclasses import dataclass

import httpx

from auth.pins import set_pins
from retail.access.permissions import Role
from retail.stores.models import Store
from tests.auth.door import Door, Employee
from tests.support.environment import MASTERS

PIN = "246810"


@dataclass
class Shop:
    """A shop with a manager, a clerk with a PIN, and a shared tablet that nobody has taken yet."""

    door: Door
    store: Store
    manager: Employee
    clerk: Employee
    tablet: httpx.AsyncClient

    async def hire(self, role: Role = Role.CLERK, pin: str | None = PIN) -> Employee:
        employee = await self.door.hire(role, self.store)
        if pin is not None:
            await give_pin(self.door, employee, pin)
        return employee


async def give_pin(door: Door, employee: Employee, pin: str = PIN) -> None:
    async with door.database.begin() as session:
        await set_pins(session, MASTERS, {employee.person_id: pin}, door.clock())


async def share(browser: httpx.AsyncClient, store: Store, name: str = "收银台平板") -> httpx.Response:
    return await browser.post("/auth/shared-device", json={"storeId": str(store.id), "name": name})


async def switch(tablet: httpx.AsyncClient, employee: Employee, pin: str = PIN) -> httpx.Response:
    return await tablet.post("/auth/pin/switch", json={"personId": str(employee.person_id), "pin": pin})


async def people(tablet: httpx.AsyncClient) -> list[str]:
    return [each["id"] for each in (await tablet.get("/auth/shared-device")).json()["people"]]


async def open_shop(door: Door) -> Shop:
    store = await door.open_store()
    manager, clerk = await door.hire(Role.STORE_MANAGER, store), await door.hire(Role.CLERK, store)
    await give_pin(door, clerk)
    tablet = await door.signed_in(manager)
    assert (await share(tablet, store)).status_code == 200
    await tablet.post("/auth/sign-out", json={})
    return Shop(door, store, manager, clerk, tablet)
