from app.core.errors import Conflict, NotFound


class UnknownJob(NotFound):
    code = "unknown_job"
    sentence = "There is no such job."


class RunNotFound(NotFound):
    code = "run_not_found"
    sentence = "There is no such run."


class AlreadyToCome(Conflict):
    code = "already_to_come"
    sentence = "This job is running or about to run already."


class NothingToRetry(Conflict):
    code = "nothing_to_retry"
    sentence = "Only a run that was put aside, or one that waits for its next try, can be tried again."
