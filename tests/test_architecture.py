"""What must stay absent: spreadsheets below the hosts, slow imports before the first cell, the network, and surprises
in the wheel."""

import ast
import os
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import xlmodel
from tests.conftest import NetworkUsedError
from xlmodel import resources
from xlmodel.errors import InputError

ROOT = Path(__file__).resolve().parent.parent
SPREADSHEETS = ("xlwings", "openpyxl", "xlsxwriter", "lxml", "pyopenvba", "formualizer", "typer", "rich")
NETWORK = {"socket", "ssl", "http", "urllib", "requests", "httpx", "ftplib", "smtplib", "telnetlib", "xmlrpc"}

WITHOUT = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {SPREADSHEETS!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
from xlmodel.functions import CATALOGUE, call
from xlmodel.functions.cells import OMITTED
for record in CATALOGUE.values():
    given = [OMITTED if x is None else x for x in record.example.arguments]
    print(record.name, call(record, given))
assert not set({SPREADSHEETS!r}) & set(sys.modules)
"""

FIRST_CELL = """
import sys
from xlmodel.functions import CATALOGUE, call
print(call(CATALOGUE["XLMODEL_COLLATERAL_VALUE"], [35000.0, 2.0, 0.5]))
print(sorted({name.split(".")[0] for name in sys.modules} & {"pandas", "scipy", "pydantic", "xlwings", "lxml"}))
"""

FIND = """
import xlmodel
from xlmodel import resources
for name in {templates!r}:
    print(resources.template(name))
for name in {data!r}:
    print(resources.data(name))
"""


def python(script: str, **environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd="/",
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.is_file())


def test_the_formulas_answer_without_any_spreadsheet_library() -> None:
    lines = python(WITHOUT)
    assert len(lines) >= 5
    assert "XLMODEL_COLLATERAL_VALUE [[8750.0]]" in lines


def test_the_first_cell_imports_nothing_slow() -> None:
    assert python(FIRST_CELL) == ["[[8750.0]]", "[]"]


def test_no_module_can_open_a_connection() -> None:
    found = []
    for path in (ROOT / "xlmodel").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found += [(path.name, a.name) for a in node.names if a.name.split(".")[0] in NETWORK]
            elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in NETWORK:
                found.append((path.name, node.module))
    assert found == []


def test_a_connection_that_leaves_the_machine_is_refused() -> None:
    # 192.0.2.0/24 and .invalid are reserved for documentation (RFC 5737, RFC 2606).
    with pytest.raises(NetworkUsedError), socket.socket() as out:
        out.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkUsedError):
        socket.create_connection(("example.invalid", 80))
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", ROOT, "--no-deps", "--no-build-isolation", "--wheel-dir", folder)
    (built,) = folder.glob("*.whl")
    return built


def pip(*arguments: str | Path) -> None:
    options = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-cache-dir")
    done = subprocess.run(
        [sys.executable, "-m", "pip", *map(str, arguments), *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.xdist_group("wheel")
def test_the_wheel_is_pure_and_whole(wheel: Path) -> None:
    assert wheel.name == f"xlmodel-{xlmodel.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    folders = {"xlmodel/templates": ROOT / "templates", "xlmodel/data": ROOT / "xlmodel" / "data"}
    for inside, outside in folders.items():
        assert {f"{inside}/{name}" for name in names(outside)} <= packed
    assert "xlmodel/py.typed" in packed
    assert not [name for name in packed if name.startswith(("tests", "templates", "examples"))]


@pytest.mark.xdist_group("wheel")
def test_the_installed_wheel_finds_its_files(wheel: Path, tmp_path: Path) -> None:
    pip("install", wheel, "--no-deps", "--target", tmp_path)
    templates, data = names(ROOT / "templates"), names(ROOT / "xlmodel" / "data")
    found = python(FIND.format(templates=templates, data=data), PYTHONPATH=str(tmp_path))
    package = tmp_path / "xlmodel"
    assert found == [str(package / "templates" / n) for n in templates] + [str(package / "data" / n) for n in data]


def test_the_repository_finds_its_files() -> None:
    assert resources.template("README.md") == ROOT / "templates" / "README.md"
    for name in names(ROOT / "xlmodel" / "data"):
        assert resources.data(name) == ROOT / "xlmodel" / "data" / name


@pytest.mark.parametrize("name", ["nothing.xlsx", "../errors.py", "/etc/hostname", "", "."])
def test_a_file_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="there is no template"):
        resources.template(name)
