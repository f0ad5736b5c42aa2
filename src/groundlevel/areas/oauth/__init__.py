"""OAuth 2.0: apps act for agencies and sub-accounts that have allowed it."""

from groundlevel.areas.oauth.codes import new_code
from groundlevel.areas.oauth.grants import Grant, end_grants_at, issue, new_grant
from groundlevel.areas.oauth.keys import check_key, ensure_key, key_set

__all__ = ["Grant", "check_key", "end_grants_at", "ensure_key", "issue", "key_set", "new_code", "new_grant"]
