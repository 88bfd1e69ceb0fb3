"""The extensions, made once and bound to an application in ``create_app``."""

from typing import TYPE_CHECKING

from flask_bootstrap import Bootstrap5
from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_migrate import Migrate

from app.core.session import Database

db = Database()
migrate = Migrate()
jwt = JWTManager()
cors = CORS()
bootstrap = Bootstrap5()


class Counters(Limiter):
    """Asked by name (portals.http.limits), so it need not look at every request by itself as well."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        pass


# Every limit names its own key; this one would be wrong behind a proxy, so it is never used.
limiter = Counters(key_func=lambda: "", strategy="moving-window")

if TYPE_CHECKING:
    from app.core.session import Model
else:
    Model = db.Model  # the same class with Flask-SQLAlchemy's bind keys; type checkers cannot see through it

__all__ = ["Model", "bootstrap", "cors", "db", "jwt", "limiter", "migrate"]
