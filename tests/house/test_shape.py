"""Short functions, short files, docstrings, no sleeping: what style says and a tool can count."""
from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("runtime", "graders", "labs")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef

sources = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Function | ast.ClassDef]]:
    for node in body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        yield prefix + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from _public(node.body, f"{node.name}.")


@sources
def test_file_fits_in_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


@sources
def test_no_function_over_60_lines(path: Path) -> None:
    long = [node.name for node in _functions(ast.parse(path.read_text())) if (node.end_lineno or 0) - node.lineno >= 60]
    assert not long


@sources
def test_everything_public_has_a_docstring(path: Path) -> None:
    if path.is_relative_to(ROOT / "graders/checks"):
        return  # an exercise's checks are read by the student, and the loader refuses one without a docstring
    tree = ast.parse(path.read_text())
    bare = [name for name, node in _public(tree.body) if not ast.get_docstring(node)]
    assert not bare


@pytest.mark.parametrize("path", [path for path in SOURCES if path.parts[len(ROOT.parts)] == "runtime"],
                         ids=lambda path: path.relative_to(ROOT).as_posix())
def test_runtime_never_sleeps(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    assert not [node.lineno for node in calls if ast.unparse(node.func) == "time.sleep"]


def test_every_package_folder_is_a_package() -> None:
    folders = {path.parent for path in SOURCES if "wrong" not in path.parts and "starter" not in path.parts}
    assert not [folder.relative_to(ROOT).as_posix() for folder in folders if not (folder / "__init__.py").exists()]


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"#\s*(TODO|FIXME|XXX)\b|NotImplementedError")
    found = [f"{path.relative_to(ROOT)}:{number}" for path in SOURCES
             for number, line in enumerate(path.read_text().splitlines(), 1) if later.search(line)]
    assert not found


def test_unit_tests_mirror_the_tree() -> None:
    """tests/unit/box/test_plan.py tests runtime/box/plan.py, so that a reader finds either from the other."""
    unit = ROOT / "tests/unit"
    strays = []
    for test in unit.rglob("test_*.py"):
        folder = test.parent.relative_to(unit)
        homes = [ROOT / folder, ROOT / "runtime" / folder]
        if not any(home.is_dir() for home in homes):
            strays.append(test.relative_to(ROOT).as_posix())
    assert not strays


def test_lock_names_no_index_but_the_public_one() -> None:
    hosts = {host for name in ("uv.lock", "requirements.txt", "requirements-dev.txt")
             for host in re.findall(r"https?://([^/\"\s]+)", (ROOT / name).read_text())}
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}
