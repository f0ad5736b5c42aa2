"""People who work in the CRM."""

from groundlevel.areas.users.events import PasswordChosen, UserGone
from groundlevel.areas.users.passwords import HASHER
from groundlevel.areas.users.users import USERS, Roles, ShownUser, User, check_user, shown_user, user_of_location

__all__ = [
    "HASHER",
    "USERS",
    "PasswordChosen",
    "Roles",
    "ShownUser",
    "User",
    "UserGone",
    "check_user",
    "shown_user",
    "user_of_location",
]
