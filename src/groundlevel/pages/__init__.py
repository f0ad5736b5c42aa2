"""What a server shows beside the API: health, metrics, the OpenAPI documents, and the reference for people."""

from groundlevel.pages.mount import pages

__all__ = ["pages"]
