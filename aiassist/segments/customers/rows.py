"""What stands in a row of the customer list, ready to be shown."""

from typing import Any

from aiassist.profiles import churn
from aiassist.profiles.models import RfmGroup
from aiassist.segments.customers.columns import Column
from ecomportal.tenancy.models import Merchant

P = "profile__"


def dressed_row(row: dict[str, Any], columns: list[Column], merchant: Merchant) -> dict[str, Any]:
    cells = [{"column": column, **_cell(column.name, row)} for column in columns]
    return {"id": row["id"], "name": row["name"], "number": row["external_id"], "cells": cells}


def group_label(value: str | None) -> str:
    return str(RfmGroup(value).label) if value else ""


def churn_word(probability: float | None) -> str:
    """low, middle or high, as the filter has them; "" where nothing is predicted."""
    return "" if probability is None else churn.churn_band(probability)


def _cell(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """The values of one cell by the names its template uses."""
    if name == "group":
        return {"group": group_label(row[f"{P}rfm_group"]), "value": row[f"{P}rfm_group"]}
    if name == "rfm":
        scores = [row[f"{P}{letter}_score"] for letter in "rfm"]
        return {"scores": scores if scores[0] else None}
    if name == "value":
        keys = {"cents": "clv_cents", "low": "clv_low_cents", "high": "clv_high_cents"}
        return {key: row[f"{P}{column}"] for key, column in keys.items()}
    if name == "churn":
        share = row[f"{P}churn_probability"]
        return {"word": churn_word(share), "percent": None if share is None else round(100 * share)}
    if name == "persona":
        number = row[f"{P}persona__number"]
        return {"text": row[f"{P}persona__name"] or (f"{number}" if number else "")}
    if name == "tags":
        return {"text": ", ".join(row["tags"] or [])}
    return {"value": row[COLUMN_FIELD[name]]}


COLUMN_FIELD = {
    "orders": f"{P}n_orders",
    "spent": f"{P}spent_cents",
    "average": f"{P}average_cents",
    "last": f"{P}last_order_at",
    "next": f"{P}next_order_on",
    "chats": f"{P}n_unresolved",
    "country": "country",
    "language": "language",
    "marketing": "accepts_marketing",
    "created": "created_at",
}
