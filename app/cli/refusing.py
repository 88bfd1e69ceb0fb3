"""What a command says when something is refused: a sentence, and no traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from app.backups.errors import BackupError
from app.clients.shelves.shelf import ShelfAway
from app.core.errors import DomainError


@contextmanager
def refusals() -> Iterator[None]:
    try:
        yield
    except DomainError as error:
        raise click.ClickException(error.sentence) from error
    except (BackupError, ShelfAway) as error:
        raise click.ClickException(str(error)) from error
