"""What of a text is not backed: everything traceable is taken out, the rest must be grammar."""

import re

from tests.bench.composer_products import Unseen, labels


def set_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that say nothing about a product. Written by hand; the composer does not read it.
FUNCTION_EN = set_of(
    """
    a an the this these it its they their them is are it's they're has have and with of in to by
    for from at also or as on you you'll get find there's here's here are meet say hello choose
    looking take look see yourself check what else oh and guess fun fact psst ta-da the
    spotlight show make room drum roll please knock detail details key spec sheet addition
    furthermore short version give gives compare now numbers names which that come comes hello
    feature features offer offers use uses yours
    """
)
# Words of one kind of fact, beside its label and value.
CUES_EN = {
    "material": "made",
    "metal": "made",
    "colour": "finished colour multicoloured",
    "weight": "weigh weighs",
    "dimensions": "measure measures",
    "length": "long",
    "width": "wide",
    "height": "stand stands tall",
    "depth": "deep",
    "diameter": "measure measures",
    "thickness": "thick",
    "capacity": "hold holds",
    "pack_quantity": "pack",
    "gender": "made designed unisex",
    "age_group": "made designed",
    "season": "intended designed",
    "occasion": "intended designed",
    "origin": "made origin",
    "warranty": "covered carry carries",
    "model_number": "carry carries",
    "collection": "belong belongs",
    "edition_size": "limited edition piece pieces",
    "fit": "cut",
    "sizes": "sizes available size",
    "pattern": "show shows solid colour",
    "closure": "",
    "lining": "lined",
    "fill": "filled filling",
    "fabric_weight": "fabric",
    "pockets": "pocket",
    "upper_material": "upper uppers",
    "sole_material": "sole soles",
    "heel_height": "heel",
    "gemstone": "set",
    "plating": "plated",
    "chain_length": "chain",
    "clasp": "fasten fastens clasp",
    "compartments": "compartment",
    "laptop_size": "fit fits laptop room take takes",
    "wheels": "wheel",
    "case_diameter": "case",
    "case_material": "case",
    "dial_colour": "dial show shows",
    "strap_material": "strap",
    "water_resistance": "water resistant resistance",
    "author": "written",
    "illustrator": "illustrated illustrations",
    "translator": "translated translation",
    "publisher": "published",
    "publication_year": "date dates came out",
    "pages": "run runs page",
    "language": "written",
    "genre": "belong belongs",
    "isbn": "carry carries",
    "paper_weight": "paper",
    "ruling": "pages",
    "heat_source": "compatible heat sources",
    "oven_safe": "oven safe",
    "handle_material": "handle",
    "blade_length": "blade",
    "blade_material": "blade",
    "servings": "make provide provides makes",
    "frame_material": "frame",
    "upholstery": "upholstered",
    "load_capacity": "carry carries support supports up",
    "seats": "seat seats",
    "drawers": "drawer",
    "shelves": "shelf",
    "burn_time": "burn burns",
    "battery_life": "run runs battery life power",
    "battery_capacity": "battery",
    "charging_time": "charge charges",
    "connectivity": "connect connects via support supports",
    "storage_capacity": "storage",
    "screen_size": "screen",
    "resolution": "show shows",
    "refresh_rate": "refresh refreshes",
    "power": "rated",
    "voltage": "run runs",
    "cable_length": "cable",
    "driver_size": "drivers",
    "coverage": "cover covers",
    "operating_system": "run runs",
    "ip_rating": "rated ip rating",
    "min_age": "intended made ages age up",
    "pieces": "piece",
    "players": "player players made room take takes",
    "play_time": "take takes play",
    "batteries": "run runs need needs",
    "ingredients": "contain contains made",
    "active_ingredients": "contain contains made",
    "allergens": "allergens",
    "shelf_life": "keep keeps",
    "storage": "store",
    "region": "grown",
    "roast": "unroasted",
    "harvest_season": "harvested picked",
    "harvest_year": "date dates harvest",
    "caffeine": "contain contains",
    "brewing_temperature": "brew",
    "brewing_time": "brew",
    "packaging": "packed",
    "activity": "made designed",
    "skill_level": "intended made",
    "sleeps": "sleep sleeps room",
    "brightness": "light",
    "gears": "gear",
    "wheel_size": "wheels run runs",
    "skin_type": "formulated made skin types",
    "hair_type": "formulated made hair types",
    "volume": "contain contains",
    "scent": "carry carries",
    "shade": "shade",
    "spf": "carry carries",
    "period_after_opening": "keep keeps after opening",
    "bristle": "bristles",
    "care": "care",
    "includes": "box contents",
    "assembly": "assembly",
}
FUNCTION_ZH = set_of(
    """
    快看 划重点 再数一数 跟 打个招呼吧 看看这些细节 轮到细节登场 您将看到 这里有
    另外 此外 同时 还有 不仅如此 再看细节 请看细节 请看 具体来看 配有
    规格要点 参数方面 悄悄告诉你 猜猜看 再补充几点
    为您带来 嗨 认识一下 当当当 登场
    来看看 说说 说到 来啦 吧 选择 带回家 在找 把 这是 本品  该款 这款 它的 它 一款 一
    这 该 和 是 为 有 的 采用 选用 以 用 由 于 共 含 具备 配备 具有 等 使用
    产品 也
    """
)
CUES_ZH = {
    "material": "材质 制成",
    "metal": "材质 制成",
    "colour": "配色 颜色",
    "pattern": "图案 款式 设计",
    "finish": "表面 工艺 处理",
    "shape": "外形 形状",
    "style": "风格",
    "weight": "重 重量",
    "dimensions": "尺寸",
    "length": "长 长度",
    "width": "宽 宽度",
    "height": "高 高度",
    "depth": "深 深度",
    "diameter": "直径",
    "thickness": "厚 厚度",
    "capacity": "容量 达",
    "sizes": "可选尺码 尺码可选 尺码",
    "size": "码 尺码",
    "pack_quantity": "一套 每份 件",
    "gender": "适用于 设计 男女通用",
    "age_group": "适用于 设计",
    "season": "适用于 适用季节",
    "occasion": "适用于 适用场合",
    "origin": "产自 产地",
    "warranty": "质保 质保期 享 提供",
    "model_number": "型号",
    "collection": "属于 系列 出自",
    "edition_size": "限量 件",
    "fit": "版型",
    "sleeve_length": "设计 款式",
    "neckline": "设计 领型",
    "closure": "闭合 闭合方式",
    "fabric_weight": "面料克重 面料",
    "lining": "里料 内衬",
    "fill": "填充物 内填 填充",
    "rise": "设计 裤腰",
    "garment_length": "设计",
    "stretch": "面料",
    "pockets": "个口袋 设",
    "upper_material": "材质 鞋面",
    "sole_material": "材质 鞋底",
    "heel_height": "跟高",
    "gemstone": "镶嵌 主石",
    "carat": "宝石重 克拉重量",
    "plating": "镀层 表面 镀",
    "chain_length": "链长",
    "clasp": "扣型",
    "setting": "工艺 镶嵌方式",
    "ring_size": "圈号",
    "compartments": "个隔层 设",
    "laptop_size": "可放 适配 电脑",
    "strap_length": "肩带 长 长度",
    "wheels": "配 个轮子",
    "movement": "搭载 机芯",
    "case_diameter": "表径",
    "case_material": "材质 表壳",
    "strap_material": "材质 表带 肩带",
    "dial_colour": "表盘 颜色",
    "crystal": "表镜",
    "water_resistance": "防水深度 达",
    "power_reserve": "动力储存 达",
    "author": "著 作者",
    "illustrator": "绘图 插画师",
    "translator": "翻译 译者",
    "publisher": "出版 出版社",
    "publication_year": "年 出版",
    "pages": "全书 内页",
    "language": "语言 写成",
    "format": "装帧",
    "genre": "属于 题材",
    "isbn": "ISBN",
    "paper_weight": "纸张克重 纸张",
    "ruling": "内页 格式",
    "heat_source": "适用炉灶 适用于",
    "oven_safe": "耐烤温度 达",
    "handle_material": "材质 手柄",
    "blade_length": "刀刃 长 长度",
    "blade_material": "材质 刀刃",
    "coating": "涂层",
    "servings": "可制作",
    "frame_material": "材质 框架",
    "upholstery": "材质 面层",
    "load_capacity": "承重 可承重 达",
    "seat_height": "座高",
    "seats": "个座位 可坐 人",
    "drawers": "个抽屉 带",
    "shelves": "层层板 设",
    "burn_time": "燃烧时间 可燃烧",
    "battery_life": "续航 续航时间 达",
    "battery_capacity": "电池容量 配 电池",
    "charging_time": "充电时间 充电需",
    "connectivity": "支持 连接 通过",
    "ports": "接口 配有",
    "screen_size": "屏幕 配",
    "resolution": "分辨率 达",
    "refresh_rate": "刷新率 达",
    "power": "功率",
    "voltage": "电压",
    "cable_length": "线长",
    "driver_size": "单元 单元尺寸",
    "noise_level": "噪音",
    "wireless_range": "无线距离 达",
    "coverage": "适用面积 达",
    "memory": "内存 配",
    "operating_system": "运行 操作系统 系统",
    "ip_rating": "防护等级 达到",
    "min_age": "适用年龄 适用于 以上",
    "pieces": "片 件 配件",
    "players": "可供 人 游玩 玩家人数",
    "play_time": "游戏时长 一局",
    "batteries": "供电 无需电池",
    "flavour": "口味 带有 风味",
    "net_weight": "净含量",
    "ingredients": "配料",
    "allergens": "过敏原",
    "shelf_life": "保质期",
    "storage": "请存放 储存 储存方式 请 保存",
    "region": "产区 产自",
    "harvest_season": "采摘 采摘季节",
    "harvest_year": "采摘 年 采摘年份",
    "roast": "烘焙 烘焙度 豆",
    "brewing_temperature": "冲泡水温 水 冲泡",
    "brewing_time": "冲泡时间 冲泡",
    "packaging": "包装",
    "diet": "属于 食品 饮食属性 属性",
    "activity": "适用于 适用运动",
    "skill_level": "适用水平",
    "sleeps": "可容纳 可供 空间",
    "resistance": "阻力 达",
    "comfort_temperature": "舒适温度",
    "brightness": "亮度 达",
    "gears": "个变速档位 设",
    "wheel_size": "轮径",
    "skin_type": "适用于 肤质 适用肤质",
    "hair_type": "适用于 发质 适用发质",
    "volume": "净含量",
    "scent": "香型 带有 香味",
    "texture": "质地",
    "shade": "色号",
    "spf": "SPF值 SPF",
    "active_ingredients": "活性成分",
    "period_after_opening": "开封后保质期",
    "bristle": "刷毛 刷毛硬度",
    "care": "洗护方式",
    "includes": "包装内含 包装清单",
    "features": "特点",
}
WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*|\d+(?:[.,]\d+)*")


