"""Options every test shares, and a machine without a network."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

# The same examples in every run, so that continuous integration fails by what changed and by nothing else; the hunt for
# new ones is `pytest --hypothesis-profile hunt`.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("hunt", deadline=None, print_blob=True)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cases", metavar="PATH", help="judge the engine by this file instead of the committed goldens")


class NetworkUsedError(AssertionError):
    """A test, or what it tests, tried to leave the machine."""


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection but a local one: a test needs at most an engine beside it."""
    with pytest.MonkeyPatch.context() as patch:
        for method in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, method, _guarded(getattr(socket.socket, method)))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
        yield


def _guarded(original: Any) -> Any:
    def guarded(self: socket.socket, *arguments: Any) -> Any:
        address = arguments[-1]
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _local(address[0]):
            raise NetworkUsedError(f"a connection to {address}")
        return original(self, *arguments)

    return guarded


def _guarded_lookup(original: Any) -> Any:
    def guarded(host: Any, *arguments: Any, **named: Any) -> Any:
        if host and not _local(host):
            raise NetworkUsedError(f"a look-up of {host}")
        return original(host, *arguments, **named)

    return guarded


def _local(host: Any) -> bool:
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return text == "localhost" or ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False
