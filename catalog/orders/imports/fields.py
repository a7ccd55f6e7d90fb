"""The fields that a column of a file can feed, by what the file is of, and what others call them.

Names are written as `normal` compares them: lower case, single blanks. Each stands once in a
subject: the first field that takes a name has it.
"""

from django.utils.translation import gettext_lazy as _

from catalog.orders.imports.models import Subject

LEFT_OUT = ""
PERSON = {
    "customer": _("Customer number"),
    "email": _("E-mail (its hash is kept)"),
    "phone": _("Phone (its hash is kept)"),
    "name": _("Name"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "language": _("Language"),
    "country": _("Country"),
}
FIELDS = {
    Subject.CUSTOMERS: {
        **PERSON,
        "created_at": _("Customer since"),
        "accepts_marketing": _("Accepts marketing"),
        "tags": _("Tags"),
    },
    Subject.ORDERS: {
        "number": _("Order number"),
        "ordered_at": _("Ordered"),
        "status": _("Status"),
        "payment_status": _("Status of the payment"),
        "shipping_status": _("Status of the shipping"),
        "cancelled_at": _("Cancelled"),
        "delivered_at": _("Delivered"),
        "currency": _("Currency"),
        "total": _("Total of the order"),
        "refunded": _("Refunded of the order"),
        "line": _("Line number"),
        "sku": _("SKU"),
        "quantity": _("Quantity"),
        "unit_price": _("Unit price"),
        "line_total": _("Total of the line"),
        "discount": _("Discount of the line"),
        "line_refunded": _("Refunded of the line"),
        **PERSON,
    },
    Subject.INTERACTIONS: {
        "event_id": _("Event number (UUID)"),
        "event": _("Event"),
        "at": _("When"),
        "customer": _("Customer number"),
        "anonymous_id": _("Visitor"),
        "session_id": _("Session"),
        "sku": _("SKU"),
        "quantity": _("Quantity"),
        "unit_price": _("Price"),
        "currency": _("Currency"),
    },
}
# Names that a dry run shows beyond those that a column feeds.
SHOWN = {
    **FIELDS[Subject.INTERACTIONS],
    **FIELDS[Subject.CUSTOMERS],
    **FIELDS[Subject.ORDERS],
    "total_cents": _("Total"),
    "refunded_cents": _("Refunded"),
    "lines": _("Lines"),
    "external_id": _("Customer number"),
    "phone_digits": _("Phone"),
}
_PERSON = {
    "customer": "customer_id, customer id, customer number, customer no, customer, client id, "
    "client, user id, user_id, cust id, master id, buyer id, member id, account id, "
    "客户编号, 客户id, 客户, 会员编号, 会员号, 买家id, 用户id, 顾客编号",
    "email": "email, e-mail, email sha256, mail, email address, customer email, billing email, "
    "buyer email, contact email, 邮箱, 电子邮箱, 电子邮件, 客户邮箱",
    "phone": "phone, phone number, mobile, telephone, tel, customer phone, billing phone, "
    "手机, 手机号, 电话, 联系电话, 手机号码",
    "first_name": "first name, firstname, given name, billing first name, 名",
    "last_name": "last name, lastname, surname, family name, billing last name, 姓",
    "name": "name, customer name, full name, billing name, buyer name, buyer, "
    "姓名, 客户姓名, 买家姓名, 收货人, 客户名称, 昵称",
    "language": "language, lang, locale, 语言",
    "country": "country, country code, billing country, shipping country, "
    "国家, 国家代码, 国家地区, 国家/地区",
}
NAMES = {
    Subject.CUSTOMERS: {
        "customer": f"{_PERSON['customer']}, id, number, code, 编号",
        **{name: _PERSON[name] for name in list(_PERSON)[1:]},
        "created_at": "created at, created, customer since, registered, registered at, "
        "date registered, sign up date, signup date, since, 注册时间, 注册日期, 创建时间",
        "accepts_marketing": "accepts marketing, accepts email marketing, consent, opt in, opt-in, "
        "newsletter, subscribed, marketing consent, email consent, 接受营销, 同意营销, 订阅",
        "tags": "tags, tag, labels, groups, 标签",
    },
    Subject.ORDERS: {
        "number": "order id, order number, order no, order, order #, order ref, "
        "order reference, invoice, invoice no, invoice number, transaction id, "
        "订单号, 订单编号, 订单, 订单id",
        "ordered_at": "ordered at, order date, date, ordered, order time, created at, "
        "purchased at, purchase date, invoice date, invoicedate, placed at, at, time, "
        "下单时间, 订单日期, 日期, 下单日期, 创建时间, 付款时间, 购买时间",
        "status": "status, order status, state, 状态, 订单状态",
        "payment_status": "payment status, financial status, 付款状态, 支付状态",
        "shipping_status": "shipping status, fulfillment status, delivery status, "
        "发货状态, 物流状态",
        "cancelled_at": "cancelled at, canceled at, cancelled, 取消时间",
        "delivered_at": "delivered at, delivered, delivery date, 送达时间, 签收时间",
        "currency": "currency, currency code, order currency, 币种, 货币",
        "total": "total, order total, total amount, grand total, amount, value, revenue, "
        "order value, total price, order amount, 总额, 订单金额, 总金额, 实付金额, 订单总额, 金额",
        "refunded": "refunded, refund amount, amount refunded, order refunded, refunded total, "
        "order refund amount, total refunded, 退款金额, 退款总额",
        "line": "line id, line, line number, line no, line item id, item id, 行号, 明细编号",
        "sku": "sku, stockcode, stock code, item sku, product sku, article, article number, "
        "item number, product code, variant sku, 货号, 商品编码, 商家编码, 规格编码",
        "quantity": "quantity, qty, units, items, count, item quantity, cds, pieces, "
        "数量, 购买数量, 件数, 商品数量",
        "unit_price": "unit price, unitprice, price, item price, price each, item cost, "
        "单价, 价格, 商品单价, 商品价格",
        "line_total": "line total, item total, row total, subtotal line, 小计, 明细金额",
        "discount": "discount, line discount, item discount, discount amount line, "
        "折扣, 优惠, 优惠金额",
        "line_refunded": "refunded amount, line refunded, item refunded, refunded of line, "
        "明细退款, 行退款金额",
        **_PERSON,
    },
    Subject.INTERACTIONS: {
        "event_id": "event id, id, message id, uuid, 事件编号",
        "event": "event, event name, action, type, event type, kind, 事件, 事件名称, 行为",
        "at": "at, ts, timestamp, time, occurred at, created at, date, event time, 时间, 发生时间",
        "customer": _PERSON["customer"],
        "anonymous_id": "anonymous id, visitor id, visitor, device id, cookie id, client id, "
        "访客编号",
        "session_id": "session id, session, visit id, 会话编号",
        "sku": "sku, product sku, item sku, variant sku, item id, product id, 货号, 商品编码",
        "quantity": "quantity, qty, 数量",
        "unit_price": "price, unit price, 价格, 单价",
        "currency": "currency, 币种, 货币",
    },
}


def _by_name(subject: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for field, names in NAMES[subject].items():
        for name in names.replace("_", " ").split(", "):
            found.setdefault(name, field)
    for field in FIELDS[subject]:
        found.setdefault(field.replace("_", " "), field)
    return found


FIELD_OF = {subject: _by_name(subject) for subject in Subject.values}