def unsupported(text: str, product: Unseen, lang: str) -> list[str]:
    """The words or numbers of the text that nothing backs."""
    phrases = set(_traceable(product, lang))
    if lang == "zh":
        phrases |= _grammar_zh(product)
    rest = text
    for phrase in sorted(phrases, key=len, reverse=True):
        rest = _without(rest, phrase, lang)
    if lang == "zh":
        return re.findall(r"[^\W_]+", rest)
    allowed = FUNCTION_EN | _cues_en(product)
    return [word for word in WORD.findall(rest) if word.lower() not in allowed]


def _without(text: str, phrase: str, lang: str) -> str:
    if lang == "zh" and not phrase.isascii():
        return text.replace(phrase, "\n")
    if phrase.startswith("'"):
        return text.replace(phrase, "\n")
    # Short codes ("S", "XL") keep their capitals, or the "s" of "it's" would be one.
    flags = re.IGNORECASE if len(phrase) > 3 or phrase.islower() else re.NOFLAG
    pattern = rf"(?<![A-Za-z0-9'’]){re.escape(phrase)}(?![A-Za-z0-9])"
    return re.sub(pattern, "\n", text, flags=flags)


def _traceable(product: Unseen, lang: str) -> list[str]:
    kind = product.type
    found = [product.name, product.brand]
    found += [kind.noun_zh] if lang == "zh" else [kind.noun_en, kind.plural_en]
    for given in product.given:
        found += given.zh if lang == "zh" else given.en
        if given.fact.type != "bool":
            found.append(labels(given, lang))
    return [phrase for phrase in found if phrase]


def _cues_en(product: Unseen) -> set[str]:
    return {word for given in product.given for word in CUES_EN.get(given.fact.key, "").split()}


def _grammar_zh(product: Unseen) -> set[str]:
    words = set(FUNCTION_ZH)
    words |= {f"{one}{product.type.measure_word_zh}" for one in ("一", "这")}
    for given in product.given:
        words |= set(CUES_ZH.get(given.fact.key, "").split())
    return words
