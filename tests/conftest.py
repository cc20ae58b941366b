"""Options every test shares."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cases", metavar="PATH", help="judge the engine by this file instead of the committed goldens")
