"""What can happen to an app where it is installed, with the payloads that its webhooks carry."""

from typing import ClassVar

from groundlevel.kernel.events import Event
from groundlevel.kernel.wire import Wire


class Trial(Wire):
    """Whether a plan is being tried, for how many days, since when."""

    on_trial: bool
    trial_duration: int
    trial_start_date: str | None = None


def no_trial() -> Trial:
    """The plan is not being tried."""
    return Trial(on_trial=False, trial_duration=0)


class Whitelabel(Wire):
    """Under what name of its own an agency shows the service."""

    domain: str | None = None
    logo_url: str | None = None


class INSTALL(Event):
    """An app was installed, at an agency or at one of its sub-accounts."""

    app_id: str
    version_id: str
    install_type: str
    company_id: str
    company_name: str
    is_whitelabel_company: bool
    whitelabel_details: Whitelabel
    trial: Trial
    location_id: str | None = None
    user_id: str | None = None
    plan_id: str | None = None


class UPDATE(Event):
    """An app has a new version; or, where a company is named, one was installed there over an earlier one."""

    app_id: str
    version_id: str
    previous_version_id: str
    install_type: str | None = None
    company_id: str | None = None
    location_id: str | None = None
    user_id: str | None = None


class UNINSTALL(Event):
    """An app was taken from an agency, or from one of its sub-accounts. One event for each place."""

    app_id: str
    company_id: str
    location_id: str | None = None


class PLAN_CHANGE(Event):
    """Another pricing plan of an app was chosen where it is installed."""

    app_id: str
    company_id: str
    current_plan_id: str
    new_plan_id: str
    location_id: str | None = None
    user_id: str | None = None


class Uninstalled(Event):
    """An app was taken from these sub-accounts, and from the agency itself (with all it may do there) if `agency`."""

    logged: ClassVar[bool] = False
    app_id: str
    company_id: str
    location_ids: list[str]
    agency: bool = False


class AppRemoved(Event):
    """An app was removed from the installation, after it was taken from wherever it was installed."""

    logged: ClassVar[bool] = False
    app_id: str
