"""Campaigns and who is in them: /campaigns, /contacts/{contactId}/campaigns"""

from groundlevel.kernel.area import Area

area = Area("campaigns", "Campaigns")
