"""The web app and the one module that serves it; it knows nothing of the schema or of who is asking."""
