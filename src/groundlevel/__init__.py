"""Groundlevel: a self-hosted CRM behind an API compatible with HighLevel's."""
