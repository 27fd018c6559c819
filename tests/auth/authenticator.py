"""An authenticator app: it keeps a secret and shows the code of the moment."""

from dataclasses import dataclass

import httpx
import pyotp

from tests.auth.door import Door, Employee, sign_in


@dataclass
class Authenticator:
    """`drift` is by how many seconds its clock is ahead of the server's."""

    door: Door
    secret: str
    drift: int = 0

    def code(self) -> str:
        code: str = pyotp.TOTP(self.secret).at(int(self.door.clock().timestamp()) + self.drift)
        return code


async def enrol(door: Door, browser: httpx.AsyncClient) -> tuple[Authenticator, list[str]]:
    """Add a device in a browser that is signed in, or waits for it; return it and the recovery codes."""
    offer = await browser.post("/auth/totp/enrol", json={})
    assert offer.status_code == 200, offer.text
    app = Authenticator(door, offer.json()["secret"])
    confirmed = await browser.post("/auth/totp/confirm", json={"code": app.code()})
    assert confirmed.status_code == 200, confirmed.text
    codes: list[str] = confirmed.json()["recoveryCodes"]
    return app, codes


async def with_second_factor(door: Door, employee: Employee) -> tuple[Authenticator, list[str]]:
    """Give somebody a second factor; its first code is used up."""
    browser = await door.browser()
    assert (await sign_in(browser, employee.login)).status_code == 200
    return await enrol(door, browser)


async def give(browser: httpx.AsyncClient, code: str) -> httpx.Response:
    return await browser.post("/auth/second-factor", json={"code": code})
