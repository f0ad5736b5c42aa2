"""What leaves the installation for contacts, and by whom: /operator/outbox"""

from groundlevel.kernel.area import Area

area = Area("outbox", "Outbox", versionless=True)
