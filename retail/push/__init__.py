"""Web push: telling a browser that is asleep that there is something for its person."""
