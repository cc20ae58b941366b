"""The README tells the truth: its tables are the catalogue's, its blocks run, its changelog is the version."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import xlmodel
from xlmodel.functions.document import function_table, names_table
from xlmodel.host.differences import differences_table

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLES = {"functions": function_table, "names": names_table, "differences": differences_table}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_what_the_records_say(name: str) -> None:
    """To update: `python -m tests.test_readme`."""
    shown = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", README, re.DOTALL)
    assert shown is not None, f"the README has no table <!-- {name} -->"
    assert shown[1] == TABLES[name]()


def test_the_changelog_begins_with_the_version() -> None:
    found = re.search(r"^## Changelog\n+### (\S+)", README, re.MULTILINE)
    assert found is not None
    assert found[1] == xlmodel.__version__


@pytest.mark.parametrize("block", blocks("python"))
def test_a_python_block_runs(block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    test = doctest.DocTestParser().get_doctest(block, {}, "README", None, 0)
    assert test.examples, "a python block is a doctest"
    assert doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test).failed == 0


@pytest.mark.parametrize("block", blocks("console"))
def test_a_console_block_prints_what_it_shows(block: str, tmp_path: Path) -> None:
    for folder in ("examples", "templates"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for session in re.split(r"^(?=\$ )", block, flags=re.MULTILINE):
        command, _, expected = session.removeprefix("$ ").partition("\n")
        if not command:
            continue
        done = subprocess.run(
            command,
            shell=True,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={**os.environ, "PATH": path, "COLUMNS": "100"},
        )
        assert (done.stdout + done.stderr).split() == expected.split(), command


def main() -> None:
    text = README
    for name, table in TABLES.items():
        text = re.sub(
            rf"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)", lambda m, t=table: m[1] + t() + m[2], text, flags=re.DOTALL
        )
    (ROOT / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
