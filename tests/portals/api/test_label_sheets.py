"""Many labels in one document, for staff."""

import pypdfium2
import pytest

from app.core import ids
from tests.support.orders import place


def pages(response) -> int:
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/pdf"
    return len(pypdfium2.PdfDocument(response.data))


def test_prints_labels_in_one_document(employee):
    codes = [place(employee, customerName=name)["id"] for name in ("Asha", "आशा वर्मा", "王小明")]
    assert pages(employee.post("/api/labels", json={"orderIds": codes})) == 3
    assert pages(employee.post("/api/labels", json={"orderIds": codes, "stock": "a4-24"})) == 1


@pytest.mark.parametrize(("codes", "status"), [([], 400), (["nonsense"], 400), ([ids.new_code()], 404), (["x"] * 1001, 400), ("all", 400)])
def test_all_or_none(employee, codes, status):
    good = [place(employee)["id"]]
    assert (
        employee.post("/api/labels", json={"orderIds": good + codes if codes and isinstance(codes, list) else codes}).status_code == status
    )


def test_is_for_staff(client, alice, worker, employee):
    body = {"orderIds": [place(employee)["id"]]}
    for somebody, status in ((client, 401), (alice, 403), (worker, 403)):
        assert somebody.post("/api/labels", json=body).status_code == status
