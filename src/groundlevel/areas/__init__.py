"""The parts of the API. Every folder here is an area; nothing else registers it."""
