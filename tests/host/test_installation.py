"""Installing for a user of Windows, in a profile made for the test: nothing is lost, nothing is left."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner
from xlwings import __version__ as xlwings

from xlmodel.cli import app
from xlmodel.errors import InputError
from xlmodel.host import doctor, installation, profile
from xlmodel.host.installation import install, uninstall
from xlmodel.host.profile import Profile
from xlmodel.host.xlam import content_of


@pytest.fixture
def user(tmp_path: Path) -> Profile:
    scripts = tmp_path / "python" / "Scripts"
    scripts.mkdir(parents=True)
    (scripts / "python.exe").touch()
    (tmp_path / "python" / f"xlwings64-{xlwings}.dll").touch()
    return Profile(tmp_path / "roaming", tmp_path / "home", scripts / "python.exe")


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def sentences(user: Profile, registry: dict[tuple[str, str], Any] | None = None) -> dict[bool, list[str]]:
    known = registry or {}
    found = doctor.findings(user, lambda key, name: known.get((key, name)))
    return {well: [finding.sentence for finding in found if finding.well is well] for well in (True, False)}


def test_install_and_uninstall_leave_nothing(user: Profile) -> None:
    before = tree(user.home.parent)
    said = install(user)
    assert user.add_in.read_bytes() == content_of()
    assert user.settings.read_text(encoding="utf-8") == f'"INTERPRETER_WIN","{user.python}"\n'
    assert len(said) == 2
    assert "up to date" in install(user)[0]
    assert [path.name for path in user.startup.iterdir()] == ["xlmodel.xlam"]  # Excel opens all that lies there
    uninstall(user)
    assert tree(user.home.parent) == before
    with pytest.raises(InputError, match="nothing is installed"):
        uninstall(user)


def test_what_somebody_else_put_there_comes_back(user: Profile) -> None:
    user.startup.mkdir(parents=True)
    user.own.mkdir(parents=True)
    user.add_in.write_bytes(b"theirs")
    user.settings.write_text('"OTHER","kept"\n"interpreter_win","C:\\old\\python.exe"\n', encoding="utf-8")
    before = tree(user.home.parent)
    install(user)
    text = user.settings.read_text(encoding="utf-8")
    assert '"OTHER","kept"' in text
    assert "old" not in text
    install(user)
    uninstall(user)
    assert tree(user.home.parent) == before


def test_a_newer_xlwings_or_catalogue_is_built_anew(user: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    install(user)
    monkeypatch.setattr(installation, "content_of", lambda: b"newer")
    assert "Excel loads it" in install(user)[0]
    assert user.add_in.read_bytes() == b"newer"
    assert not list(user.own.glob("*.before"))


def test_it_refuses_while_excel_holds_the_file(user: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    install(user)
    note = user.startup / "~$xlmodel.xlam"
    note.touch()
    before = tree(user.home.parent)
    with pytest.raises(InputError, match=r"Excel holds xlmodel\.xlam: close Excel"):
        uninstall(user)
    monkeypatch.setattr(installation, "content_of", lambda: b"newer")
    with pytest.raises(InputError, match="close Excel"):
        install(user)
    assert tree(user.home.parent) == before
    note.unlink()
    real = Path.open

    def locked(self: Path, *arguments: Any, **named: Any) -> Any:
        if self == user.add_in:
            raise PermissionError(13, "in use", str(self))
        return real(self, *arguments, **named)

    monkeypatch.setattr(Path, "open", locked)
    with pytest.raises(InputError, match="close Excel"):
        install(user)


def test_a_relative_interpreter_is_refused(user: Profile) -> None:
    with pytest.raises(InputError, match="must be a full path, got python"):
        install(Profile(user.roaming, user.home, Path("python.exe")))
    assert not user.startup.exists()


def test_the_doctor_finds_a_good_installation_well(user: Profile) -> None:
    install(user)
    assert sentences(user)[False] == []
    assert f"Excel starts {user.python}." in sentences(user)[True]


def remove_library(user: Profile) -> None:
    (user.python.parent.parent / f"xlwings64-{xlwings}.dll").unlink()


def name_another(user: Profile) -> None:
    user.settings.write_text('"INTERPRETER_WIN","C:\\other\\python.exe"\n', encoding="utf-8")


def older_stamp(user: Profile) -> None:
    user.record.write_text(user.record.read_text().replace(xlwings, "0.30.0"), encoding="utf-8")


BROKEN: dict[str, tuple[Callable[[Profile], Any], str]] = {
    "no library": (remove_library, "is missing beside"),
    "no settings": (lambda user: user.settings.unlink(), "is missing: run xlmodel addin install"),
    "empty settings": (lambda user: user.settings.write_text(""), "names no interpreter"),
    "another Python": (name_another, "Excel starts C:\\other\\python.exe, and not the Python of this xlmodel"),
    "no Python": (lambda user: user.python.unlink(), "does not exist any more"),
    "no add-in": (lambda user: user.add_in.unlink(), "The add-in is not in"),
    "old add-in": (lambda user: user.add_in.write_bytes(b"old"), "The add-in is of another version"),
    "old xlwings": (older_stamp, "The add-in was made for xlwings 0.30.0"),
    "two add-ins": (lambda user: (user.startup / "xlmodel (1).xlam").touch(), "would be loaded too"),
    "a download": (
        lambda user: Path(f"{user.add_in}:Zone.Identifier").write_text("[ZoneTransfer]\nZoneId=3\n"),
        "Windows blocks xlmodel.xlam as a download",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_the_doctor_says_what_to_do(case: str, user: Profile) -> None:
    breaks, sentence = BROKEN[case]
    install(user)
    breaks(user)
    said = sentences(user)[False]
    assert len(said) == 1
    assert sentence in said[0]
    assert said[0].endswith(".")


@pytest.mark.parametrize(
    ("key", "name", "value", "well", "sentence"),
    [
        (r"Software\Policies\Microsoft\Office\16.0\Excel\Security", "VBAWarnings", 3, False, "signed macros only"),
        (r"Software\Policies\Microsoft\Office\16.0\Excel\Security", "VBAWarnings", 4, False, "no macros at all"),
        (r"Software\Microsoft\Office\16.0\Excel\Security", "VBAWarnings", 2, True, "XLSTART is one"),
        (
            r"Software\Policies\Microsoft\Office\16.0\Excel\Security\Trusted Locations",
            "AllLocationsDisabled",
            1,
            False,
            "trusts no folder",
        ),
        (r"Software\Policies\Microsoft\Windows\System", "DisableCMD", 2, True, "the add-in does not use it"),
        (r"Software\Microsoft\Office\ClickToRun\Configuration", "Platform", "x86", True, "Excel 32 bit"),
    ],
)
def test_the_doctor_knows_the_policies(
    user: Profile, key: str, name: str, value: Any, well: bool, sentence: str
) -> None:
    install(user)
    assert any(sentence in said for said in sentences(user, {(key, name): value})[well])


def test_elsewhere_than_on_windows_it_is_refused_in_a_sentence() -> None:
    for command in ("install", "uninstall", "doctor"):
        done = CliRunner().invoke(app, ["addin", command])
        assert done.exit_code == 1
        assert "installed on Windows" in done.output


def test_the_profile_of_windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python.exe"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "roaming"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    assert profile.here() == Profile(tmp_path / "roaming", tmp_path / "home", tmp_path / "python.exe")
    (tmp_path / "pythonw.exe").touch()
    assert profile.here().python == tmp_path / "pythonw.exe"
    done = CliRunner().invoke(app, ["addin", "install"])
    assert done.exit_code == 0, done.output
    assert "Excel loads it when it starts." in done.output
    assert CliRunner().invoke(app, ["addin", "doctor"]).exit_code == 1  # no library beside that interpreter
    assert CliRunner().invoke(app, ["addin", "uninstall"]).exit_code == 0
