"""What keeps the add-in from working, looked for and said in one sentence each."""

import shutil
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from xlwings import __version__ as XLWINGS  # noqa: N812

from xlmodel.host import libreoffice
from xlmodel.host.installation import digest, recorded
from xlmodel.host.profile import Profile
from xlmodel.host.xlam import content_of

_OLDEST: Final = (3, 11)
_SECURITY: Final = r"Microsoft\Office\16.0\Excel\Security"
_MACROS: Final = {
    2: "Excel asks before it runs macros outside trusted folders; XLSTART is one unless a policy says otherwise.",
    3: "Excel runs signed macros only: sign the add-in, or ask for its folder to be trusted.",
    4: "Excel runs no macros at all: ask for the folder of the add-in to be trusted.",
}

Registry = Callable[[str, str], Any]
"""Reads the registry of the user, then of the machine: key and name -> value, None where there is none."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, and a sentence that says so or says what to do."""

    well: bool
    sentence: str


def findings(profile: Profile, registry: Registry | None = None) -> list[Finding]:
    """Return everything that was looked at, problems first.

    Parameters
    ----------
    profile
        The user's folders.
    registry
        How the registry is read; that of this Windows unless given.
    """
    read = _registry if registry is None else registry
    looked = [*_python(read), *_library(profile), *_settings(profile), *_add_in(profile), *_policies(read)]
    return sorted(looked, key=lambda finding: finding.well)


def calc_findings() -> list[Finding]:
    """Return what was looked at of LibreOffice Calc, problems first."""
    looked = []
    for name, package in (("soffice", "libreoffice-calc"), ("unopkg", "libreoffice-calc")):
        there = shutil.which(name) is not None
        looked.append(
            Finding(there, f"{name} is there." if there else f"{name} is missing: install {package} (Debian's name).")
        )
    if not all(finding.well for finding in looked):
        return looked
    loader = Path(libreoffice.program("soffice")).resolve().parent / "pythonloader.py"
    looked.append(
        Finding(
            loader.exists(),
            "LibreOffice can run Python."
            if loader.exists()
            else "LibreOffice cannot run Python: install python3-uno (Debian's name).",
        )
    )
    there = libreoffice.IDENTIFIER in libreoffice.installed()
    looked.append(
        Finding(
            there,
            "The add-in is installed."
            if there
            else "The add-in is not installed: close LibreOffice and run xlmodel addin install --libreoffice.",
        )
    )
    return sorted(looked, key=lambda finding: finding.well)


def _python(read: Registry) -> Iterator[Finding]:
    version = sys.version_info[:2]
    well = version >= _OLDEST
    yield Finding(
        well, f"Python {version[0]}.{version[1]} {'is recent enough' if well else 'is too old: 3.11 is needed'}."
    )
    bits = struct.calcsize("P") * 8
    office = read(r"Software\Microsoft\Office\ClickToRun\Configuration", "Platform")
    excel = {"x64": 64, "x86": 32}.get(str(office))
    if excel is None:
        yield Finding(True, f"Python is {bits} bit; Excel does not say what it is, and either works.")
    else:
        # Python runs in a process of its own, so the two need not agree.
        yield Finding(True, f"Python is {bits} bit and Excel {excel} bit: they talk between processes.")


def _library(profile: Profile) -> Iterator[Finding]:
    names = [f"xlwings{bits}-{XLWINGS}.dll" for bits in (32, 64)]
    folders = (profile.python.parent, profile.python.parent.parent)
    found = [name for name in names if any((folder / name).exists() for folder in folders)]
    if found:
        yield Finding(True, f"The library of xlwings {XLWINGS} lies beside the interpreter.")
    else:
        yield Finding(False, f"{names[1]} is missing beside {profile.python}: install xlwings {XLWINGS} there again.")
    built = recorded(profile).get("xlwings")
    if built is not None and built != XLWINGS:
        yield Finding(
            False, f"The add-in was made for xlwings {built}, installed is {XLWINGS}: run xlmodel addin install."
        )


def _settings(profile: Profile) -> Iterator[Finding]:
    if not profile.settings.exists():
        yield Finding(False, f"{profile.settings} is missing: run xlmodel addin install.")
        return
    text = profile.settings.read_text(encoding="utf-8")
    named = [
        line.split('","')[1].rstrip('"\r ') for line in text.splitlines() if line.startswith('"INTERPRETER_WIN","')
    ]
    if not named:
        yield Finding(False, f"{profile.settings} names no interpreter: run xlmodel addin install.")
    elif named[0] != str(profile.python):
        yield Finding(
            False, f"Excel starts {named[0]}, and not the Python of this xlmodel: run xlmodel addin install from it."
        )
    elif not profile.python.exists():
        yield Finding(False, f"{profile.python} does not exist any more: run xlmodel addin install again.")
    else:
        yield Finding(True, f"Excel starts {profile.python}.")


def _add_in(profile: Profile) -> Iterator[Finding]:
    if not profile.add_in.exists():
        yield Finding(False, f"The add-in is not in {profile.startup}: run xlmodel addin install.")
        return
    if digest(profile.add_in.read_bytes()) == digest(content_of()):
        yield Finding(True, "The add-in holds every function of this version.")
    else:
        yield Finding(False, "The add-in is of another version: close Excel and run xlmodel addin install.")
    copies = sorted(p.name for p in profile.startup.glob("xlmodel*.xla*") if p != profile.add_in and ":" not in p.name)
    if copies:
        yield Finding(False, f"{', '.join(copies)} in {profile.startup} would be loaded too: delete it.")
    if _from_the_internet(profile):
        yield Finding(False, f"Windows blocks {profile.add_in.name} as a download: unblock it in its properties.")


def _from_the_internet(profile: Profile) -> bool:
    """Whether Windows has marked the file, in a stream beside its content."""
    try:
        with Path(f"{profile.add_in}:Zone.Identifier").open(encoding="utf-8") as stream:
            return "ZoneId=3" in stream.read()
    except OSError:
        return False


def _policies(read: Registry) -> Iterator[Finding]:
    for root in (r"Software\Policies", "Software"):
        level = read(rf"{root}\{_SECURITY}", "VBAWarnings")
        if level in _MACROS:
            yield Finding(level == 2, _MACROS[level])
            break
    else:
        yield Finding(True, _MACROS[2])
    if read(rf"Software\Policies\{_SECURITY}\Trusted Locations", "AllLocationsDisabled") == 1:
        yield Finding(False, "A policy trusts no folder, XLSTART neither: ask for the add-in to be signed.")
    if read(r"Software\Policies\Microsoft\Windows\System", "DisableCMD"):
        yield Finding(True, "The command shell is blocked here; the add-in does not use it.")


def _registry(key: str, name: str) -> Any:
    import winreg

    for hive in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):  # type: ignore[attr-defined]
        try:
            with winreg.OpenKey(hive, key) as opened:  # type: ignore[attr-defined]
                return winreg.QueryValueEx(opened, name)[0]  # type: ignore[attr-defined]
        except OSError:
            continue
    return None
