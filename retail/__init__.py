"""The business of a retail chain: no web, no GraphQL, no environment variables."""
