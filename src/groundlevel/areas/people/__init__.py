"""People: how the CRM's users sign in, and their sessions."""

from groundlevel.areas.people.credentials import NewPassword, credentials_of, matching, set_password
from groundlevel.areas.people.sessions import Session, end_one, form_key, session_of, sessions_of
from groundlevel.areas.people.signing_in import Attempt, Outcome, begin, finish

__all__ = [
    "Attempt",
    "NewPassword",
    "Outcome",
    "Session",
    "begin",
    "credentials_of",
    "end_one",
    "finish",
    "form_key",
    "matching",
    "session_of",
    "sessions_of",
    "set_password",
]
