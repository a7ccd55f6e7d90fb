"""The three kinds of file, each with how its pieces become rows of the shop."""

from types import ModuleType

from catalog.orders.imports.models import Subject
from catalog.orders.taking import customers, events, orders

# Each has fold, plan and write.
TAKEN: dict[str, ModuleType] = {
    Subject.CUSTOMERS: customers,
    Subject.ORDERS: orders,
    Subject.INTERACTIONS: events,
}
