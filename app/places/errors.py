from app.core.errors import NotFound, Unavailable


class NoStore(Unavailable):
    code = "no_store"
    sentence = "This business has no store yet. Run `flask init-db` once, then try again."


class UnknownStore(NotFound):
    code = "unknown_store"
    sentence = "There is no such store."
