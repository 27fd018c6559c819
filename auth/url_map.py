"""Every route of auth: the local ones, the company's, and those of programs."""

from auth.company.routes import routes as company_routes
from auth.oauth_routes import oauth_routes
from auth.routes import routes as local_routes

routes = [*local_routes, *company_routes, *oauth_routes]
