from app.core.errors import Conflict, NotFound, Unavailable


class NoStore(Unavailable):
    code = "no_store"
    sentence = "This business has no store yet. Run `flask init-db` once, then try again."


class UnknownStore(NotFound):
    code = "unknown_store"
    sentence = "There is no such store."


class StoreCodeTaken(Conflict):
    code = "store_code_taken"
    sentence = "There is a store with this code already."
