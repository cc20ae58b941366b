"""The Calc add-in: builds `xlmodel.oxt` from the catalogue, and installs it.

The extension holds an interface with one method for each function, as IDL source that LibreOffice reads itself; the
component that answers (`libreoffice_addin.py`); what Calc shows of each function; and where this xlmodel lives. The
last is the configuration of this machine, written when the add-in is built and never read from a workbook; an add-in
built on one machine serves no other.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import xlmodel
from xlmodel.errors import InputError
from xlmodel.functions.record import CATALOGUE, PREFIX, Record
from xlmodel.host.differences import by_reference

IDENTIFIER: Final = "org.xlmodel.addin"
SERVICE: Final = "XLMODEL"
_METHOD: Final = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_NEVER_CHANGES: Final = (1980, 1, 1, 0, 0, 0)
_SYSTEM_PATH: Final = "/usr/bin:/bin"
_PATIENCE: Final = 120.0
# A shell reports a program killed by signal n as 128 + n.
_LAST_OWN_CODE: Final = 128

_MANIFEST: Final = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">
 <manifest:file-entry manifest:media-type="application/vnd.sun.star.uno-typelibrary;type=RDB"
  manifest:full-path="functions.idl"/>
 <manifest:file-entry manifest:media-type="application/vnd.sun.star.uno-component;type=Python"
  manifest:full-path="libreoffice_addin.py"/>
</manifest:manifest>
"""

_DESCRIPTION: Final = """<?xml version="1.0" encoding="UTF-8"?>
<description xmlns="http://openoffice.org/extensions/description/2006">
 <identifier value="{identifier}"/>
 <version value="{version}"/>
 <display-name><name lang="en">xlmodel</name></display-name>
</description>
"""


def method(record: Record) -> str:
    """Return the name of a function inside the add-in: its own without the prefix.

    >>> method(CATALOGUE["XLMODEL_DSCR_LTM"])
    'DSCR_LTM'
    """
    name = record.name.removeprefix(PREFIX)
    if not _METHOD.fullmatch(name):
        raise InputError(f"{record.name} cannot be a method of the Calc add-in: capitals, digits, single underscores")
    return name


def spelled(record: Record) -> str:
    """Return the name of a function as a formula in Calc spells it.

    >>> spelled(CATALOGUE["XLMODEL_DSCR_LTM"])
    'XLMODEL.DSCR_LTM'
    """
    return f"{SERVICE}.{method(record)}"


def idl(records: Iterable[Record]) -> str:
    """Return the interface of the add-in in UNO's interface language.

    An answer is always rows of cells. An argument is a value or rows of values, except that a ratio is a range of
    cells, see `differences`.

    >>> idl([CATALOGUE["XLMODEL_WHY"]]).splitlines()[1].strip()
    'sequence< sequence< any > > WHY([in] any a1, [in] sequence< any > a2);'
    """
    methods = "".join(f"  {_ROWS} {method(r)}({', '.join(_arguments(r))});\n" for r in records)
    head = "module org { module xlmodel { interface XFunctions : com::sun::star::uno::XInterface {\n"
    return f"{head}{methods}}}; }}; }};\n"


_ROWS: Final = "sequence< sequence< any > >"


def _arguments(record: Record) -> Iterable[str]:
    for i, parameter in enumerate(record.parameters):
        kind = "com::sun::star::table::XCellRange" if by_reference(parameter) else "any"
        # The names are never shown, and a word of the language, such as `default`, would not compile.
        yield f"[in] {'sequence< any >' if parameter.variadic else kind} a{i + 1}"


def descriptions(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Return what Calc's function wizard shows of each function, and how the component calls it."""
    return [
        {
            "method": method(record),
            "name": record.name,
            "category": record.category,
            "description": record.summary,
            "arguments": [
                (p.label, f"{p.arg.help} ({p.arg.unit})" if p.arg.unit else p.arg.help) for p in record.parameters
            ],
            "variadic": bool(record.parameters) and record.parameters[-1].variadic,
        }
        for record in records
    ]


def environment() -> dict[str, Any]:
    """Return where this interpreter finds xlmodel and the packages it needs.

    Only package folders: the working directory and whatever else is on the path of the builder stay out.
    """
    packages = [folder for folder in sys.path if Path(folder).name in {"site-packages", "dist-packages"}]
    home = str(Path(xlmodel.__file__).resolve().parents[1])
    return {
        "tag": sys.implementation.cache_tag,
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "path": list(dict.fromkeys([home, *packages])),
    }


def build(path: Path) -> Path:
    """Write the extension and return its path; the same catalogue gives the same bytes."""
    records = list(CATALOGUE.values())
    parts = {
        "META-INF/manifest.xml": _MANIFEST,
        "description.xml": _DESCRIPTION.format(identifier=IDENTIFIER, version=xlmodel.__version__),
        "functions.idl": idl(records),
        "functions.json": json.dumps(descriptions(records), ensure_ascii=False, indent=1),
        "environment.json": json.dumps(environment(), ensure_ascii=False, indent=1),
        "libreoffice_addin.py": (files("xlmodel.host") / "libreoffice_addin.py").read_text(encoding="utf-8"),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _NEVER_CHANGES)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)
    return path


