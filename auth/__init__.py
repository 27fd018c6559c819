"""Proves who you are; says nothing of what you may do.

`api` makes one `Auth`, keeps it as `app.state.auth`, and adds `routes` to its URL map.
A password and the company's own provider (`auth.company`) are two ways to a person; `Steps.enter`
is what follows both. Programs have `auth.oauth`.
"""

from auth.company.routes import routes as company_routes
from auth.identify import Identity
from auth.oauth_routes import oauth_routes
from auth.origin import is_json, same_origin
from auth.routes import routes as local_routes
from auth.wiring import Auth, DemoAccount

routes = [*local_routes, *company_routes, *oauth_routes]

__all__ = ["Auth", "DemoAccount", "Identity", "is_json", "routes", "same_origin"]
