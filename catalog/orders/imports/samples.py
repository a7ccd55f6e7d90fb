"""Small files with our own columns, to see what goes where."""

import csv
import io

from django.utils.translation import gettext_lazy as _

NAMES = {
    "orders": _("Orders"),
    "customers": _("Customers"),
    "interactions": _("Interactions"),
}
ROWS = {
    "orders": [
        "order_id,line_id,customer_id,sku,quantity,unit_price,discount,currency,ordered_at,status,"
        "refunded_amount",
        "1001,1,C-1,KETTLE-18,1,79.00,0.00,EUR,2026-03-01T10:15:00+01:00,delivered,0.00",
        "1001,2,C-1,MUG-30,4,12.50,5.00,EUR,2026-03-01T10:15:00+01:00,delivered,12.50",
        "1002,1,C-2,MUG-30,2,12.50,0.00,EUR,2026-03-02 18:40,paid,0.00",
    ],
    "customers": [
        "customer_id,email_sha256,name,language,country,created_at,accepts_marketing,tags",
        'C-1,ada@example.com,Ada Berg,en,DE,2025-11-02,yes,"gift, regular"',
        "C-2,,李雷,zh,CN,2026-01-15,no,",
    ],
    "interactions": [
        "event_id,event,customer_id,anonymous_id,session_id,sku,quantity,price,currency,at",
        "0191e2f0-0000-7000-8000-000000000001,Product Viewed,C-1,,s-1,KETTLE-18,1,79.00,EUR,"
        "2026-03-01T10:02:00+01:00",
    ],
}


def content(name: str) -> str:
    """With the mark that tells spreadsheets that it is UTF-8."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(csv.reader(ROWS[name]))
    return "\ufeff" + out.getvalue()
