"""The command that serves the mock: `clarifai-mock`, and `python -m helpers serve` in a clone."""

from __future__ import annotations

import errno
import gc
import pkgutil
import sys
import time
from pathlib import Path
from typing import Any

import click

from helpers.mock import Mock
from helpers.problem import Problem
from helpers.proxies import is_this_machine


class Folder(click.Path):
    """A folder, there or not yet. An empty name would be this one, which nobody means by it."""

    def convert(self, value: Any, *place: Any) -> Any:
        if value == "":
            self.fail("the name of the folder is empty; this one is '.'.", *place)
        return super().convert(value, *place)


class InOneSentence(click.Command):
    """A command that says in one sentence which file cannot be read or written.

    `{command}` in its help is what it was called by, a program or `python -m helpers`.
    """

    def get_help(self, context: click.Context) -> str:
        return super().get_help(context).replace("{command}", context.command_path)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except OSError as error:
            if error.errno == errno.EPIPE or not error.filename:
                raise
            raise Problem(
                f"{error.strerror}: {error.filename}. Make room or allow writing there, or name"
                " another folder where the command has an option for it; then run it again."
            ) from None


class Commands(InOneSentence, click.Group):
    """Commands that say so, all of them."""


def _mcp_server(option: str) -> tuple[str, Any]:
    """The model that an option --mcp names, and the server; its module may be in this folder."""
    model, _, place = option.partition("=")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        return model, pkgutil.resolve_name(place)
    except (ValueError, ImportError, AttributeError) as error:
        form = "Write MODEL=MODULE:SERVER, and begin where Python finds the module."
        raise click.BadParameter(f"{error}. {form}") from None


@click.command(
    cls=InOneSentence,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="0 picks a free one.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on; 0.0.0.0 is every one, for a container or another machine.",
)
@click.option(
    "--allow-origin",
    "origins",
    metavar="ORIGIN",
    multiple=True,
    help="Let pages of this origin use the mock from a browser; can be repeated. Pages of this"
    " machine may without it.",
)
@click.option(
    "--record",
    metavar="DIR",
    type=Folder(path_type=Path, file_okay=False),
    help="Forward to --upstream, and store each exchange in DIR, without keys and host names.",
)
@click.option(
    "--upstream",
    metavar="URL",
    help="The base URL to forward to, with --record; without, of a real model for the chats.",
)
@click.option(
    "--replay",
    metavar="DIR",
    type=Folder(path_type=Path, file_okay=False),
    help="Serve what --record stored in DIR.",
)
@click.option("--paced", is_flag=True, help="With --replay: as slowly as it was recorded.")
@click.option(
    "--first-token",
    metavar="SECONDS",
    type=click.FloatRange(0, 60),
    help="How long a stream takes to begin  [default: 0]",
)
@click.option(
    "--tokens-per-second",
    metavar="N",
    type=click.FloatRange(0, min_open=True),
    help="How fast a stream is  [default: all at once]",
)
@click.option(
    "--mcp",
    "servers",
    metavar="MODEL=MODULE:SERVER",
    multiple=True,
    callback=lambda context, option, given: dict(map(_mcp_server, given)),
    help="Serve an MCP server of yours as that model, as in me/tools/models/notes=notes:mcp; can be"
    " repeated.",
)
def serve(
    port: int,
    host: str,
    origins: tuple[str, ...],
    record: Path | None,
    upstream: str | None,
    replay: Path | None,
    paced: bool,
    first_token: float | None,
    tokens_per_second: float | None,
    servers: dict[str, Any],
) -> None:
    """Serve the mock endpoint on this machine, for other programs, until Ctrl-C.

    With --record, a real endpoint instead, which sees the requests with the keys that they bring;
    with --replay, what was recorded.

    \b
    Example, with the exports that it prints pasted into another terminal:
      {command} --port 8000
      curl "$CLARIFAI_BASE_URL/chat/completions" \\
        -H "Authorization: Bearer $CLARIFAI_PAT" -H "Content-Type: application/json" \\
        -d '{"model": "openai/chat-completion/models/gpt-oss-120b",
             "messages": [{"role": "user", "content": "Who are you?"}]}'
    """
    from helpers.mock import MOCK_PAT

    if (record and not upstream) or (replay and (record or upstream)) or (paced and not replay):
        raise click.UsageError("Use --record DIR with --upstream URL, or --replay DIR [--paced].")
    if not host.strip():
        # The system would take it for every address that this machine has.
        raise click.UsageError("--host has no address; 127.0.0.1 is this machine alone.")
    of_the_mock = (host != "127.0.0.1", origins, servers, first_token, tokens_per_second)
    if (record or replay) and any(of_the_mock):
        raise click.UsageError(
            "--host, --allow-origin, --mcp, --first-token and --tokens-per-second are for the mock"
            " itself: what was or is recorded stays on this machine, at its own pace (--paced)."
        )
    mock: Mock
    try:
        if record and upstream:
            from helpers.mock.record.record import record as start_recorder

            what, mock = f"A recorder of {upstream}", start_recorder(record, upstream, port)
        elif replay:
            from helpers.mock.record.replay import replay as start_replay

            what, mock = f"The replay of {replay}", start_replay(replay, port, paced=paced)
        else:
            from helpers.mock import start

            what = "The mock endpoint"
            mock = start(
                port,
                host,
                origins=origins,
                first_token=first_token or 0,
                tokens_per_second=tokens_per_second,
                mcp_servers=servers,
                upstream=upstream,
            )
    except ValueError as error:
        raise Problem(str(error)) from None
    except OSError as error:
        why = str(error.strerror or error).partition(" (while")[0]
        raise Problem(
            f"Cannot serve on port {port} of {host} ({why}). Choose another"
            " with --port, or --port 0 for any free one; --host is an address of this machine."
        ) from None
    # What start-up made lives as long as the server: the collector need not look at it again.
    gc.collect()
    gc.freeze()
    with mock:
        click.echo(f"{what} is at {mock.base_url}; Ctrl-C ends it.")
        if not is_this_machine(host):
            click.echo(
                f"Anybody who reaches {host} can use it, with any key. It has no data but what they"
                " send; end it when you are done."
            )
        click.echo("For a program in another terminal:")
        click.echo(f"  export CLARIFAI_BASE_URL={mock.base_url}")
        if not record:
            click.echo(f"  export CLARIFAI_PAT={MOCK_PAT}")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            click.echo("\nEnded.")
