"""The two shops and how large each part is."""

from dataclasses import dataclass

from catalog.demo import products_en, products_zh


@dataclass(frozen=True)
class DemoShop:
    slug: str
    name: str
    language: str
    currency: str
    timezone: str
    utc_offset_hours: int
    code: str  # begins its SKUs and numbers
    products: str
    countries: tuple[tuple[str, float], ...]

    @property
    def other_language(self) -> str:
        return "en" if self.language == "zh" else "zh"

    def pick(self, both: tuple[str, str]) -> str:
        """The shop's own of an English and a Chinese word."""
        return both[self.language == "zh"]


@dataclass(frozen=True)
class Scale:
    """Rows of one shop."""

    customers: int = 1000
    orders: int = 6000
    interactions: int = 30_000
    conversations: int = 150


FULL = Scale()
SMALL = Scale(100, 600, 3000, 30)

SHOPS = (
    DemoShop(
        "northlight",
        "Northlight Goods",
        "en",
        "EUR",
        "Europe/Berlin",
        1,
        "NL",
        products_en.PRODUCTS,
        (("DE", 0.3), ("FR", 0.2), ("NL", 0.15), ("IE", 0.15), ("SE", 0.1), ("AT", 0.1)),
    ),
    DemoShop(
        "songfeng",
        "松风百货",
        "zh",
        "CNY",
        "Asia/Shanghai",
        8,
        "SF",
        products_zh.PRODUCTS,
        (("CN", 0.94), ("SG", 0.03), ("MY", 0.03)),
    ),
)
