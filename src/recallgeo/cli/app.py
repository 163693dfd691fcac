"""Commands, exit codes, and errors without tracebacks.

Exit codes: 0 done; 2 wrong input; 3 a source failed; 1 a defect of recallgeo.
"""

import io
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from recallgeo import __version__
from recallgeo.cli.progress import show_progress
from recallgeo.errors import (
    LedgerError,
    RecallGeoError,
    RecallGeoWarning,
    SourceUnavailableError,
)

__all__ = ["app", "main"]

app = typer.Typer(
    name="recallgeo",
    help="Find recalled units, see who is around them, rank the sites to reach first.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bars.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for the files of the run.")]
RunFolder = Annotated[Path, typer.Option("--in", "-i", help="Folder of a finished run.")]
IncidentFile = Annotated[Path, typer.Argument(help="incident.toml")]


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    context.obj = debug
    if version:
        typer.echo(f"recallgeo {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


@app.command()
def run(incident: IncidentFile, *, out: Out, quiet: Quiet = False) -> None:
    """Work an incident through, from its registers to a ranked outreach plan."""
    from recallgeo.cli.screen import print_run
    from recallgeo.pipeline import run_incident

    with show_progress(quiet=quiet) as progress:
        done = run_incident(incident, out=out, progress=progress)
    print_run(done, out, console=_console())


@app.command()
def demo(
    *,
    out: Out = Path("demo-out"),
    seed: Annotated[int, typer.Option(min=0, help="Seed of the made-up units.")] = 1,
    quiet: Quiet = False,
) -> None:
    """Work a drill through: made-up units at real addresses, no network used."""
    from recallgeo.cli.screen import print_run
    from recallgeo.demo import write_demo_inputs
    from recallgeo.pipeline import run_incident

    with show_progress(quiet=quiet) as progress:
        incident = write_demo_inputs(out / "inputs", seed=seed)
        done = run_incident(incident, out=out, progress=progress)
    print_run(
        done,
        out,
        console=_console(),
        note=(
            "Made-up units of a made-up vendor, at real addresses of central Helsinki and in "
            f"cities of {done.assets['country'].nunique()} countries. No network was used."
        ),
    )


@app.command()
def check(incident: IncidentFile) -> None:
    """Check an incident file and all it names, and say what will never match."""
    from recallgeo.cli.check import check_incident

    for line in check_incident(incident):
        typer.echo(line)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Folder for the new files.")],
    *,
    register: Annotated[
        Path | None, typer.Option(help="A register whose headers go into columns.toml.")
    ] = None,
) -> None:
    """Write commented skeletons of the files that people write."""
    from recallgeo.cli.skeletons import write_skeletons

    for path in write_skeletons(folder, register=register):
        typer.echo(path)


@app.command()
def lookup(
    text: Annotated[str, typer.Argument(help="A serial, an address or a customer.")],
    *,
    folder: RunFolder = Path(),
) -> None:
    """Answer the hotline's question: is this unit affected, where is it, what is planned."""
    from recallgeo.cli.lookup import print_answer

    print_answer(folder, text, console=_console())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; the process's own where missing.

    Raises
    ------
    SystemExit
        Always: 0 done, 2 wrong input, 3 a source failed, 1 a defect.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    for stream in (sys.stdout, sys.stderr):
        # a terminal that cannot show a letter must not turn a finished run into a failure
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    # the switch may stand anywhere, as in `recallgeo run x.toml --debug`
    given = [word for word in given if word != "--debug"]
    try:
        with _own_warnings(debug=debug):
            app(args=given, prog_name="recallgeo")
    except RecallGeoError as error:
        if debug:
            raise
        typer.echo(f"error: {error}", err=True)
        sys.exit(_exit_code(error))
    except Exception as error:
        if debug:
            raise
        typer.echo(
            f"defect: {type(error).__name__}\n"
            "This should not happen. Run again with --debug to see where; what it then prints may "
            "hold cells of your data, so read it before you pass it on.",
            err=True,
        )
        sys.exit(1)


@contextmanager
def _own_warnings(*, debug: bool) -> Iterator[None]:
    """Show our own warnings as one line each, and those of other packages only in debugging."""

    def show(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        if debug or issubclass(category, RecallGeoWarning):
            typer.echo(f"note: {message}", err=True)

    with warnings.catch_warnings():
        warnings.simplefilter("always", RecallGeoWarning)
        warnings.showwarning = show
        yield


def _exit_code(error: RecallGeoError) -> int:
    if isinstance(error, LedgerError):
        return 1
    wrong_path = (FileNotFoundError, IsADirectoryError, NotADirectoryError)
    if isinstance(error, SourceUnavailableError) and isinstance(error.__cause__, OSError):
        return 2 if isinstance(error.__cause__, wrong_path) else 3
    return 2


def _console() -> Console:
    """Open standard output; wide where it is no terminal, so that tables do not wrap."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 160)
