"""People who work in the CRM."""

from groundlevel.areas.users.users import USERS, Roles, User, check_user, user_of_location

__all__ = ["USERS", "Roles", "User", "check_user", "user_of_location"]
