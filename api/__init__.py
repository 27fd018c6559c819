"""The process: settings, wiring, the outside world. It may import everything; nobody imports it."""
