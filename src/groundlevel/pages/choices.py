"""What somebody who installs an app can choose, and what scopes mean in words: values only.

The matrix of whose tokens come of it is the service's (its page on distribution): target user, distribution, bulk
installation, and who installs.
"""

from typing import Literal

from msgspec import Struct

from groundlevel.areas.marketplace import App
from groundlevel.areas.users import User

Kind = Literal["agency", "bulk", "one", "none"]

VERBS = {
    "readonly": "See", "read": "See", "write": "Add, change and delete", "create": "Add", "edit": "Change",
    "delete": "Delete", "list": "List", "readwrite": "See, add, change and delete",
}  # fmt: skip

WHOLE = {
    "oauth.readonly": "See where it is installed",
    "oauth.write": "Work in each sub-account where it is installed",
    "companies.readonly": "See the agency's own record",
}
NOUNS = {"locations": "sub-accounts"}
"""What cannot be told from the scope's own words."""


class Choice(Struct, frozen=True):
    """`agency`: the agency as such. `bulk`: any of its sub-accounts. `one`: one sub-account. `none`: and why."""

    kind: Kind
    why: str = ""

    def trouble(self, chosen: list[str], *, everywhere: bool, future: bool) -> str:
        """What is wrong with what was chosen; empty where it is fine."""
        if self.kind == "none":
            return self.why
        if self.kind == "one" and len(chosen) != 1:
            return "Choose one sub-account."
        if self.kind == "bulk" and not (chosen or everywhere or future):
            return "Choose at least one sub-account."
        return ""


def choice_of(app: App, user: User) -> Choice:
    """What this user can choose for this app."""
    of_agency = user.roles.type == "agency"
    if user.roles.role != "admin":
        return Choice("none", "Only administrators can install apps. Ask one of yours.")
    if app.target_user == "Agency" or app.distribution == "agency":
        if not of_agency:
            return Choice("none", f"Only agencies can install {app.name}. Ask your agency.")
        return Choice("agency" if app.target_user == "Agency" else "bulk")
    return Choice("bulk" if of_agency and app.distribution == "both" and app.bulk_installation else "one")


def in_words(scope: str) -> str:
    """`conversations/message.readonly` -> `See conversations: message`."""
    what, _, verb = scope.rpartition(".")
    if not what or scope in WHOLE:
        return WHOLE.get(scope, scope)
    first, *rest = what.replace("-", " ").replace("_", " ").split("/")
    return f"{VERBS.get(verb, verb.capitalize())} {': '.join([NOUNS.get(first, first), *rest])}"
