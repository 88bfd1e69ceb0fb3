from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is told: as text, and the same as HTML."""

    kind: str
    to: str
    subject: str
    text: str
    html: str
    link: str | None = None
    unsubscribe: str | None = None  # where one click ends such letters (RFC 8058)
    message_id: str | None = None  # the same at every try

    def as_message(self, sender: str, address: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = formataddr((sender, address))
        message["To"] = self.to
        message["Subject"] = self.subject
        message["Date"] = formatdate()
        message["Message-ID"] = self._id(address.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # so that an absence note does not answer it
        if self.unsubscribe is not None:
            message["List-Unsubscribe"] = f"<{self.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(self.text)
        message.add_alternative(self.html, subtype="html")
        return message

    def _id(self, domain: str) -> str:
        if self.message_id is None:
            return make_msgid(domain=domain)
        named = sha256(f"{self.message_id} {self.to}".encode()).hexdigest()[:32]  # without saying what it is about
        return f"<{named}@{domain}>"
