"""People and what is known of them: /contacts"""

from groundlevel.kernel.area import Area

area = Area("contacts", "Contacts")
