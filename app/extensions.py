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
# Every limit names its own key (portals.http.limits); this one would be wrong behind a proxy, so it is never used.
# It is asked by name, so it need not look at every request by itself.
limiter = Limiter(key_func=lambda: "", strategy="moving-window", auto_check=False)

if TYPE_CHECKING:
    from app.core.session import Model
else:
    Model = db.Model  # the same class with Flask-SQLAlchemy's bind keys; type checkers cannot see through it

__all__ = ["Model", "bootstrap", "cors", "db", "jwt", "limiter", "migrate"]
