"""Proves who you are; says nothing of what you may do.

`api` makes one `Auth`, keeps it as `app.state.auth`, and adds `routes` to its URL map.
OpenID Connect and second factors have their place beside `local_account`: another way to a
person, the same `StaffSessions.create` afterwards.
"""

from auth.identify import Identity
from auth.origin import is_json, same_origin
from auth.routes import routes
from auth.wiring import Auth, DemoAccount

__all__ = ["Auth", "DemoAccount", "Identity", "is_json", "routes", "same_origin"]
