"""The command line: `groundlevel …`. It uses operator operations and the public ones, nothing else."""

import os
import sys
from collections.abc import Sequence

from groundlevel.cli.trouble import Trouble


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says; ends the process with 0, with 1 for trouble, with 2 for a wrong command."""
    from cyclopts import CycloptsError

    from groundlevel.cli.commands import app

    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        sys.exit(app(words, exit_on_error=False, print_error=False, result_action="return_value") or 0)
    except CycloptsError as wrong:
        _say(f"{str(wrong).strip()} Run `groundlevel --help` to see what there is.", 2)
    except Trouble as trouble:
        _say(str(trouble), 1)
    except BrokenPipeError:  # whoever read our output has seen enough
        sys.stderr.close()
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if "GROUNDLEVEL_TRACEBACK" in os.environ:
            raise
        what = f"{type(error).__name__}: {error}".rstrip(". ")
        _say(f"{what}. `groundlevel doctor` looks the installation over; GROUNDLEVEL_TRACEBACK=1 tells more.", 1)


def _say(text: str, code: int) -> None:
    from rich.console import Console
    from rich.text import Text

    Console(stderr=True, soft_wrap=True).print(Text.assemble(("Error: ", "bold red"), text))
    sys.exit(code)
