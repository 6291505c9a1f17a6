"""Rules of the house that neither the linter nor the import contracts can say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STUDIO = ROOT / "studio"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Imports every module whose name does not start with one of the first argument's prefixes, while the packages of
# the second argument cannot be imported at all.
IMPORT_ALL = """
import importlib, sys
from pathlib import Path
skipped, blocked = (set(filter(None, argument.split(","))) for argument in sys.argv[1:3])
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in blocked:
            raise ModuleNotFoundError(f"{name} is blocked", name=name)
sys.meta_path.insert(0, Block())
root = Path(sys.argv[3])
for file in sorted(root.joinpath("studio").rglob("*.py")):
    name = ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    if not any(name == prefix or name.startswith(prefix + ".") for prefix in skipped):
        importlib.import_module(name)
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


def import_all(*, skipped: str, blocked: str) -> set[str]:
    """Top-level names in sys.modules after importing the studio, less `skipped`, with `blocked` out of reach."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, skipped, blocked, str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for file in sorted(STUDIO.rglob("*.py")):
        yield file, ast.parse(file.read_text(encoding="utf-8"), str(file))


def test_everything_but_the_window_works_without_qt() -> None:
    import_all(skipped="studio.ui,studio.__main__", blocked="PySide6,shiboken6")


def test_everything_but_the_engine_works_without_torch_and_never_asks_for_it() -> None:
    heavy = "torch,diffusers,transformers,accelerate,peft,safetensors,torchsde"
    assert not import_all(skipped="studio.engine", blocked="") & set(heavy.split(","))
    import_all(skipped="studio.engine", blocked=heavy)


def is_from_buffer(call: ast.Call) -> bool:
    """QImage(data, width, height, ...): the constructor that trusts foreign memory."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name == "QImage" and len(call.args) > 3


def test_memory_is_wrapped_in_a_qimage_in_one_module_only() -> None:
    """QImage ignores numpy's read-only flag and outlives the array: one reviewed border for both directions."""
    border = STUDIO / "ui" / "canvas" / "qimage.py"
    offenders = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file, tree in sources()
        if file != border
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and is_from_buffer(node))
        or (
            isinstance(node, ast.Attribute)
            and node.attr in {"bits", "constBits", "scanLine", "constScanLine"}
        )
    ]
    assert offenders == []


def test_files_stay_small_enough_to_read() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for folder in ("studio", "packaging")
        for file in (ROOT / folder).rglob("*.py")
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > 500
    }
    assert long == {}


def test_the_folder_of_programs_never_shadows_pypis_packaging() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()


def requirement_name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def pins() -> dict[str, str]:
    lines = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("#")[0].strip().split("==") for line in lines)
    return {requirement_name(pair[0]): pair[1] for pair in pairs if len(pair) == 2}


def all_requirements() -> list[str]:
    extras: dict[str, list[str]] = PROJECT["optional-dependencies"]
    return [*PROJECT["dependencies"], *(requirement for extra in extras.values() for requirement in extra)]


def test_every_dependency_is_pinned_and_has_its_reason() -> None:
    names = {requirement_name(requirement) for requirement in all_requirements()}
    assert names - pins().keys() == set()
    record = (ROOT / "docs" / "decisions" / "005-dependencies-and-pins.md").read_text(encoding="utf-8")
    rows = "\n".join(line for line in record.lower().splitlines() if line.startswith("|"))
    assert {name for name in names if name not in rows} == set()


def test_what_is_installed_is_what_is_pinned() -> None:
    installed = {requirement_name(found.metadata["Name"]): found.version for found in distributions()}
    different = {
        name: (version.split("+")[0], pins()[name])
        for name, version in installed.items()
        if name in pins() and version.split("+")[0] != pins()[name]
    }
    assert different == {}


def test_torchvision_is_nowhere() -> None:
    assert "torchvision" not in pins()
    assert not any("torchvision" in requirement for requirement in all_requirements())
