"""Findings in words, both languages. The place in the text makes them concrete."""

from aiassist.copywriting.guard.types import Finding, Leftover

# rule: (message en, message zh, fix en, fix zh); {span} is the text objected to.
WORDS: dict[str, tuple[str, str, str, str]] = {
    "unbacked": (
        "No fact supports “{span}”.",
        "“{span}”没有属性依据。",
        "Remove it, or add it to the product's facts.",
        "请删除，或将其补充为商品属性。",
    ),
    "foreign_value": (
        "“{span}” is not among this product's facts.",
        "“{span}”不在该商品的属性中。",
        "Use the product's own value, or correct the fact.",
        "请改用商品自身的属性值，或更正属性。",
    ),
    "foreign_product": (
        "“{span}” is another product or an extra that no fact mentions.",
        "“{span}”是另一种商品，或属性中没有的附件。",
        "Name the product itself, or add the extra as a fact.",
        "请写商品本身的名称，或将附件补充为属性。",
    ),
    "foreign_part": (
        "“{span}” is a part or an extra that no fact mentions.",
        "“{span}”是属性中没有提到的部件或附件。",
        "Remove it, or add it as a fact.",
        "请删除，或将其补充为属性。",
    ),
    "foreign_brand": (
        "“{span}” is another brand.",
        "“{span}”是其他品牌。",
        "Remove the other brand's name.",
        "请删除其他品牌名称。",
    ),
    "wrong_number": (
        "“{span}” differs from the fact.",
        "“{span}”与属性中的数值不一致。",
        "Use the number in the fact.",
        "请使用属性中的数值。",
    ),
    "unknown_number": (
        "No fact states “{span}”.",
        "属性中没有“{span}”这一数值。",
        "Remove the number, or add the fact.",
        "请删除该数值，或补充属性。",
    ),
    "wrong_unit": (
        "“{span}” has another unit than the fact.",
        "“{span}”的单位与属性不一致。",
        "Use the unit in the fact.",
        "请使用属性中的单位。",
    ),
    "swapped_numbers": (
        "“{span}” belongs to another attribute.",
        "“{span}”属于另一项属性。",
        "Put each number with its own attribute.",
        "请让每个数值对应各自的属性。",
    ),
    "negation": (
        "“{span}” denies something; no fact says so.",
        "“{span}”作了否定，属性中没有依据。",
        "Remove the negation, or add the fact.",
        "请删除否定表述，或补充属性。",
    ),
    "comparison": (
        "“{span}” compares; no fact supports a comparison.",
        "“{span}”属于对比表述，没有依据。",
        "State the product's own value instead.",
        "请直接陈述商品自身的数值。",
    ),
    "superlative": (
        "“{span}” is an absolute claim.",
        "“{span}”属于绝对化用语。",
        "Remove it, or state the fact behind it.",
        "请删除，或写明其依据。",
    ),
    "implied": (
        "“{span}” implies a promise or an endorsement that no fact supports.",
        "“{span}”暗示了没有依据的承诺或推荐。",
        "Remove it.",
        "请删除。",
    ),
    "certification": (
        "“{span}” claims a certification that is not among the facts.",
        "“{span}”涉及认证，属性中没有依据。",
        "Remove it, or add the certification as a fact with its number.",
        "请删除，或将认证及编号补充为属性。",
    ),
    "handwork": (
        "“{span}” says how it was made; no fact supports it.",
        "“{span}”描述了制作方式，属性中没有依据。",
        "Remove it, or add how it is made as a fact.",
        "请删除，或将制作方式补充为属性。",
    ),
    "puffery": (
        "“{span}” is praise without a fact.",
        "“{span}”是没有依据的修饰语。",
        "Keep it if you like the tone; it states no property.",
        "如符合您的文风可以保留，它不构成具体属性。",
    ),
    "unread": (
        "The check does not know “{span}”; here it reads like a turn of phrase.",
        "检查程序不认识“{span}”，此处读来像是修饰语。",
        "Make sure that it states no property.",
        "请确认它没有陈述商品属性。",
    ),
    "scene": (
        "“{span}” sets a scene; it states no property.",
        "“{span}”是场景描写，不构成具体属性。",
        "Nothing to do.",
        "无需处理。",
    ),
    "link": (
        "“{span}” is a link or contact.",
        "“{span}”是链接或联系方式。",
        "Remove it.",
        "请删除。",
    ),
    "markup": ("“{span}” is markup.", "“{span}”是标记代码。", "Remove it.", "请删除。"),
    "instruction": (
        "“{span}” reads like an instruction, not like a product text.",
        "“{span}”像是指令，而非商品文案。",
        "Remove it and check the product's fields.",
        "请删除，并检查商品字段内容。",
    ),
    "placeholder": (
        "“{span}” is a placeholder.",
        "“{span}”是占位符。",
        "Fill it in or remove it.",
        "请填写或删除。",
    ),
    "language": (
        "“{span}” is in another language.",
        "“{span}”使用了其他语言。",
        "Write it in the language of this text.",
        "请使用本文案的语言。",
    ),
}


def worded(leftover: Leftover, text: str) -> Finding:
    span = text[leftover.start : leftover.end]
    message_en, message_zh, fix_en, fix_zh = WORDS[leftover.rule]
    return Finding(
        leftover.start,
        leftover.end,
        span,
        leftover.rule,
        leftover.level,
        message_en.format(span=span),
        message_zh.format(span=span),
        fix_en,
        fix_zh,
        leftover.fact_id,
    )
