"""A business set up, changed and closed by whoever runs the installation. Each deed is in the first business's audit: theirs is the
installation, and the register lies beside it."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import SQLAlchemyError

from app.audit import audit_service
from app.catalogue import service_service
from app.clients.mail.routes import route_of
from app.core import migrations
from app.core.catalogues import ENGLISH
from app.core.session import CONTROL
from app.core.unit_of_work import unit_of_work
from app.core.words import say
from app.extensions import db
from app.identity import account_service, staff_service
from app.identity.errors import NotInvited
from app.identity.permissions import Role
from app.identity.principal import Principal
from app.notifications.letter_service import Post
from app.places import store_service
from app.platform.errors import OwnDoor
from app.tenancy import lifecycle_service, tenant_service
from app.tenancy.errors import BadSetting, SlugTaken
from app.tenancy.home_service import Kind
from app.tenancy.tenant_service import MAIN, Business

DEFAULTS = ("currency", "timezone", "language")
DELETED = "tenant.deleted"
log = logging.getLogger("fabclean.platform")


@dataclass(frozen=True, slots=True)
class Installation:
    """What the settings say about every business on it."""

    config: Mapping[str, Any]

    @property
    def address(self) -> SplitResult | None:
        return urlsplit(str(self.config["PUBLIC_URL"])) if self.config["PUBLIC_URL"] else None

    @property
    def below(self) -> str | None:
        """The host whose subdomains are given away."""
        return self.address.hostname if self.address else None

    @property
    def taken_hosts(self) -> tuple[str, ...]:
        return (self.below,) if self.below else ()

    def public_url(self, hosts: Sequence[str]) -> str | None:
        """The first host, reached as the installation is: behind the same proxy, on the same port."""
        if not hosts:
            return None
        port = f":{self.address.port}" if self.address and self.address.port else ""
        return f"{self.address.scheme if self.address else 'https'}://{hosts[0].lower()}{port}"

    def post_of(self, business: Business) -> Post:
        base = str(business.public_url or self.config["PUBLIC_URL"] or "http://127.0.0.1:5005")
        return Post(base.rstrip("/"), business.name, route_of(self.config, business.name, base), business.language or ENGLISH)


def provision(
    slug: str,
    settings: Mapping[str, str | None],
    *,
    email: str,
    hosts: Sequence[str],
    kind: Kind | None = None,
    installation: Installation,
    by: Principal,
) -> tuple[Business, str | None]:
    """Returns the link of the administrator's invitation as well, unless they have accepted one. After a crash the same again completes
    it; nobody is served by it before it is complete. It takes seconds, and is never one unit of work."""
    _check_email(email)
    below = installation.below
    hosts = hosts or ((f"{slug}.{below}",) if below else ())
    chosen = {name: settings.get(name) or installation.config[name.upper()] for name in DEFAULTS}
    registered = {"name": settings["name"], "plan": settings["plan"], "public_url": installation.public_url(hosts), **chosen}
    with migrations.one_at_a_time(db.engines[CONTROL]):
        lifecycle_service.ensure_may_have(str(settings["plan"]), hosts, below=below)
        place: dict[str, Any] = {"kind": kind, "folder": Path(installation.config["INSTANCE"]), "taken_hosts": installation.taken_hosts}
        unfinished = lifecycle_service.reserve(slug, registered, hosts=hosts, **place)
        if unfinished:
            lifecycle_service.make_home(slug)
        with tenant_service.enter(tenant_service.find_closed(slug)) as business:
            if unfinished:
                fill(business, by=_stranger(by))
            link = _invite(business, email, first=unfinished, installation=installation, by=_stranger(by))
        if unfinished:
            with _on_record("tenant.provisioned", slug, by=by, after={"name": business.name, "plan": business.plan, "admin": email}):
                lifecycle_service.open_up(slug)
    return business, link


def fill(business: Business, *, by: Principal) -> int:
    """What a business needs on its first day, where it is not there yet. Says how many services that were."""
    store_service.seed_first_store(business.name)
    return service_service.seed(by=by)


def suspend(slug: str, *, by: Principal) -> None:
    if slug == MAIN and by.account_id is not None:
        raise OwnDoor
    with _on_record("tenant.suspended", slug, by=by):
        lifecycle_service.suspend(slug)


def resume(slug: str, *, by: Principal) -> None:
    with _on_record("tenant.resumed", slug, by=by):
        lifecycle_service.resume(slug)


def change(slug: str, settings: Mapping[str, str | None], *, hosts: Sequence[str] = (), installation: Installation, by: Principal) -> None:
    """Only what is named; ``hosts`` come to those it has, and links begin with the first of them from then on."""
    changes = dict(settings)
    if hosts:
        changes["public_url"] = installation.public_url(hosts)
    plan = changes.get("plan") or tenant_service.find_closed(slug).plan
    lifecycle_service.ensure_may_have(plan, hosts, below=installation.below)
    known = tenant_service.find_closed(slug)
    before = {name: getattr(known, name) for name in changes}
    with _on_record("tenant.changed", slug, by=by, before=before, after={**changes, **({"hosts": list(hosts)} if hosts else {})}):
        lifecycle_service.change(slug, changes, hosts=hosts, taken_hosts=installation.taken_hosts)


def drop_host(slug: str, host: str, *, installation: Installation, by: Principal) -> None:
    """Links that began with it begin with another one from then on, or with the installation's address."""
    with _on_record("tenant.host_dropped", slug, by=by, before={"host": host}):
        left = lifecycle_service.drop_host(slug, host)
        if urlsplit(tenant_service.find_closed(slug).public_url or "").hostname == host:
            lifecycle_service.change(slug, {"public_url": installation.public_url(left)})


