"""Private integrations: tokens that a person makes for an agency or a sub-account. /operator/tokens"""

from groundlevel.kernel.area import Area

area = Area("private_integrations", "Private integrations", versionless=True)
