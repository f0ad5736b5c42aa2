"""/docs: the API reference in the browser, from our own documents and a viewer that is served from here."""

from functools import cached_property
from html import escape
from importlib.util import find_spec
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from groundlevel.kernel.area import Area
from groundlevel.kernel.versions import V3
from groundlevel.pages.documents import NAMES, Documents

OURS = Path(__file__).parent / "static"
VIEWER = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
INSTALL = "pip install --no-deps drf-spectacular-sidecar"

SAFE = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def viewer_folder() -> Path | None:
    """Where the viewer's files are. Its package is only a folder to us: it is never imported."""
    spec = find_spec("drf_spectacular_sidecar")
    if spec is None or not spec.submodule_search_locations:
        return None
    inside = "static/drf_spectacular_sidecar/swagger-ui-dist"
    folder = Path(next(iter(spec.submodule_search_locations))) / inside
    return folder if folder.is_dir() else None


class Reference:
    """The pages, and the files they load."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents

    @cached_property
    def files(self) -> dict[str, Path]:
        """Every file that may be asked for, by name; nothing else is reachable."""
        folder = viewer_folder()
        theirs = {name: folder / name for name in VIEWER} if folder else {}
        return {path.name: path for path in OURS.iterdir()} | theirs

    async def file(self, request: Request) -> Response:
        """A style sheet or script."""
        path = self.files.get(request.path_params["name"])
        if path is None:
            return PlainTextResponse("No such file.\n", status_code=404)
        kind = guess_type(path.name)[0]
        return Response(path.read_bytes(), media_type=kind, headers={**SAFE, "Cache-Control": "max-age=300"})

    async def index(self, request: Request) -> Response:
        """All areas."""
        return shown("API reference", index_body(self.documents, str(request.base_url).rstrip("/")))

    async def area(self, request: Request) -> Response:
        """One area, to read and to try."""
        area = self.documents.areas.get(request.path_params["area"])
        if area is None:
            return RedirectResponse("/docs", 303)
        versions = self.documents.versions_of(area)
        wanted = NAMES.get(request.query_params.get("version", V3), V3)
        version = wanted if wanted in versions else versions[0]
        return shown(area.title, area_body(area, version, versions, has_viewer="swagger-ui.css" in self.files))


def shown(title: str, body: str) -> Response:
    """A whole page."""
    page = (OURS / "page.html").read_text(encoding="utf-8")
    return HTMLResponse(page.replace("{{title}}", escape(title)).replace("{{body}}", body), headers=SAFE)


def index_body(documents: Documents, address: str) -> str:
    """How to call the API, and the list of areas."""
    rows = "".join(_entry(area, documents.versions_of(area)) for area in documents.areas.values())
    intro = (OURS / "intro.html").read_text(encoding="utf-8").replace("{{address}}", escape(address))
    return f"{intro}<h2>Areas</h2><ul class='areas'>{rows}</ul>"


def _entry(area: Area, versions: list[str]) -> str:
    count = len(area.operations)
    links = " ".join(f"<a href='/openapi/{v}/{quote(area.name)}.json'>{escape(v)}</a>" for v in versions)
    return (
        f"<li><a class='name' href='/docs/{quote(area.name)}'>{escape(area.title)}</a>"
        f"<span class='count'>{count} operation{'s' if count != 1 else ''}</span>"
        f"<span class='files'>OpenAPI: {links}</span></li>"
    )


def area_body(area: Area, version: str, versions: list[str], *, has_viewer: bool) -> str:
    """The viewer on one document, with a place for the token."""
    document = f"/openapi/{version}/{quote(area.name)}.json"
    tabs = "".join(
        f"<a href='?version={v}'{' aria-current=page' if v == version else ''}>{escape(v)}</a>" for v in versions
    )
    head = f"<h1>{escape(area.title)}</h1><nav class='versions' aria-label='Version'>{tabs}"
    head += f"<a href='{document}'>OpenAPI</a></nav>"
    if not has_viewer:
        return (
            f"{head}<p role='alert'>The viewer is not installed. Run <code>{INSTALL}</code>, then start the server "
            f"again. The document itself is <a href='{document}'>here</a>.</p>"
        )
    sends = "" if area.versionless else version if version == V3 else area.version
    tool = (OURS / "try.html").read_text(encoding="utf-8")
    return f"{head}{tool}<div id='viewer' data-document='{document}' data-version='{escape(sends)}'></div>"
