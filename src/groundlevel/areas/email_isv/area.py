"""Whether mail to an address would arrive: /email/verify"""

from groundlevel.kernel.area import Area

area = Area("email-isv", "Email verification")
