"""The operator's own operations: the clock, the log of events, the jobs. Areas add theirs under /operator too."""

from groundlevel.areas.operator.area import area
from groundlevel.areas.operator.installation import INSTALLATION, Installation, installation

__all__ = ["INSTALLATION", "Installation", "area", "installation"]
