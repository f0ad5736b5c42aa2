"""What happens elsewhere, as it is told in a contact's conversation."""

from groundlevel.kernel.area import Area

area = Area("activities", "Activities", versionless=True)
