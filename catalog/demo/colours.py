"""The colours of the demo's products: for the picture, in English and in Chinese."""

TABLE = """
black #2b2b2e black 黑色
white #f4f2ec white 白色
off_white #ebe5d6 off-white 米白色
ivory #ece3cf ivory 象牙白
cream #e9dcbf cream 奶油色
beige #d3bd98 beige 米色
khaki #b09a6c khaki 卡其色
camel #bf8f58 camel 驼色
brown #7d5638 brown 棕色
chocolate #5a3b2a chocolate_brown 巧克力色
grey #9a9ea3 grey 灰色
charcoal #4a4e54 charcoal 炭灰色
graphite #3c4249 graphite 石墨色
space_grey #6b7178 space_grey 深空灰
silver #b4bac0 silver 银色
gold #cda349 gold 金色
rose_gold #d2a08d rose_gold 玫瑰金色
red #c4413a red 红色
burgundy #7c2b3d burgundy 酒红色
terracotta #c06a4b terracotta 赤陶色
rust #a9532f rust 铁锈色
coral #e5806c coral 珊瑚色
pink #e29bb0 pink 粉色
dusty_pink #c78f94 dusty_pink 豆沙粉
blush #e2b9b0 blush 裸粉色
orange #df8436 orange 橙色
yellow #e5b93c yellow 黄色
mustard #cf9f35 mustard 芥末黄
green #5c9560 green 绿色
sage #98ab88 sage_green 鼠尾草绿
olive #757a48 olive_green 橄榄绿
forest #3e5f48 forest_green 森林绿
mint #9fcdb3 mint_green 薄荷绿
emerald #2f8264 emerald_green 祖母绿色
teal #39797d teal 蓝绿色
turquoise #4fb3b5 turquoise 绿松石色
blue #3e6ca8 blue 蓝色
light_blue #8fb3d4 light_blue 浅蓝色
sky_blue #7fb8de sky_blue 天蓝色
navy #2f4365 navy_blue 藏青色
indigo #3f4a86 indigo 靛蓝色
purple #78528a purple 紫色
lavender #a893c4 lavender 薰衣草紫
lilac #bba4cb lilac 丁香紫
matte_black #333336 matte_black 哑光黑
natural #dccda9 natural 原色
"""


def _read() -> dict[str, tuple[str, str, str]]:
    rows = (line.split() for line in TABLE.strip().splitlines())
    return {code: (shade, en.replace("_", " "), zh) for code, shade, en, zh in rows}


COLOURS = _read()  # code -> (hex, English, Chinese)


# The stone of a piece of jewellery, by the English and the Chinese word of its fact.
GEMS = {
    ("topaz", "托帕石"): "#7fb6d9",
    ("moonstone", "月光石"): "#dfe6ec",
    ("garnet", "石榴石"): "#8c2438",
    ("freshwater pearl", "淡水珍珠"): "#f3ede2",
    ("amethyst", "紫水晶"): "#8a63b0",
    ("jade", "玉"): "#5f9d77",
}


def gem_shade(word: str) -> str:
    return next((shade for words, shade in GEMS.items() if word in words), "#e6f0f4")


def shade(code: str) -> str:
    return COLOURS[code][0]


def colour_word(code: str, language: str) -> str:
    return COLOURS[code][2 if language == "zh" else 1]