def announce_leaving(slug: str, *, by: Principal) -> str:
    with _on_record("tenant.deletion_announced", slug, by=by):
        return lifecycle_service.announce_leaving(slug)


def strike_off(slug: str, *, by: Principal) -> None:
    with _on_record(DELETED, slug, by=by):
        lifecycle_service.strike_off(slug)


@contextmanager
def _on_record(
    action: str, slug: str, *, by: Principal, before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None
) -> Iterator[None]:
    """The deed and its entry are one transaction: the first business's tables lie beside the register."""
    with tenant_service.enter(tenant_service.find_closed(MAIN)):
        with unit_of_work():
            yield
            audit_service.record(action, f"tenant:{slug}", by=by, before=before, after=after)
        tenant_service.forget_remembered()
    if slug != MAIN and action != DELETED:
        _tell(action, slug, by=by, before=before, after=after)


def _tell(action: str, slug: str, *, by: Principal, **states: Mapping[str, Any] | None) -> None:
    """Whose business it is reads it in their own audit. That may lie in another database, so it is written after the deed; one that
    cannot be written to can be suspended all the same."""
    try:
        with tenant_service.enter(tenant_service.find_closed(slug)):
            audit_service.record(action, f"tenant:{slug}", by=_stranger(by), **states)
    except (SQLAlchemyError, OSError):
        log.exception("a business could not be told what was done to it", extra={"tenant": slug, "done": action})


def _stranger(by: Principal) -> Principal:
    """How the operator is called in another business's audit, where the number of their account is somebody else's."""
    label = by.label if by.account_id is None else f"operator ({by.label})"
    return Principal(Role.ADMIN, label, by.channel, address=by.address)


def _check_email(email: str) -> None:
    try:
        validate_email(email, check_deliverability=False)
    except EmailNotValidError as failure:
        raise BadSetting(say("The administrator's e-mail is not one: %(why)s", why=str(failure))) from failure


def _invite(business: Business, email: str, *, first: bool, installation: Installation, by: Principal) -> str | None:
    """Once more to whoever has not accepted yet: of a link that was not read, nobody has a copy."""
    post = installation.post_of(business)
    known = account_service.find_login("staff", email)
    if known is None and not first:  # another business's operator, who thinks that this short name is free
        raise SlugTaken
    if known is None:
        return staff_service.hire({"email": email, "name": "Administrator", "role": Role.ADMIN}, post=post, by=by)[1]
    try:
        return staff_service.invite(known.id, post=post, by=by)[1]
    except NotInvited:
        return None
