"""Phone numbers of sub-accounts: what they have, and what they can buy."""

from groundlevel.areas.phone_system.numbers import NUMBERS, Number, default_number, sending_number
from groundlevel.areas.phone_system.simulated import Rows

__all__ = ["NUMBERS", "Number", "Rows", "default_number", "sending_number"]
