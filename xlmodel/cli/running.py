"""How a command ends: 0 with an answer, 1 with the reason why there is none, 2 after bad usage."""

import contextlib
import os
import sys
from typing import Any, Final

import typer
from typer.core import TyperGroup

from xlmodel.errors import ModelError

# What shows itself as bad usage; typer has carried click under two names.
_USAGE: Final[type[Exception]] = next(
    c for c in typer.BadParameter.__mro__ if issubclass(c, Exception) and c.__name__ == "ClickException"
)


class Commands(TyperGroup):
    """The commands of xlmodel, whose errors are sentences."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; what it raises becomes a line on the error stream and an exit code."""
        try:
            return super().invoke(ctx)
        except (_USAGE, typer.Exit, typer.Abort):
            raise
        except BrokenPipeError:
            _stop_writing()
            raise typer.Exit(1) from None
        except ModelError as error:
            refuse(str(error))
        except OSError as error:
            refuse(f"{error.filename or 'the system'}: {error.strerror or error}")
        except Exception as error:  # noqa: BLE001  a defect of ours, said in a line that a report of it needs
            refuse(f"xlmodel failed ({type(error).__name__}: {error}); please report it.")


def refuse(sentence: str, code: int = 1) -> None:
    """Say why there is no answer, and end with code 1, or 2 where what was given cannot be used."""
    typer.echo(sentence, err=True)
    raise typer.Exit(code) from None


def _stop_writing() -> None:
    """Whoever read the output is gone; Python's own last flush must not complain about it."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
