"""Money is a whole number of minor units and a currency. There is no float until the moment it is written on the wire."""

from dataclasses import dataclass
from decimal import Decimal

# Decimals a currency has, where they are not two (ISO 4217).
_DECIMALS = dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0
)
_DECIMALS |= dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)

LARGEST = 10**13  # minor units; far below 2**53, so no reader of JSON loses a cent


class BadAmount(ValueError):
    """An amount that is not money: negative, endless, too fine or too large."""


def decimals(currency: str) -> int:
    return _DECIMALS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal | int, currency: str) -> "Money":
        """From major units, exactly: 2.5 EUR is 250, 2.505 EUR is refused rather than rounded."""
        value = Decimal(amount)
        if not value.is_finite():
            raise BadAmount("Must be a number.")
        if value < 0:
            raise BadAmount("Must not be negative.")
        if value > LARGEST:
            raise BadAmount("Is too large.")
        minor = value.scaleb(decimals(currency))
        # Decimal arithmetic rounds to 28 digits, comparing does not: a longer number has to be compared as it was given.
        if minor != minor.to_integral_value() or minor.scaleb(-decimals(currency)) != value:
            raise BadAmount(f"{currency} has at most {decimals(currency)} decimals.")
        if minor > LARGEST:
            raise BadAmount("Is too large.")
        return cls(int(minor), currency)

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise BadAmount(f"{self.currency} and {other.currency} cannot be added.")
        return Money(self.minor + other.minor, self.currency)

    def __mul__(self, quantity: int) -> "Money":
        return Money(self.minor * quantity, self.currency)

    def wire(self) -> float:
        """The JSON number in major units. The shortest float of at most 15 digits reads back as exactly this amount."""
        return self.minor / float(10 ** decimals(self.currency))
