from datetime import date

from marshmallow import fields, validate

from app.analytics.metric_rules import Grain
from app.core.shapes import Day, Shape


class DashboardFilter(Shape):
    """One day, week (from Monday) or month: that in which ``start`` is, or the current one."""

    grain = fields.String(validate=validate.OneOf([str(grain) for grain in Grain]), load_default=Grain.WEEK)
    start = Day(validate=validate.Range(date(2000, 1, 1), date(2100, 1, 1), error="Must be a day of this century."), load_default=None)
    store = fields.Integer(validate=validate.Range(1, 2**53), load_default=None)
