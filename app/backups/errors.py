"""What an operator is told, in English like everything on the command line."""


class BackupError(Exception):
    """One sentence that says what is wrong and, where it can be mended, how."""


class BadArchive(BackupError):
    """An archive that is damaged, cut, foreign or too new. Nothing was changed because of it."""
