"""Apps, where they are installed, and what they charge."""

from groundlevel.areas.marketplace.apps import (
    APPS,
    App,
    AppVersion,
    ClientKey,
    app_by_client,
    app_or_404,
    put_app,
    redirect_fits,
    secret_fits,
)
from groundlevel.areas.marketplace.events import INSTALL, PLAN_CHANGE, UNINSTALL, UPDATE, AppRemoved, Trial, Uninstalled
from groundlevel.areas.marketplace.installations import (
    INSTALLATIONS,
    Installation,
    InstallWanted,
    install,
    installation_of,
    installations_of,
    uninstall,
)
from groundlevel.areas.marketplace.wallets import book, micros, movement, paying_wallet, usd

__all__ = [
    "APPS",
    "INSTALL",
    "INSTALLATIONS",
    "PLAN_CHANGE",
    "UNINSTALL",
    "UPDATE",
    "App",
    "AppRemoved",
    "AppVersion",
    "ClientKey",
    "InstallWanted",
    "Installation",
    "Trial",
    "Uninstalled",
    "app_by_client",
    "app_or_404",
    "book",
    "install",
    "installation_of",
    "installations_of",
    "micros",
    "movement",
    "paying_wallet",
    "put_app",
    "redirect_fits",
    "secret_fits",
    "uninstall",
    "usd",
]
