"""Imports point one way: params -> engine -> facts, rules -> sheets, importers, briefs, drafting, records -> app -> shells."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BASE = (
    "xl_rebal.errors",
    "xl_rebal.money",
    "xl_rebal.dates",
    "xl_rebal.data",
    "xl_rebal.extent",
    "xl_rebal.permissions",
    "xl_rebal.paths",
    "xl_rebal.faults",
    "xl_rebal.keys",
    "xl_rebal.__version__",
)
ENGINE = (*BASE, "xl_rebal.engine", "xl_rebal.params.types")
FACTS = (*ENGINE, "xl_rebal.facts", "xl_rebal.params")
RULES = (*ENGINE, "xl_rebal.rules")
MIDDLE = ("sheets", "importers", "briefs", "drafting", "records", "fetching")

ALLOWED = {
    "xl_rebal/engine": ENGINE,
    "xl_rebal/params": (*BASE, "xl_rebal.params", "xl_rebal.engine.book"),
    "xl_rebal/facts": FACTS,
    "xl_rebal/rules": RULES,
    **{f"xl_rebal/{name}": (*FACTS, "xl_rebal.rules", f"xl_rebal.{name}") for name in MIDDLE},
    "xl_rebal/sample": (*FACTS, "xl_rebal.sample", "xl_rebal.sheets"),
    "xl_rebal/refreshing": (
        *BASE,
        "xl_rebal.sheets",
        "xl_rebal.app",
        "xl_rebal.refreshing",
        "xl_rebal.workers",
        "udfs",
        "workbook",
    ),
    "xl_rebal/libreoffice": (*BASE, "xl_rebal.libreoffice", "udfs", "workbook"),
}
STANDARD_IO = (
    "os",
    "pathlib",
    "socket",
    "subprocess",
    "requests",
    "httpx",
    "openai",
    "xlwings",
    "openpyxl",
    "time",
)


def imports(path: Path) -> set[str]:
    """Every module that a file imports, anywhere in it; `from a import b` counts as a.b."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def inside(module: str, allowed: tuple[str, ...]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in allowed)


@pytest.mark.parametrize("folder", ALLOWED)
def test_a_layer_imports_nothing_to_its_right(folder):
    assert files(folder)
    for path in files(folder):
        own = {m for m in imports(path) if m.split(".")[0] in ("xl_rebal", "udfs", "workbook")}
        wrong = sorted(m for m in own if not inside(m, ALLOWED[folder]))
        assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


def test_the_engine_does_no_input_or_output_and_reads_no_clock():
    for path in files("xl_rebal/engine"):
        wrong = sorted(m for m in imports(path) if m.split(".")[0] in STANDARD_IO)
        assert not wrong, f"{path.name} imports {wrong}"
        text = path.read_text(encoding="utf-8")
        for call in ("open(", ".today()", ".now(", "environ"):
            assert call not in text, f"{path.name} uses {call}"


def test_the_solver_is_known_to_one_file():
    users = [p.name for p in files("xl_rebal") if any(m.split(".")[0] == "highspy" for m in imports(p))]
    assert users == ["solve.py"]


def test_importing_the_package_loads_nothing_heavy():
    assert imports(ROOT / "xl_rebal" / "__init__.py") == set()
