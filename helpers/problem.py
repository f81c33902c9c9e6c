"""What ends a command with one sentence."""

import click


class Problem(click.ClickException):
    """Wrong use, or what cannot begin: the sentence, and status 2."""

    exit_code = 2
