"""Who may know whom: areas meet at front doors, the kernel knows no area, and only its folder knows an engine."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

import groundlevel

SOURCE = Path(groundlevel.__file__).parent
PROGRAM = sorted(p for p in SOURCE.rglob("*.py") if "tests" not in p.parts)
AREAS = {p.name for p in (SOURCE / "areas").iterdir() if (p / "area.py").exists()}
ENGINES = {"sqlite": {"apsw", "sqlite3"}, "postgres": {"psycopg"}}
"""Each store's folder, and the libraries that only it may know."""

OTHER_EYES = {
    "areas/calendars/addresses.py drop_address": "addresses of booking pages say which sub-account is meant",
    "areas/calendars/addresses.py drop_addresses": "addresses of booking pages say which sub-account is meant",
    "areas/calendars/addresses.py keep_address": "addresses of booking pages say which sub-account is meant",
    "areas/companies/companies.py company_or_400": "a location's call names its agency, whose row is the system's",
    "areas/companies/companies.py put_company": "agencies are the system's",
    "areas/locations/locations.py add_location": "a new location belongs to its agency, and its home to the system",
    "areas/locations/locations.py forget_home": "where a location belongs is the system's to know",
    "areas/locations/writing.py clear_jobs": "jobs are the system's, and end with the location they are of",
    "areas/locations/writing.py delete_location": "a location goes with everything in it, though its agency says so",
    "areas/outbox/mail_rows.py forget_mail": "whose an address is, and how far mailboxes are read, is the system's",
    "areas/outbox/mail_rows.py own_addresses": "an address is one sub-account's only, whoever's that is",
    "areas/outbox/mail_rows.py read_from_now": "workers read all mailboxes",
    "areas/marketplace/apps.py app_or_404": "apps are the system's, for every agency",
    "areas/marketplace/apps.py put_app": "apps are the system's, for every agency",
    "areas/marketplace/connections.py forget_connections": "an app's end is its agency's, these rows the locations'",
    "areas/marketplace/installation_operators.py list_installations": "an operator sees an app in all agencies",
    "areas/marketplace/installations.py _at": "where an app is installed is its agency's to know, whoever installs it",
    "areas/marketplace/installations.py uninstall_everywhere": "an app is removed from all agencies",
    "areas/oauth/api_keys.py _system": "keys are the system's",
    "areas/oauth/clients.py places_of": "a client that asks for itself does not say where it is installed",
    "areas/oauth/grants.py system": "grants and tokens are the system's",
    "areas/oauth/keys.py _kept": "signing keys are the system's",
    "areas/oauth/keys.py _new_key": "signing keys are the system's",
    "areas/oauth/keys.py forget_key": "signing keys are the system's",
    "areas/oauth/keys.py rotate_signing_keys": "signing keys are the system's",
    "areas/oauth/refreshing.py at_company": "a client that refreshes does not say whose token it is",
    "areas/outbox/app_providers.py _places": "an app is at many sub-accounts, and its provider wherever it is",
    "areas/outbox/app_providers.py _system": "what an app provides is the system's",
    "areas/outbox/outgoing.py at_place": "an app comes to a sub-account by its agency's doing; a message is one's own",
    "areas/outbox/leaving.py at": "whoever lets messages leave does it for all sub-accounts",
    "areas/outbox/outgoing.py _system": "the outbox is the system's, so that what is due is found",
    "areas/people/credentials.py _system": "passwords are the system's: one signs in before one is of an agency",
    "areas/people/guessing.py _system": "attempts are the system's",
    "areas/people/sessions.py _system": "sessions are the system's",
    "areas/people/sessions.py session_of": "a session says whose user it is",
    "areas/people/signing_in.py finish": "a password says whose user it is",
    "areas/operator/installation.py installation": "the installation's one row is the system's",
    "areas/phone_system/claims.py claims": "whose a number is, is one sub-account's only, whoever's that is",
    "areas/private_integrations/tokens.py _keep": "tokens are the system's",
    "areas/private_integrations/tokens.py _token_or_400": "tokens are the system's",
    "areas/private_integrations/tokens.py forget_token": "tokens are the system's; the job runs for a location",
    "areas/private_integrations/tokens.py list_tokens": "tokens are the system's",
    "areas/private_integrations/tokens.py revoke_token": "tokens are the system's",
    "areas/transfers/ahead.py across_owners": "a unit of work over another, asked by whoever may ask that",
    "areas/transfers/ahead.py elsewhere": "a unit of work over another, asked by whoever may ask that",
    "areas/webhooks/integrations.py create_subscription": "subscriptions are the system's; the call may be an agency's",
    "areas/webhooks/keys.py _new_keys": "keys of webhooks are the system's",
    "areas/webhooks/keys.py rotate_webhook_keys": "keys of webhooks are the system's",
    "areas/webhooks/keys.py signer": "keys of webhooks are the system's",
    "areas/webhooks/operators.py _replay": "deliveries are the system's",
    "areas/webhooks/planning.py installed": "where an app is installed is its agency's to know, whoever is told",
    "areas/webhooks/provider_messages.py send_to_provider": "deliveries are the system's, whoever's message it is",
    "areas/webhooks/provider_messages.py waiting_for": "deliveries are the system's, whoever's message it is",
    "areas/webhooks/provider_messages.py withdraw_from_provider": "deliveries are the system's, whoever's it is",
    "areas/webhooks/visits.py begin_visit": "an operator's sessions are the system's",
    "areas/webhooks/visits.py end_visit": "an operator's sessions are the system's",
    "areas/webhooks/visits.py forget_visit": "an operator's sessions are the system's",
    "areas/webhooks/visits.py visit_of": "an operator's sessions are the system's",
    "cli/setup.py end_operator_keys": "tokens are the system's",
    "cli/setup.py operator_key": "tokens are the system's",
    "cli/setup.py set_up": "tokens are the system's",
    "cli/webhooks_trigger.py look": "an operator who names no sub-account means the only one there is",
    "conftest.py _furnish": "the tests' user belongs to the agency",
    "demo/lines.py connect_lines": "what the simulated gateway has sold is the system's",
    "demo/seeding.py at": "the demo has two sub-accounts and their agency",
    "demo/talks.py carry": "the outbox is the system's, and the demo empties it as a worker would",
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


@pytest.mark.parametrize(("engine", "libraries"), ENGINES.items())
def test_only_its_folder_knows_an_engine(engine: str, libraries: set[str]) -> None:
    """Who else names the folder: the composition root, and what gives tests a store of each kind."""
    folder, front = SOURCE / "kernel" / "store" / engine, f"groundlevel.kernel.store.{engine}"
    outside = {named(p): list(imports(p)) for p in PROGRAM if not p.is_relative_to(folder)}
    knowing = {path for path, names in outside.items() if libraries & {n.split(".")[0] for n in names}}
    assert knowing <= {"testing_stores.py", "client/webhooks/seen.py"}  # the latter: a file of its user's own
    naming = {path for path, names in outside.items() if any(n.startswith(front) for n in names)}
    assert naming <= {"main.py", "testing_stores.py", "conftest.py"}
    deep = [n for names in outside.values() for n in names if n.startswith(f"{front}.") and n in modules()]
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
