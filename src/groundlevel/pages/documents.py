"""/openapi: one document for each area and version, and an index of them."""

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from groundlevel.kernel.area import Area
from groundlevel.kernel.openapi import document
from groundlevel.kernel.versions import V2, V3, VERSIONS

NAMES = {"v2": V2, V2: V2, "v3": V3}
"""What a version may be called in an address."""


class Documents:
    """Makes each document when it is first asked for, and keeps it as the bytes that are sent."""

    def __init__(self, areas: list[Area]) -> None:
        self.areas = {area.name: area for area in sorted(areas, key=lambda a: a.title)}
        self.made: dict[tuple[str, str], bytes] = {}

    def versions_of(self, area: Area) -> list[str]:
        """The versions in which the area has operations, newest first."""
        return [v for v in reversed(VERSIONS) if any(v in op.versions for op in area.operations)]

    def bytes_of(self, area: Area, version: str) -> bytes:
        """The document, encoded."""
        key = area.name, version
        if key not in self.made:
            self.made[key] = msgspec.json.encode(document(area, version, "/"))
        return self.made[key]

    async def index(self, _: Request) -> Response:
        """Every area, how many operations it has, and where its documents are."""
        areas = [
            {
                "name": area.name,
                "title": area.title,
                "operations": {v: sum(v in op.versions for op in area.operations) for v in self.versions_of(area)},
                "documents": {v: f"/openapi/{v}/{area.name}.json" for v in self.versions_of(area)},
            }
            for area in self.areas.values()
        ]
        return JSONResponse({"versions": list(reversed(VERSIONS)), "areas": areas})

    async def one(self, request: Request) -> Response:
        """One document; 404 for an unknown area or version."""
        area = self.areas.get(request.path_params["area"])
        version = NAMES.get(request.path_params["version"])
        if area is None or version is None:
            message = "No such document. All of them are listed at /openapi/index.json"
            return JSONResponse({"statusCode": 404, "message": message, "error": "Not Found"}, status_code=404)
        return Response(self.bytes_of(area, version), media_type="application/json")
