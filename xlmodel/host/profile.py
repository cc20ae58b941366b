"""Where Excel on Windows and xlmodel keep what belongs to one user."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from xlmodel.errors import InputError
from xlmodel.host.xlam import FILE


@dataclass(frozen=True, slots=True)
class Profile:
    """A Windows user's folders.

    Attributes
    ----------
    roaming
        What Windows calls APPDATA.
    home
        What Windows calls USERPROFILE.
    python
        The interpreter that answers formulas, as a full path.
    """

    roaming: Path
    home: Path
    python: Path

    @property
    def startup(self) -> Path:
        """What Excel opens when it starts, and trusts unless a policy says otherwise."""
        return self.roaming / "Microsoft" / "Excel" / "XLSTART"

    @property
    def add_in(self) -> Path:
        """The add-in where Excel finds it."""
        return self.startup / FILE

    @property
    def own(self) -> Path:
        """Our own folder of this user."""
        return self.home / ".xlmodel"

    @property
    def settings(self) -> Path:
        """The only file from which the add-in takes a setting."""
        return self.own / "xlmodel.conf"

    @property
    def record(self) -> Path:
        """What was installed, so that a later version is noticed and what was there before is put back."""
        return self.own / "installed.json"


def here() -> Profile:
    """Return the profile of whoever runs this.

    Raises
    ------
    InputError
        This is not Windows.
    """
    roaming, home = os.environ.get("APPDATA"), os.environ.get("USERPROFILE")
    if sys.platform != "win32" or not roaming or not home:
        raise InputError(
            "the add-in of Excel is installed on Windows; elsewhere there is xlmodel addin install --libreoffice"
        )
    return Profile(Path(roaming), Path(home), windowless(Path(sys.executable)))


def windowless(python: Path) -> Path:
    """Return the interpreter that opens no console, where it lies beside the other."""
    quiet = python.with_name("pythonw.exe")
    return quiet if quiet.exists() else python
