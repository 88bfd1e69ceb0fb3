"""Tables that tests send and read back."""

import csv
import io
from typing import Any

import openpyxl
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table(*rows: tuple[Any, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def bring(client: FlaskClient, kind: str, content: bytes, **options: Any) -> TestResponse:
    return client.post(f"/admin/api/imports/{kind}", data=content, content_type=CSV, **options)


def fetch(client: FlaskClient, kind: str, form: str = "csv", **query: Any) -> list[dict[str, Any]]:
    """What an export holds, by the names of its columns."""
    response = client.get(f"/admin/api/exports/{kind}.{form}", query_string=query)
    assert response.status_code == 200, response.text
    if form == "csv":
        return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))
    names, *rows = openpyxl.load_workbook(io.BytesIO(response.data)).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(map(str, names), row, strict=True)) for row in rows]
