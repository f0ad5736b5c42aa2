"""Who may know whom: areas meet at front doors, the kernel knows no area, and only one folder knows SQLite."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import groundlevel

SOURCE = Path(groundlevel.__file__).parent
PROGRAM = sorted(p for p in SOURCE.rglob("*.py") if "tests" not in p.parts)
AREAS = {p.name for p in (SOURCE / "areas").iterdir() if (p / "area.py").exists()}
SQLITE = SOURCE / "kernel" / "store" / "sqlite"

OTHER_EYES = {
    "areas/companies/companies.py company_or_400": "a location's call names its agency, whose row is the system's",
    "areas/locations/locations.py add_location": "a new location belongs to its agency, and its home to the system",
    "areas/locations/locations.py forget_home": "where a location belongs is the system's to know",
    "areas/locations/writing.py delete_location": "a location goes with everything in it, though its agency says so",
    "areas/operator/installation.py installation": "the installation's one row is the system's",
    "areas/private_integrations/tokens.py _keep": "tokens are the system's",
    "areas/private_integrations/tokens.py _token_or_400": "tokens are the system's",
    "areas/private_integrations/tokens.py forget_token": "tokens are the system's; the job runs for a location",
    "areas/private_integrations/tokens.py list_tokens": "tokens are the system's",
    "areas/private_integrations/tokens.py revoke_token": "tokens are the system's",
    "cli/setup.py end_operator_keys": "tokens are the system's",
    "cli/setup.py operator_key": "tokens are the system's",
    "cli/setup.py set_up": "tokens are the system's",
    "conftest.py _furnish": "the tests' user belongs to the agency",
    "demo/seeding.py at": "the demo has two sub-accounts and their agency",
    "kernel/ctx.py later": "jobs are the system's, whoever has them done",
    "kernel/jobs.py do": "jobs are the system's; the work itself is the location's",
}
"""Who looks beyond its caller's own rows (`elsewhere`, `across_owners`), and why that is right."""


def imports(path: Path) -> Iterator[str]:
    """The full names of everything a module imports; `from a import b` counts as `a` and `a.b`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide what is meant"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules() -> set[str]:
    """The names of all our modules and packages."""
    found = {p.relative_to(SOURCE.parent).with_suffix("").as_posix().replace("/", ".") for p in PROGRAM}
    return {m.removesuffix(".__init__") for m in found}


def named(path: Path) -> str:
    """The file, for messages."""
    return path.relative_to(SOURCE).as_posix()


def test_areas_enter_each_other_by_the_front_door() -> None:
    """The door is the area's package: what its `__all__` names, and no module behind it."""
    deeper = []
    for path in sorted((SOURCE / "areas").rglob("*.py")):
        own = path.relative_to(SOURCE / "areas").parts[0]
        for module, names in entered(path):
            area, *inner = module.split(".")[2:]
            shown = set(import_module(f"groundlevel.areas.{area}").__dict__.get("__all__", ()))
            if area != own and (inner or names - shown):
                deeper.append(f"{named(path)}: {module} {sorted(names)}")
    assert deeper == []


def entered(path: Path) -> Iterator[tuple[str, set[str]]]:
    """The areas' modules that a module imports from, and what it takes there."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("groundlevel.areas."):
            yield node.module or "", {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            yield from ((a.name, set[str]()) for a in node.names if a.name.startswith("groundlevel.areas."))


def test_the_areas_have_no_cycle() -> None:
    graph: dict[str, set[str]] = {}
    for path in PROGRAM:
        if path.is_relative_to(SOURCE / "areas"):
            own = path.relative_to(SOURCE / "areas").parts[0]
            other = {n.split(".")[2] for n in imports(path) if n.startswith("groundlevel.areas.")}
            graph.setdefault(own, set()).update((other & AREAS) - {own})
    order = list(TopologicalSorter(graph).static_order())
    assert set(order) >= AREAS


def test_the_kernel_knows_no_area() -> None:
    outer = [
        f"{named(path)}: {name}"
        for path in PROGRAM
        if path.is_relative_to(SOURCE / "kernel")
        for name in imports(path)
        if name.startswith("groundlevel.") and not name.startswith("groundlevel.kernel")
    ]
    assert outer == []


def test_only_the_embedded_store_knows_sqlite() -> None:
    """Who else names its folder: the composition root, and the command line for what is wrong with a file."""
    engines = ("apsw", "sqlite3", "psycopg")
    knowing = [
        f"{named(path)}: {name}"
        for path in PROGRAM
        if not path.is_relative_to(SQLITE)
        for name in imports(path)
        if name.split(".")[0] in engines
    ]
    assert knowing == []
    naming = {
        named(path)
        for path in PROGRAM
        if not path.is_relative_to(SQLITE)
        and any(n.startswith("groundlevel.kernel.store.sqlite") for n in imports(path))
    }
    assert naming <= {"main.py", "cli/operate.py", "cli/doctor.py"}
    deep = [
        f"{named(path)}: {name}"
        for path in PROGRAM
        if not path.is_relative_to(SQLITE)
        for name in imports(path)
        if name.startswith("groundlevel.kernel.store.sqlite.") and name in modules()
    ]
    assert deep == [], "by its front door, too"


def loud_calls(path: Path) -> Iterator[str]:
    """`file function` for every function in which `.elsewhere(` or `.across_owners(` is called."""

    def walk(node: ast.AST, inside: str) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            deeper = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            where = child.name if deeper else inside  # pyright: ignore[reportAttributeAccessIssue]
            called = child.func.attr if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute) else ""
            if called in ("elsewhere", "across_owners"):
                yield f"{named(path)} {where}"
            yield from walk(child, where)

    return walk(ast.parse(path.read_text()), "")


def test_who_looks_beyond_its_own_rows() -> None:
    found = {place for path in PROGRAM for place in loud_calls(path)}
    assert found == set(OTHER_EYES)
