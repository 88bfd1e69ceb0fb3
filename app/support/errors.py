from app.core.errors import Conflict, NotFound


class UnknownReport(NotFound):
    code = "unknown_report"
    sentence = "There is no such report."


class ManyReports(Conflict):
    code = "many_reports"
    sentence = "You have reported a lot today. Thank you; tell us the rest tomorrow, or in person."
