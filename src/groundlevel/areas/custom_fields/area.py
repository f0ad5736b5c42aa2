"""Custom fields of objects, and their folders: /custom-fields; those of contacts and opportunities under /locations."""

from groundlevel.kernel.area import Area

area = Area("custom-fields", "Custom fields")
