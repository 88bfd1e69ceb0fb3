from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is told: as text, and the same as HTML."""

    kind: str
    to: str
    subject: str
    text: str
    html: str
    link: str | None = None

    def as_message(self, sender: str, address: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = formataddr((sender, address))
        message["To"] = self.to
        message["Subject"] = self.subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # so that an absence note does not answer it
        message.set_content(self.text)
        message.add_alternative(self.html, subtype="html")
        return message
