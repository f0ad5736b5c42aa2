"""Workflows and who is in them: /workflows, /contacts/{contactId}/workflow"""

from groundlevel.kernel.area import Area

area = Area("workflows", "Workflows")
