"""The words and patterns by which `extract` tells what a text says of a product."""

import re

# Kinds whose values are looked for in running text; where two claim a word, the first has it.
TEXT_KINDS = (
    *("gemstone", "metal", "material", "colour", "pattern", "sleeve_length", "neckline"),
    *("closure", "fit", "rise", "garment_length", "finish", "gender", "age_group", "season"),
    *("movement", "crystal", "setting", "format", "connectivity", "flavour", "scent", "roast"),
    *("skin_type", "coating", "heat_source", "diet", "care", "features", "origin"),
)
# Kinds of value that are only meant when the text says what they are of.
SAID = {
    "sleeve_length": re.compile(r"sleeve|袖", re.I),
    "neckline": re.compile(r"neck|collar|lapel|hood|领|帽", re.I),
}
# "Buttons down the front" is no goose: the word must stand with what holds down.
FEATHERS = re.compile(
    r"\bdown(?= (?:jacket|coat|vest|fill|feather|insulat|parka|duvet|pillow))", re.I
)
# Clothes without a type of their own in the vocabulary, told by words only clothes have.
CLOTHES = re.compile(r"\b(?:tops?|tuxedos?|outfits?|sleeves?|sleeveless|lapels?|hemline)\b", re.I)
MADE_IN = re.compile(r"(?:made in|manufactured in|产自|产于|产地|原产)\W{0,2}$", re.I)
NOT_EN = re.compile(
    r"\b(?:no|not(?! only| just)|without|never|free (?:of|from)|non|isn['’]t|aren['’]t|doesn['’]t"
    r"|don['’]t|instead of|rather than|unlike|neither|nor|zero|faux|fake|imitation|inspired by"
    r"|looks? like|feels? like|pairs? with|goes with|match(?:es)? with)\b[^.,;:!?()\n]*$",
    re.I,
)
NOT_ZH = re.compile(
    r"(?:不含|没有|不是|并非|不带|不添加|不使用|拒绝)[^，。；！？,.;!?\n]{0,10}$|[无非仿零免].?$"
)
NOT_AFTER = re.compile(
    r"[\s-]?(?:free|less|like|look|effect|tone|toned|style|inspired|proof)\b|[感风]|不含", re.I
)
# Parts of a product: what is said of them, and of which kind it then is ("" for none).
PARTS = {
    **{"lining": "lining", "lined": "lining", "内衬": "lining", "里料": "lining", "里衬": "lining"},
    **{"sole": "sole_material", "soles": "sole_material", "鞋底": "sole_material"},
    **{"handle": "handle_material", "handles": "handle_material", "手柄": "handle_material"},
    **{"strap": "strap_material", "straps": "strap_material", "表带": "strap_material"},
    **{"肩带": "strap_material", "case": "case_material", "表壳": "case_material"},
    **{"dial": "dial_colour", "表盘": "dial_colour", "frame": "frame_material"},
    **{"框架": "frame_material", "blade": "blade_material", "刀刃": "blade_material"},
    **{"upper": "upper_material", "鞋面": "upper_material", "filling": "fill", "fill": "fill"},
    **{"填充": "fill", "plated": "plating", "plating": "plating", "镀层": "plating"},
}
OTHER_PARTS = (
    r"buttons?|hooks?|zips?|zippers?|trims?|lights?|laces?|accents?|details?|stitching|letters?"
    r"|logos?|collars?|cuffs?|pockets?|hems?|lids?|base|legs?|knobs?|extenders?|belts?|threads?"
    r"|纽扣|扣子|拉链|装饰|印花|字母|口袋|衣领|袖口|包边"
)
AFTER_PART = re.compile(
    r"[\s-]*(?:[a-z]+[\s-]+)?(?:"
    + "|".join(f"(?P<p{n}>{re.escape(word)})" for n, word in enumerate(PARTS))
    + f"|(?P<other>{OTHER_PARTS}))(?![a-z])",
    re.I,
)
LABELLED = re.compile(r"^[\s•*·\-–]*([^:：\n]{1,40}?)\s*[:：]\s*(\S.*)$")
SIZES = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?)\s*[x×*]\s*(\d+(?:\.\d+)?)(?:\s*[x×*]\s*(\d+(?:\.\d+)?))?\s*"
    r"(cm|mm|m|in|inch|inches|厘米|毫米|英寸)(?![a-z])",
    re.I,
)
TIMES = re.compile(r"[x×*]", re.I)  # in every one of these
# A unit that is enough to know the kind, by what it measures; the first kind that fits counts.
BY_QUANTITY = {
    "volume": ("capacity", "volume"),
    "power": ("power",),
    "charge": ("battery_capacity",),
    "mass": ("net_weight",),
}
SPOKEN = {
    **{"long": "length", "wide": "width", "high": "height", "tall": "height", "deep": "depth"},
    **{"thick": "thickness", "weighs": "weight", "weighing": "weight", "in diameter": "diameter"},
    **{
        "长": "length",
        "宽": "width",
        "高": "height",
        "深": "depth",
        "厚": "thickness",
        "重": "weight",
    },
}
WORD = re.compile(r"[a-z0-9]+")
NEAR_AFTER = re.compile(r"[\s-]*(?:in\s+)?([^\s,，、]+(?:\s+[^\s,，]+)?)")
SENTENCE = re.compile(r"[.;!?](?=\s|$)|[。；！？\n]")
TRUE = {"yes", "true", "1", "是", "支持", "有"}
MAX_BETWEEN = 12  # characters between the name of a kind and the number
MAX_VALUE = 120  # characters of a value taken as it stands
AROUND = 60  # characters of evidence on each side
MAX_TEXT = 20_000  # characters of a description that are read
MAX_KNOWN = 300  # characters of a line that is remembered with what it says
DIGIT = re.compile(r"\d")
