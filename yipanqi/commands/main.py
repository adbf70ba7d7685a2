"""`yipanqi`: one entry, subcommands imported only when called, errors in plain words.

Exit codes: 0 all is well, 1 it is not, 2 the command was called wrongly; 130 and 143 after a signal.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from importlib import import_module
from types import FrameType

import click

#: Subcommand: its module in yipanqi.commands (which exposes `command`), and its line in `--help`.
COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("serve", "Run the product: web pages and the worker."),
    "worker": ("worker", "Run the worker of the job queue alone."),
    "migrate": ("migrate", "Bring the database to this version and set what each role may do."),
    "demo": ("demo", "Build the demonstration city where none stands, and write a checkpoint."),
    "step": ("step", "Take a step of a matter from the command line."),
    "import-submissions": ("import_submissions", "Import submissions from a CSV or XLSX file."),
    "import-report": ("import_report", "Read a conference report, or its minutes."),
    "verify": ("verify", "Prove that no history was changed since the signed checkpoints."),
    "verify-receipt": ("verify_receipt", "Prove that what a receipt file holds was not altered."),
    "procedures": ("procedures", "Check the procedures, or write their diagrams."),
    "calendar": ("calendar", "See and publish working days and holidays."),
    "rehearse": ("rehearse", "See what a changed limit or list would have meant."),
    "keys": ("keys", "See, rotate and retire the keys."),
    "accounts": ("accounts", "Set an account up where no security administrator can."),
    "audit": ("audit", "Give the access log out to a log server."),
    "erase": ("erase", "Erase what the law says must go; the history stays provable."),
    "seals": ("seals", "Hand documents to the seal platform, and take what is sealed."),
    "roles": ("roles", "Print the SQL that makes the database roles on another server."),
    "text": ("text", "Mend a text, or find the most alike in a file."),
    "messages": ("messages", "Compile and check the translations."),
}


class LazyGroup(click.Group):
    """A group that knows its subcommands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"yipanqi.commands.{COMMANDS[cmd_name][0]}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"yipanqi.commands.{COMMANDS[cmd_name][0]}.command is no click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, envvar="YIPANQI_DEBUG", help="Show tracebacks of errors.")
@click.pass_context
def cli(ctx: click.Context, debug: bool) -> None:
    """Yipanqi (一盘棋): a city's social work on one board.

    Data and keys lie in the folder that YIPANQI_HOME names. Without DATABASE_URL the embedded PostgreSQL is
    used: started by the first command that needs it, stopped by the last.
    """
    ctx.ensure_object(dict)["debug"] = debug


def main(arguments: list[str] | None = None) -> None:
    """Entry of the script: runs the command and exits with its code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in arguments or bool(os.environ.get("YIPANQI_DEBUG"))
    # A terminated command leaves like an interrupted one: by its `finally` clauses, which stop the server.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    sys.exit(_run(arguments, debug))


def _run(arguments: list[str], debug: bool) -> int:
    try:
        result = cli.main(arguments, prog_name="yipanqi", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return 130
    except BrokenPipeError:
        # The reader of our output has left (`yipanqi … | head`); the interpreter must not write to it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if debug:
            traceback.print_exc()
        click.echo(_in_words(error), err=True)
        return 1
    return result if isinstance(result, int) else 0


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _in_words(error: Exception) -> str:
    """One or a few lines: what is meant for people as it is, anything else with its kind and the way on."""
    from yipanqi.runtime.errors import PlainError

    if isinstance(error, PlainError) or _refused(error):
        return f"Error: {error}"
    if type(error).__name__ == "OperationalError":
        return f"Error: the database cannot be reached or refuses: {str(error).strip()}"
    if type(error).__name__ == "ImproperlyConfigured":
        return f"Error in the settings: {error}"
    return f"Error ({type(error).__name__}): {error}\nRun `yipanqi --debug …` to see where it happened."


def _refused(error: Exception) -> bool:
    """Whether the product itself refused; asked without importing it where it was never imported."""
    errors = sys.modules.get("yipanqi.core.errors")
    return errors is not None and isinstance(error, errors.Refused)


if __name__ == "__main__":
    main()
