"""Proves who you are; says nothing of what you may do.

`api` makes one `Auth` (auth/wiring.py), keeps it as `app.state.auth`, and adds `auth.url_map.routes`
to its own. A password and the company's own provider (`auth.company`) are two ways to a person;
`Steps.enter` is what follows both. Programs have `auth.oauth`. Nothing is loaded from here, so that
a command that needs one small part of it starts fast.
"""
