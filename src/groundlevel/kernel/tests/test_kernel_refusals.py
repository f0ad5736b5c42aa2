"""Refusals that keep what was done, and operations that may go without a version."""

from collections.abc import Callable

from groundlevel.kernel.area import OPERATOR, PUBLIC, Area
from groundlevel.kernel.binding import bound
from groundlevel.kernel.ctx import Ctx
from groundlevel.kernel.problems import BadRequest, Problem
from groundlevel.kernel.store import Table
from groundlevel.kernel.testing import Sandbox
from groundlevel.kernel.tests.conftest import Item
from groundlevel.kernel.versions import V2, V3
from groundlevel.kernel.wire import Wire


class Answer(Wire):
    """What is answered."""

    text: str


def test_what_is_returned_is_kept_and_what_is_raised_is_not(serve: Callable[..., Sandbox], items: Table[Item]) -> None:
    area = Area("trial", "Trial")

    def put(ctx: Ctx, id: str) -> BadRequest:
        ctx.db.put(items, Item(id=id, at=ctx.stamp))
        return BadRequest(f"{id} is refused")

    @area.post("/trial/{locationId}/returned", scope=OPERATOR, status=200)
    def returned(ctx: Ctx, location_id: str) -> Answer | Problem:
        """Refuse by returning."""
        return put(ctx, "returned")

    @area.post("/trial/{locationId}/raised", scope=OPERATOR, status=200)
    def raised(ctx: Ctx, location_id: str) -> Answer | Problem:
        """Refuse by raising."""
        raise put(ctx, "raised")

    @area.get("/trial/{locationId}", scope=OPERATOR)
    def kept(ctx: Ctx, location_id: str) -> Answer:
        """What is there."""
        return Answer(text=",".join(item.id for item in ctx.db.find(items)))

    box = serve(area)
    for how in ("returned", "raised"):
        reply = box.operator.post(f"/trial/here/{how}")
        assert (reply.status_code, reply.json()["message"]) == (400, f"{how} is refused")
    assert box.operator.get("/trial/here").json() == {"text": "returned"}
    assert bound(area.operations[0], V3).reply is Answer


def test_an_operation_may_go_without_a_version_header(serve: Callable[..., Sandbox]) -> None:
    area = Area("trial", "Trial")

    @area.get("/trial", scope=PUBLIC, only=V2, unsaid=V2)
    def older(ctx: Ctx) -> Answer:
        """What was."""
        return Answer(text="older")

    @area.get("/trial", scope=PUBLIC, only=V3)
    def newer(ctx: Ctx) -> Answer:
        """What is."""
        return Answer(text="newer")

    @area.get("/strict", scope=PUBLIC)
    def strict(ctx: Ctx) -> Answer:
        """What asks for a version."""
        return Answer(text="strict")

    client = serve(area).client(None)
    del client.headers["Version"]
    assert client.get("/trial").json() == {"text": "older"}
    assert client.get("/trial", headers={"Version": "v3"}).json() == {"text": "newer"}
    assert client.get("/trial", headers={"Version": "2021-04-15"}).json() == {"text": "older"}
    assert client.get("/strict").json() == {"statusCode": 401, "message": "version header was not found."}
    bad = client.get("/trial", headers={"Version": "v3", "Authorization": "Bearer nonsense"})
    assert bad.json() == {"text": "newer"}, "what is public looks at no token"
