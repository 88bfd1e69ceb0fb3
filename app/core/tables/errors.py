from app.core.errors import Invalid


class UnreadableTable(Invalid):
    code = "unreadable_table"
    sentence = "This file cannot be read as a table. Save it as CSV (UTF-8) or XLSX and try again."


class WrongColumns(Invalid):
    code = "wrong_columns"


class TooManyRows(Invalid):
    code = "too_many_rows"


class RowsRefused(Invalid):
    """``state`` is the whole report: which rows, and why."""

    code = "rows_refused"
