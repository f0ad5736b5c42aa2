"""Calendars and what is booked in them: /calendars"""

from groundlevel.kernel.area import Area

area = Area("calendars", "Calendars", version="2021-04-15")
