"""Fixed phrases around the facts of messages and answers. They state nothing of a product, so the
guard lets them pass in these kinds of text, word for word."""

GREETING = {"en": "Hello,", "zh": "您好，"}
CLOSING = {"en": "Have a look at it in our shop.", "zh": "欢迎到店铺查看详情。"}
OPT_OUT = {"en": "Reply STOP to opt out.", "zh": "拒收请回复R"}
# Of an ad's three variants each ends differently.
CALLS = {
    "en": ("See it in the shop.", "Take a closer look.", "Find out more."),
    "zh": ("点击查看详情。", "进店看看吧。", "了解更多详情。"),
}
# The second, third ... picture of one product.
VIEWS = {
    "en": ("second view", "third view", "fourth view", "fifth view", "sixth view", "another view"),
    "zh": ("第二视角", "第三视角", "第四视角", "第五视角", "第六视角", "其他视角"),
}
# What a Chinese question asks with; English ones are told by their mark.
ASKING = {
    "en": (),
    "zh": (
        *("是什么？", "是什么材质？", "是什么颜色？", "是什么尺码？", "是多少？", "有多重？"),
        *("有多长？", "有多宽？", "有多高？", "产自哪里？", "如何洗护？", "质保多久？"),
        *("有哪些功能？", "有哪些尺码？", "包含哪些物品？", "续航多久？", "的作者是谁？"),
        "有多少页？",
    ),
}
ADS = ("ad_google", "ad_meta", "ad_taobao", "ad_xhs")


def filler_of(field: str, lang: str) -> tuple[str, ...]:
    """What may stand in a text of this kind without a fact behind it."""
    if field in ADS:
        return CALLS[lang]
    if field == "email":
        return (GREETING[lang], CLOSING[lang])
    if field == "sms":
        return (OPT_OUT[lang],)
    if field == "faq":
        return ASKING[lang]
    return VIEWS[lang] if field == "alt_text" else ()


def view_of(number: int, lang: str) -> str:
    """How the alternative text of the nth picture ends, from the second on."""
    views = VIEWS[lang]
    return views[min(number - 2, len(views) - 1)]
