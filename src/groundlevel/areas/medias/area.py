"""Files and folders: /medias"""

from groundlevel.kernel.area import Area

area = Area("medias", "Media storage")
