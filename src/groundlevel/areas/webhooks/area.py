"""What apps and private integrations are told of, and whether it arrived: /operator/webhooks"""

from groundlevel.kernel.area import Area

area = Area("webhooks", "Webhooks", versionless=True)
