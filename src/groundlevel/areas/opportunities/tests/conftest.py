"""What stories of opportunities start from: a pipeline of three stages."""

from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from groundlevel.conftest import Box


@dataclass
class Deals:
    """A box with a pipeline, and short ways to what stories do all the time."""

    box: Box
    pipeline: dict[str, Any]

    @property
    def stages(self) -> list[str]:
        """The ids of its stages."""
        return [stage["id"] for stage in self.pipeline["stages"]]

    def allow_duplicates(self, allow: bool = True) -> None:
        """Let the sub-account say whether a contact may have several in a pipeline."""
        said = {"companyId": self.box.company_id, "settings": {"allowDuplicateOpportunity": allow}}
        assert self.box.agency.put(f"/locations/{self.box.location_id}", json=said).status_code == 200

    def ask(self, contact_id: str, **said: Any) -> httpx2.Response:
        """Ask for a new opportunity of a contact."""
        whole = {"locationId": self.box.location_id, "pipelineId": self.pipeline["id"], "contactId": contact_id}
        return self.box.location.post("/opportunities/", json=whole | {"name": "Deal", "status": "open"} | said)

    def new(self, contact_id: str = "", **said: Any) -> dict[str, Any]:
        """A new opportunity, of a new contact unless one is named."""
        reply = self.ask(contact_id or self.box.new_contact(firstName="Anna"), **said)
        assert reply.status_code == 201, reply.text
        return reply.json()["opportunity"]

    def search(self, **said: Any) -> dict[str, Any]:
        """What a search with filters finds."""
        reply = self.box.location.post(
            "/opportunities/search", json={"locationId": self.box.location_id, "limit": 100, **said}
        )
        assert reply.status_code == 200, reply.text
        return reply.json()

    def found(self, *filters: Any, **said: Any) -> list[str]:
        """The names of what fits, in the order in which they come."""
        return [o["name"] for o in self.search(filters=list(filters), **said)["opportunities"]]

    def told(self, since: int = 0) -> list[str]:
        """The events of opportunities, by their names."""
        every = [e["type"] for e in self.box.sandbox.events() if e["type"].startswith("Opportunity")]
        return every[since:]


def new_pipeline(box: Box, name: str, *stages: Any) -> dict[str, Any]:
    """A pipeline as the operator makes it; a stage is its name, or all that is said of it."""
    said = [{"name": stage} if isinstance(stage, str) else stage for stage in stages]
    where = f"/operator/locations/{box.location_id}/pipelines"
    reply = box.operator.post(where, json={"name": name, "stages": said})
    assert reply.status_code == 201, reply.text
    return reply.json()


@pytest.fixture
def deals(box: Box) -> Deals:
    """The box with the pipeline Sales: New, Offered, Agreed."""
    return Deals(box, new_pipeline(box, "Sales", "New", "Offered", "Agreed"))
