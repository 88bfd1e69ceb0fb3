from marshmallow import fields, validate

from app.core.shapes import Line, PageQuery, Shape, Text
from app.support.report_states import Priority, ReportStatus, Severity

# Where it was met: a path of ours, never an address elsewhere.
PATH = validate.Regexp(r"^/(?![/\\])[^\s\\]*$", error="Must be the path of a page, such as /admin/orders/.")


class Met(Shape):
    page = fields.String(validate=[validate.Length(1, 300), PATH])
    requestId = Line(longest=64)


class ReportSent(Met):
    text = Text(longest=4000, required=True)
    severity = fields.String(validate=validate.OneOf(list(Severity)), load_default=Severity.HINDERS)


class ReportUpdate(Shape):
    status = fields.String(validate=validate.OneOf(list(ReportStatus)))
    priority = fields.String(validate=validate.OneOf(list(Priority)))


class ReportFilter(PageQuery):
    status = fields.String(validate=validate.OneOf(list(ReportStatus)), load_default=None)
    priority = fields.String(validate=validate.OneOf(list(Priority)), load_default=None)
