"""Enough of Windows and pywin32 that xlwings' own Windows code runs on any machine.

`install` turns the running process into a Windows one as far as xlwings can see, so it belongs into a process of its
own (`tests.host.com_process`). What xlwings imports is here; what would really need Windows is absent and raises.
"""

import ctypes
import datetime as dt
import importlib
import sys
from types import ModuleType
from typing import Any


class IID(str):
    """An interface id."""


class ComError(Exception):
    """pywintypes.com_error."""


class Library:
    """A DLL: every function is there, none does anything."""

    def __getattr__(self, name: str) -> Any:
        def function(*arguments: Any) -> int:
            return 0

        setattr(self, name, function)
        return function


class Libraries:
    """ctypes.windll and its like."""

    def __getattr__(self, name: str) -> Library:
        library = Library()
        setattr(self, name, library)
        return library


def dispatch(thing: Any = None, *arguments: Any, **named: Any) -> Any:
    """win32com.client.Dispatch of something that is dispatched already."""
    return thing


def install() -> None:
    """Replace what is Windows' own; what must not see it is imported before."""
    for name in ("asyncio", "concurrent.futures", "numpy", "pandas"):
        importlib.import_module(name)
    ctypes.windll, ctypes.oledll, ctypes.WinDLL = Libraries(), Libraries(), Library  # type: ignore[attr-defined]
    ctypes.WINFUNCTYPE = ctypes.CFUNCTYPE  # type: ignore[attr-defined]
    ctypes.PyDLL = lambda *arguments, **named: Library()  # type: ignore[assignment,misc]
    _modules()
    sys.platform = "win32"


def _modules() -> None:
    thing = type("PyIDispatch", (), {})
    unknown = IID("dispatch")
    classes = {name: type(name, (), {}) for name in ("CDispatch", "DispatchBaseClass", "CoClassBaseClass")}
    _module("pywintypes", IID=IID, com_error=ComError, error=ComError, TimeType=dt.datetime)
    _module(
        "pythoncom",
        __file__="pythoncom.dll",
        CoInitialize=lambda: None,
        IID_IDispatch=unknown,
        IID_IEnumVARIANT=IID("enumeration"),
        TypeIIDs={unknown: thing},
        com_error=ComError,
    )
    for name in ("win32api", "win32event", "win32gui", "win32process", "win32con", "win32com"):
        _module(name)
    _module("win32timezone", TimeZoneInfo=type("TimeZoneInfo", (dt.tzinfo,), {}))
    _module("win32com.client", Dispatch=dispatch, DispatchEx=dispatch, VARIANT=object, **classes)
    _module("win32com.client.gencache", EnsureModule=lambda *arguments, **named: None)
    _module("win32com.client.dynamic", CDispatch=classes["CDispatch"])
    _module("win32com.server")
    _module("win32com.server.dispatcher")
    _module("win32com.server.policy", DefaultPolicy=object)
    _module("win32com.server.exception", COMException=ComError)
    _module("win32com.server.util", wrap=lambda thing, iid=None: thing, unwrap=lambda thing: thing)


def _module(name: str, **members: Any) -> None:
    module = ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
