"""Installing the add-in for one user of Windows Excel, and taking it out again as if it had never been there."""

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from xlwings import __version__ as XLWINGS  # noqa: N812

import xlmodel
from xlmodel.errors import InputError
from xlmodel.host.profile import Profile
from xlmodel.host.xlam import content_of
from xlmodel.ooxml.saving import put

_KEY: Final = "INTERPRETER_WIN"
_BEFORE: Final = ".before"


def install(profile: Profile) -> list[str]:
    """Put the add-in and its settings in place; build it if anything it is made of has changed.

    Returns
    -------
    list of str
        What was done, a sentence each.

    Raises
    ------
    InputError
        Excel holds the add-in, or the interpreter is no full path.
    """
    if not _full(profile.python):
        raise InputError(f"the interpreter must be a full path, got {profile.python}", "python")
    content = content_of()
    stamp = {"xlmodel": xlmodel.__version__, "xlwings": XLWINGS, "add_in": digest(content)}
    known = recorded(profile)
    said = []
    profile.startup.mkdir(parents=True, exist_ok=True)
    profile.own.mkdir(parents=True, exist_ok=True)
    there = _content(profile.add_in)
    if there == content:
        said.append(f"{profile.add_in} is up to date.")
    else:
        _free(profile.add_in)
        there = _content(profile.add_in)
        if there is not None and digest(there) != known.get("add_in"):
            _set_aside(profile.add_in, profile.own)
        put(content, profile.add_in)
        said.append(f"The add-in is in {profile.add_in}; Excel loads it when it starts.")
    if known.get("settings") is None and profile.settings.exists():
        _set_aside(profile.settings, profile.own)
    put(_settings(profile).encode(), profile.settings)
    said.append(f"{profile.settings} names {profile.python}.")
    stamp["settings"] = digest(profile.settings.read_bytes())
    put(json.dumps(stamp, indent=1).encode(), profile.record)
    return said


def uninstall(profile: Profile) -> list[str]:
    """Take the add-in and its settings out, and put back what was there before.

    Raises
    ------
    InputError
        Nothing is installed, or Excel holds the add-in.
    """
    if not profile.record.exists():
        raise InputError("nothing is installed for this user", "profile")
    _free(profile.add_in)
    said = []
    for path in (profile.add_in, profile.settings):
        before = profile.own / f"{path.name}{_BEFORE}"
        if before.exists():
            put(before.read_bytes(), path)
            before.unlink()
            said.append(f"{path} is as it was before.")
        elif path.exists():
            path.unlink()
            said.append(f"{path} is removed.")
    profile.record.unlink()
    if not any(profile.own.iterdir()):
        profile.own.rmdir()
    return said


def recorded(profile: Profile) -> dict[str, Any]:
    """Return what is known to be installed; nothing where nothing is."""
    try:
        found: dict[str, Any] = json.loads(profile.record.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()


def _content(path: Path) -> bytes | None:
    """What the add-in's file holds; None where there is none, or Excel lets nobody read it."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, PermissionError):
        return None


def _full(python: Path) -> bool:
    """Whether a path begins with a drive, or is a full path of the system this runs on."""
    return python.is_absolute() or (len(str(python)) > 3 and str(python)[1:3] == ":\\")


def _settings(profile: Profile) -> str:
    """The settings file: other lines of it stay, ours names the interpreter."""
    lines = profile.settings.read_text(encoding="utf-8").splitlines() if profile.settings.exists() else []
    kept = [line for line in lines if not line.strip().upper().startswith(f'"{_KEY}"')]
    return "\r\n".join([*kept, f'"{_KEY}","{profile.python}"', ""])


def _set_aside(path: Path, folder: Path) -> None:
    """Keep what somebody else put there."""
    put(path.read_bytes(), folder / f"{path.name}{_BEFORE}")


def _free(path: Path) -> None:
    """Refuse while Excel holds the file: it locks the file, and leaves a note beside it."""
    note = path.with_name(f"~${path.name}")
    held = note.exists()
    if path.exists():
        try:
            path.open("r+b").close()
        except PermissionError:
            held = True
    if held:
        raise InputError(f"Excel holds {path.name}: close Excel and try again", "path")
