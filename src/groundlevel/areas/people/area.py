"""How users sign in: passwords, one-time codes, sessions. /operator/companies/{companyId}/users/{userId}"""

from groundlevel.kernel.area import Area

area = Area("people", "People", versionless=True)
