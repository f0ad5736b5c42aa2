"""Files and folders of sub-accounts."""

from groundlevel.areas.medias.medias import MEDIAS, Media
from groundlevel.areas.medias.serving import Served, found_at, served

__all__ = ["MEDIAS", "Media", "Served", "found_at", "served"]
