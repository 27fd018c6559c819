"""A phone in a pocket is woken: it says that there is something, and a touch opens it."""

import asyncio
import json
from typing import Any

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import PATIENCE_MS, Device

SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({ title, body, tag, data }) => ({ title, body, tag, path: data.path }))"""
PUSH = {"service": "pushMessaging"}
TOUCH = """async () => {
  const [shown] = await self.registration.getNotifications()
  self.dispatchEvent(new NotificationEvent('notificationclick', { notification: shown }))
}"""


async def deliver(phone: Device, message: str) -> None:
    """What the browser does when its push service has something for our worker, until the worker is done with it.

    Who asks for notifications while one is being shown may have the browser take it for gone, and forget it.
    """
    await phone.context.grant_permissions(["notifications"], origin=phone.url)
    developer = await phone.context.new_cdp_session(phone.page)
    registered: asyncio.Queue[str] = asyncio.Queue()
    done = asyncio.Event()

    def found(said: dict[str, Any]) -> None:
        for each in said["registrations"]:
            registered.put_nowait(each["registrationId"])

    def happened(said: dict[str, Any]) -> None:
        if said["backgroundServiceEvent"]["eventName"] == "Push event completed":
            done.set()

    developer.on("ServiceWorker.workerRegistrationUpdated", found)
    developer.on("BackgroundService.backgroundServiceEventReceived", happened)
    await developer.send("BackgroundService.setRecording", {**PUSH, "shouldRecord": True})
    await developer.send("BackgroundService.startObserving", PUSH)
    await developer.send("ServiceWorker.enable")
    async with asyncio.timeout(PATIENCE_MS / 1000):
        call = {"origin": phone.url, "registrationId": await registered.get(), "data": message}
        await developer.send("ServiceWorker.deliverPushMessage", call)
        await done.wait()
    await developer.send("BackgroundService.clearEvents", PUSH)
    await developer.detach()


async def shown(phone: Device, least: int = 1) -> list[dict[str, str]]:
    """What lies on the locked screen, once there is something, as it was at that moment."""
    notes: list[dict[str, str]] = await phone.until(SHOWN, lambda all_of_them: len(all_of_them) >= least)
    return notes


async def test_a_call_shows_no_data_and_a_touch_opens_its_page(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.sign_in("jingansi")
    await phone.ready_offline()

    await deliver(phone, json.dumps({"path": "/me", "secret": "138 0013 8000"}).ljust(256))
    note = (await shown(phone))[0]
    await phone.context.service_workers[0].evaluate(TOUCH)

    assert note["path"] == "/me"
    assert "138" not in json.dumps(note)
    assert "Something needs you" in note["body"]
    await phone.page.wait_for_url("**/me")
    await phone.see("my-name").wait_for()


async def test_a_call_that_would_lead_elsewhere_leads_home(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.sign_in("jingansi")
    await phone.ready_offline()

    await deliver(phone, json.dumps({"path": "//evil.example/"}))

    assert (await shown(phone))[0]["path"] == "/"


async def test_a_call_about_one_thing_hides_none_about_another(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.sign_in("jingansi")
    await phone.ready_offline()

    for path in ("/help", "/home", "/help"):
        await deliver(phone, json.dumps({"path": path}))

    assert sorted(note["path"] for note in await shown(phone, least=2)) == ["/help", "/home"]