class LibreOfficeCrashError(InputError):
    """LibreOffice's package program died or hung by itself, which says nothing about the extension."""


def install(extension: Path, profile: Path | None = None) -> None:
    """Install the extension for this user, or into a LibreOffice profile of its own.

    Raises
    ------
    LibreOfficeCrashError
        The package program died or hung. It does so now and then, also on a good extension.
    InputError
        LibreOffice is missing, running, or refuses the extension; the sentence has its reason.
    """
    _closed(profile)
    _unopkg("add", "--force", str(extension), profile=profile)


def uninstall(profile: Path | None = None) -> None:
    """Remove the extension again."""
    _closed(profile)
    _unopkg("remove", IDENTIFIER, profile=profile)


def installed(profile: Path | None = None) -> str:
    """Return what LibreOffice says of the extensions it has."""
    return _unopkg("list", profile=profile)


def profile_options(profile: Path) -> list[str]:
    """Return the options that make LibreOffice live in `profile` alone, extensions included."""
    home = profile.resolve().as_uri()
    return [
        f"-env:UserInstallation={home}",
        f"-env:UNO_SHARED_PACKAGES={home}/shared",
        f"-env:UNO_SHARED_PACKAGES_CACHE={home}/shared",
    ]


def program(name: str) -> str:
    """Return the path of one of LibreOffice's programs.

    Raises
    ------
    InputError
        It is not installed; the sentence names the Debian package.
    """
    found = shutil.which(name)
    if found is None:
        raise InputError(f"{name} is missing: install LibreOffice (Debian: libreoffice-calc and python3-uno)")
    return found


def system_environment() -> dict[str, str]:
    """Return the environment for LibreOffice, whose Python must be the system's and not that of a virtual one."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and k != "VIRTUAL_ENV"}
    return {**kept, "PATH": _SYSTEM_PATH}


def _closed(profile: Path | None) -> None:
    """Refuse while LibreOffice runs: it has read its extensions, and writes them back when it ends."""
    home = _default_profile() if profile is None else profile
    if (home / ".lock").exists():
        raise InputError(f"LibreOffice is running: close it and try again; if it is not, delete {home / '.lock'}")


def _default_profile() -> Path:
    """Where LibreOffice keeps what belongs to this user."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", "~")).expanduser() / "LibreOffice" / "4"
    if sys.platform == "darwin":
        return Path("~/Library/Application Support/LibreOffice/4").expanduser()
    return Path(os.environ.get("XDG_CONFIG_HOME", "~/.config")).expanduser() / "libreoffice" / "4"


def _unopkg(verb: str, *arguments: str, profile: Path | None) -> str:
    # In a profile of its own the shared store is redirected there, which is the only one the superuser may write.
    own = [] if profile is None else ["--shared", *profile_options(profile)]
    if profile is None and os.name == "posix" and os.geteuid() == 0:
        own = ["--shared"]
    try:
        done = subprocess.run(  # noqa: S603  the program is found on the path of this machine
            [program("unopkg"), verb, *own, *arguments],
            env=system_environment() if os.name == "posix" else None,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired as late:
        sentence = f"LibreOffice did not {verb} the extension within {_PATIENCE:.0f} s: try again"
        raise LibreOfficeCrashError(sentence) from late
    if done.returncode < 0 or done.returncode > _LAST_OWN_CODE:
        raise LibreOfficeCrashError(f"LibreOffice crashed while it had to {verb} the extension: try again")
    if done.returncode:
        raise InputError(f"LibreOffice did not {verb} the extension: {(done.stderr or done.stdout).strip()}")
    return done.stdout
