"""OAuth 2.0: tokens of apps, and the keys they are signed with. /oauth"""

from groundlevel.kernel.area import Area

area = Area("oauth", "OAuth 2.0")
