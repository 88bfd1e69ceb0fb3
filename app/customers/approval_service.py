"""Who and what has to be looked at before it counts: new customers, and the addresses the van is to come to."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.audit import audit_service
from app.core import clock
from app.core.pagination import DEFAULT_LIMIT, Page, read_cursor
from app.core.unit_of_work import savepoint, unit_of_work
from app.customers import queries
from app.customers.approval_states import About, ApprovalState
from app.customers.errors import (
    AddressRejected,
    AddressUnknown,
    AddressWaits,
    AlreadyDecided,
    NotApproved,
    SignUpFirst,
    UnknownApproval,
    WaitsForApproval,
)
from app.customers.models import Approval, ApprovalDict, ApprovalInOfficeDict, ApprovalRule, Customer
from app.extensions import db
from app.identity.principal import Principal
from app.notifications import letter_service
from app.notifications.letter_service import Post

MOST_ADDRESSES = 20


class Rules(NamedTuple):
    customers: bool
    addresses: bool


def rules() -> Rules:
    row = db.session.execute(select(ApprovalRule.customers, ApprovalRule.addresses)).one_or_none()
    return Rules(*row) if row is not None else Rules(customers=False, addresses=False)


def change_rules(*, customers: bool, addresses: bool, by: Principal) -> Rules:
    """Whoever is on file already stays as they are. Switched off, nobody waits any more."""
    said = {"customers": customers, "addresses": addresses}
    with unit_of_work() as session:
        before = rules()._asdict()
        if session.affected(update(ApprovalRule).values(**said)) == 0:
            with suppress(IntegrityError), savepoint():  # of two first ones, the other's row is changed next time
                session.execute(insert(ApprovalRule).values(id=1, **said))
        audit_service.record("approval_rule.changed", "approval_rule:1", by=by, before=before, after=said)
    return rules()


def ask_for_customer(customer_id: int, *, by: Principal) -> None:
    """Of somebody new who came by themselves."""
    if not by.is_staff and rules().customers:
        _ask(customer_id, About.CUSTOMER, None, by=by)


def ask_again(customer_id: int, *, by: Principal) -> None:
    """Whoever was rejected. Whoever waits already goes on waiting; whoever need not wait is not made to."""
    if _state_of(customer_id, About.CUSTOMER, "") is not None:
        _ask(customer_id, About.CUSTOMER, None, by=by)


def ask_for_address(customer_id: int, address: str, *, by: Principal) -> Approval:
    with unit_of_work():
        if len(of_customer(customer_id)) > MOST_ADDRESSES:
            raise AlreadyDecided("These are many addresses. Get in touch with us about further ones.")
        return _ask(customer_id, About.ADDRESS, address, by=by)


def _ask(customer_id: int, about: About, address: str | None, *, by: Principal) -> Approval:
    """Once for each: asked for again it waits again if it was rejected, and else stays as it is."""
    norm = _norm(address)
    asked = {"state": ApprovalState.PENDING, "reason": None, "asked_at": clock.now(), "decided_at": None, "decided_by": None}
    with unit_of_work() as session:
        mine = _mine(customer_id, about, norm)
        made = session.affected(update(Approval).where(*mine, Approval.state == ApprovalState.REJECTED).values(**asked)) == 1
        if not made and _state_of(customer_id, about, norm) is None:
            with suppress(IntegrityError), savepoint():  # somebody's second tap
                session.execute(insert(Approval).values(customer_id=customer_id, about=about, address=address, address_norm=norm, **asked))
                made = True
        approval = session.scalars(select(Approval).where(*mine).execution_options(populate_existing=True)).one()
        if made:  # which address is not said: the audit outlives a wish to be forgotten
            audit_service.record("approval.asked_for", f"approval:{approval.id}", by=by, after={"about": about, "customer": customer_id})
    return approval


def decide(approval_id: int, state: ApprovalState, *, reason: str | None = None, post: Post, by: Principal) -> ApprovalInOfficeDict:
    """Of two who decide at once the first does. The customer hears of it by mail."""
    decided = {"state": state, "reason": reason, "decided_at": clock.now(), "decided_by": by.label}
    with unit_of_work() as session:
        one = Approval.id == approval_id
        if session.affected(update(Approval).where(one, Approval.state == ApprovalState.PENDING).values(**decided)) != 1:
            raise AlreadyDecided(state={"state": get(approval_id)["state"]})
        # The reason is written for the customer and about them, so it is not kept longer than they are.
        audit_service.record(f"approval.{state}", f"approval:{approval_id}", by=by, before={"state": ApprovalState.PENDING})
        made = get(approval_id)
        email = queries.get(made["customerId"]).email
        if email is not None:
            told = {"address": made["address"] or "", "reason": reason or ""}
            letter_service.send(f"{made['about']}-{state}", email, post=post, link=f"{post.base_url}/customer/", **told)
    return made


def ensure_may_order(by: Principal) -> None:
    """Staff take orders from whom they like."""
    if by.is_staff or not rules().customers:
        return
    if by.customer_id is None:
        raise SignUpFirst
    row = _state_of(by.customer_id, About.CUSTOMER, "")
    if row is not None and row[0] == ApprovalState.PENDING:
        raise WaitsForApproval(state={"state": row[0]})
    if row is not None and row[0] == ApprovalState.REJECTED:
        raise NotApproved(row[1] or "")


def ensure_address(address: str, *, by: Principal) -> None:
    if by.is_staff or by.customer_id is None or not rules().addresses:
        return
    row = _state_of(by.customer_id, About.ADDRESS, _norm(address))
    if row is None:
        raise AddressUnknown
    if row[0] == ApprovalState.PENDING:
        raise AddressWaits
    if row[0] == ApprovalState.REJECTED:
        raise AddressRejected(row[1] or "")


def waiting_for_what(customer_id: int) -> ApprovalDict | None:
    """How it stands with a new customer, where new ones are looked at."""
    mine = [one for one in of_customer(customer_id) if one.about == About.CUSTOMER] if rules().customers else []
    return mine[0].to_dict() if mine else None


def of_customer(customer_id: int) -> Sequence[Approval]:
    return db.session.scalars(select(Approval).where(Approval.customer_id == customer_id).order_by(Approval.id)).all()


def get(approval_id: int) -> ApprovalInOfficeDict:
    row = db.session.execute(_with_names().where(Approval.id == approval_id)).one_or_none()
    if row is None:
        raise UnknownApproval
    return _in_office(*row)


def find(
    *, state: str | None = None, about: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[ApprovalInOfficeDict]:
    """Those who have waited longest first; what is decided, the newest first."""
    waiting = state == ApprovalState.PENDING
    query = _with_names().order_by(Approval.id if waiting else Approval.id.desc())
    if state is not None:
        query = query.where(Approval.state == state)
    if about is not None:
        query = query.where(Approval.about == about)
    if cursor is not None:
        last = read_cursor(cursor, (int,))[0]
        query = query.where(Approval.id > last if waiting else Approval.id < last)
    page = Page.of(db.session.execute(query.limit(limit + 1)).all(), limit, lambda row: [row[0].id])
    return Page([_in_office(*row) for row in page.rows], page.next_cursor)


def forget(customer_id: int) -> None:
    with unit_of_work() as session:
        session.execute(delete(Approval).where(Approval.customer_id == customer_id))


def move(customer_id: int, into_id: int) -> None:
    """Addresses go along, where the kept record does not have them already; whether the other one was approved no longer matters."""
    with unit_of_work() as session:
        there = select(Approval.address_norm).where(Approval.customer_id == into_id)
        gone = (Approval.customer_id == customer_id, Approval.about == About.ADDRESS, Approval.address_norm.not_in(there))
        session.execute(update(Approval).where(*gone).values(customer_id=into_id).execution_options(synchronize_session=False))
        forget(customer_id)


def _with_names() -> Any:
    return select(Approval, Customer.name).join(Customer, Customer.id == Approval.customer_id).execution_options(populate_existing=True)


def _in_office(approval: Approval, name: str) -> ApprovalInOfficeDict:
    return {**approval.to_dict(), "customerId": approval.customer_id, "customerName": name, "decidedBy": approval.decided_by}


def _mine(customer_id: int, about: About, norm: str) -> tuple[ColumnElement[bool], ...]:
    return Approval.customer_id == customer_id, Approval.about == about, Approval.address_norm == norm


def _state_of(customer_id: int, about: About, norm: str) -> tuple[str, str | None] | None:
    row = db.session.execute(select(Approval.state, Approval.reason).where(*_mine(customer_id, about, norm))).one_or_none()
    return (row.state, row.reason) if row is not None else None


def _norm(address: str | None) -> str:
    return " ".join((address or "").casefold().replace(",", " ").split())
