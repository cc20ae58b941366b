"""The files that travel with the package: templates an analyst opens, and dated facts.

In a wheel both lie inside the package; in an editable install the templates stay at the repository's root.
"""

from importlib.resources import files
from pathlib import Path

from xlmodel.errors import InputError


def template(name: str) -> Path:
    """Return the path of a template.

    >>> template("README.md").read_text(encoding="utf-8").splitlines()[0]
    '# Templates'
    """
    inside = _package() / "templates"
    return _file(inside if inside.is_dir() else _package().parent / "templates", name, "template")


def data(name: str) -> Path:
    """Return the path of a file of dated facts.

    >>> data("../errors.py")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    xlmodel.errors.InputError: there is no data file "../errors.py"...
    """
    return _file(_package() / "data", name, "data file")


def _package() -> Path:
    return Path(str(files("xlmodel")))


def _file(folder: Path, name: str, what: str) -> Path:
    path = folder / name
    if path.parent != folder or not path.is_file():
        known = sorted(p.name for p in folder.glob("*") if p.is_file() and p.suffix not in {".py", ".md"})
        there = f"; there are {', '.join(known)}" if known else ""
        raise InputError(f'there is no {what} "{name}"{there}', "name")
    return path
