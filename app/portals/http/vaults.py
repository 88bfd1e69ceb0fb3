"""What seals secrets, and what reaches out: made from the settings, for services that know none."""

from flask import current_app

from app.clients.outbound import Outbound
from app.identity.vault import Vault
from app.tenancy.tenant_service import current_business


def vault(purpose: str) -> Vault:
    """Each business has a key of its own, derived from SECRET_KEY; what older keys sealed can be read (SECRET_KEY_FALLBACKS)."""
    config = current_app.config
    return Vault((config["SECRET_KEY"], *(config["SECRET_KEY_FALLBACKS"] or ())), f"fabclean {purpose} of {current_business().slug}")


def for_webhooks() -> Vault:
    return vault("webhooks")


def outbound() -> Outbound:
    anywhere = bool(current_app.config["WEBHOOKS_ANYWHERE"])
    return Outbound(anywhere=anywhere, any_port=anywhere)
