"""What is said with contacts, on every channel: /conversations"""

from groundlevel.kernel.area import Area

area = Area("conversations", "Conversations", version="2021-04-15")
