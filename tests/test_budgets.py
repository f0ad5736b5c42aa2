"""Size and documentation: what is allowed to grow is said here, with its reason."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from groundlevel.main import all_areas

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "groundlevel"
KERNEL_LINES, ENGINE_LINES, FILE_LINES, FUNCTION_LINES, PARAMETERS = 3_000, 1_500, 300, 40, 6

ENGINES = ("sqlite", "postgres", "shared_limits.py")

EXCEPTIONS: dict[str, str] = {
    "benchmarks/generator.py _drive: 45 lines": "the load generator's inner loop: a call for each answer would slow it",
    "benchmarks/conversations.py searches: 43 lines": "a table: a line for each kind of question",
    "benchmarks/opportunities.py searches: 48 lines": "a table: a line for each kind of question",
    "src/groundlevel/areas/opportunities/tests/test_opportunities_search.py test_filters: 45 lines": (
        "a table: a line for each filter"
    ),
}
"""Overruns that are meant, as the tests below word them, and why."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def files() -> list[Path]:
    """All Python of the repository that people wrote."""
    folders = (SOURCE, ROOT / "tests", ROOT / "benchmarks")
    return sorted(p for folder in folders for p in folder.rglob("*.py"))


def name_of(path: Path) -> str:
    """The file as messages call it."""
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            yield node


def length(fn: Function) -> int:
    """The lines of a function, its docstring aside: explaining must not cost anything."""
    documented = ast.get_docstring(fn) is not None
    doc = fn.body[0].end_lineno - fn.body[0].lineno + 1 if documented and fn.body[0].end_lineno else 0
    return (fn.end_lineno or fn.lineno) - fn.lineno + 1 - doc


def parameters(fn: Function) -> int:
    """How many parameters, `self` and `cls` aside."""
    every = [*fn.args.posonlyargs, *fn.args.args, *fn.args.kwonlyargs]
    return sum(a.arg not in ("self", "cls") for a in every)


def overruns() -> Iterator[str]:
    """Everything over its budget."""
    for path in files():
        lines = len(path.read_text().splitlines())
        if lines > FILE_LINES:
            yield f"{name_of(path)}: {lines} lines"
        for fn in functions(path):
            if length(fn) > FUNCTION_LINES:
                yield f"{name_of(path)} {fn.name}: {length(fn)} lines"
            if parameters(fn) > PARAMETERS:
                yield f"{name_of(path)} {fn.name}: {parameters(fn)} parameters"


def test_nothing_is_over_its_budget_but_what_is_listed() -> None:
    assert sorted(overruns()) == sorted(EXCEPTIONS)


def lines_in(folder: Path, *but: str) -> int:
    """How many lines of code a folder has, without its folders and files of these names."""
    return sum(len(p.read_text().splitlines()) for p in folder.rglob("*.py") if not {"tests", *but} & {*p.parts})


def test_the_kernel_stays_small() -> None:
    """Each engine has a budget of its own: docs/adr/0012."""
    assert lines_in(SOURCE / "kernel", *ENGINES) <= KERNEL_LINES
    for engine in ENGINES[:2]:
        assert lines_in(SOURCE / "kernel" / "store" / engine) <= ENGINE_LINES


def undocumented(path: Path) -> Iterator[str]:
    """Public modules, classes, functions and methods without a docstring.

    A method that keeps a promise of its class's protocol is documented there.
    """
    tree = ast.parse(path.read_text())
    if not ast.get_docstring(tree) and path.read_text().strip():
        yield name_of(path)
    promised = promises()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef):
            continue
        for child in node.body:
            if not isinstance(child, Function | ast.ClassDef) or child.name.startswith("_"):
                continue
            if isinstance(node, ast.ClassDef) and (child.name in promised or node.name.startswith("_")):
                continue
            if not ast.get_docstring(child):
                yield f"{name_of(path)} {child.name}"


def promises() -> set[str]:
    """The methods of the store's protocols: each store keeps them without saying again what they do."""
    from groundlevel.kernel.store import Store, Unit
    from groundlevel.kernel.store.whole import Filling, Whole

    return {name for protocol in (Store, Unit, Whole, Filling) for name in vars(protocol) if not name.startswith("_")}


def test_what_is_public_is_documented() -> None:
    program = [p for p in SOURCE.rglob("*.py") if "tests" not in p.parts]
    assert [name for path in sorted(program) for name in undocumented(path)] == []


def test_every_operation_has_a_summary_of_one_line() -> None:
    """Its docstring's first line is the summary that callers read."""
    wrong = []
    for area in all_areas():
        for op in area.operations:
            doc = inspect.getdoc(op.fn) or ""
            first, *rest = doc.split("\n")
            if not first.endswith(".") or (rest and rest[0]):
                wrong.append(f"{op.method} {op.path}: {first!r}")
    assert wrong == []
