"""The endpoints of auth for people: the URL map of signing in, second factors and devices.

Whatever acts by cookie must be JSON, ours, and come from our own pages. Every body is bounded.
"""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth import device_routes, second_factor_routes, shared_device_routes, sign_in_routes
from auth.answers import answering, not_found, show
from auth.requests import auth_of


async def demo_accounts(request: Request) -> Response:
    """Show the demo chain's accounts, with a code of this minute where one is asked; a real chain has none to show."""
    auth = auth_of(request)
    if not auth.demo_accounts:
        raise not_found()
    secrets = {each.login: each.totp_secret for each in auth.demo_accounts if each.totp_secret}
    codes = await auth.second_factors.unused_codes(secrets) if secrets else {}
    shown = []
    for account in auth.demo_accounts:
        fields = {name: value for name, value in asdict(account).items() if value is not None and name != "totp_secret"}
        shown.append(fields | ({"code": codes[account.login]} if account.login in codes else {}))
    return show(200, {"accounts": shown})


routes = [
    *sign_in_routes.routes,
    *second_factor_routes.routes,
    *device_routes.routes,
    *shared_device_routes.routes,
    Route("/auth/demo-accounts", answering(demo_accounts), methods=["GET"]),
]
