"""What products of each type usually are: which facts they have and which values occur.

`[picture] noun family | group in English / in Chinese`, then one fact a line:
`key = value | value`, each value `English / Chinese` or one for both. A product takes one value
of each line by the shop's seed unless its own line in products_en / products_zh says otherwise.
"""

from functools import cache
from typing import NamedTuple

TABLE = """
[tshirt] t_shirt apparel | Tops / 上装
material = organic cotton / 有机棉 | cotton / 棉
fit = regular / 常规 | relaxed / 宽松 | slim / 修身
sleeve_length = short / 短袖
neckline = crew neck / 圆领 | V-neck / V领
pattern = solid / 纯色 | striped / 条纹
fabric_weight = 160 gsm | 180 gsm | 220 gsm
care = machine washable / 可机洗
gender = all genders / 男女通用 | women / 女士 | men / 男士
origin = Portugal / 葡萄牙 | Turkey / 土耳其 | China / 中国
[shirt] shirt apparel | Tops / 上装
material = linen / 亚麻 | cotton / 棉
fit = regular / 常规 | relaxed / 宽松
sleeve_length = long / 长袖
closure = buttons / 纽扣
pattern = solid / 纯色 | checked / 格纹 | striped / 条纹
pockets = 1 | 2
care = machine washable / 可机洗
gender = men / 男士 | women / 女士
origin = Portugal / 葡萄牙 | China / 中国
[dress] dress apparel | Dresses / 裙装
material = viscose / 粘胶纤维 | linen / 亚麻 | silk / 真丝
fit = relaxed / 宽松 | regular / 常规
sleeve_length = sleeveless / 无袖 | short / 短袖
neckline = V-neck / V领 | crew neck / 圆领
garment_length = midi / 中长款 | knee-length / 及膝
pattern = floral / 碎花 | solid / 纯色
season = summer / 夏季 | spring / 春季
care = hand wash / 手洗 | machine washable / 可机洗
gender = women / 女士
[jacket] jacket apparel | Outerwear / 外套
material = nylon / 尼龙 | polyester / 聚酯纤维 | wool / 羊毛
fit = regular / 常规 | relaxed / 宽松
closure = zip / 拉链
lining = polyester / 聚酯纤维 | cotton / 棉
pockets = 3 | 4 | 5
season = autumn / 秋季 | winter / 冬季
features = windproof / 防风 | water-repellent / 防泼水
care = machine washable / 可机洗
gender = all genders / 男女通用 | men / 男士 | women / 女士
[trousers] trousers apparel | Trousers / 下装
material = cotton / 棉 | linen / 亚麻 | wool / 羊毛
fit = slim / 修身 | regular / 常规 | relaxed / 宽松
rise = mid rise / 中腰 | high rise / 高腰
closure = zip / 拉链 | buttons / 纽扣
pockets = 4 | 5
care = machine washable / 可机洗
gender = men / 男士 | women / 女士
origin = Portugal / 葡萄牙 | China / 中国
[socks] socks apparel | Underwear and socks / 内衣袜品
material = merino wool / 美利奴羊毛 | cotton / 棉
pack_quantity = 1 pcs | 3 pcs
pattern = solid / 纯色 | striped / 条纹
activity = running / 跑步 | hiking / 徒步
care = machine washable / 可机洗
gender = all genders / 男女通用
origin = Portugal / 葡萄牙 | China / 中国
[ring] ring jewellery |
metal = sterling silver / 925银 | 14k gold / 14K金
gemstone = topaz / 托帕石 | moonstone / 月光石 | garnet / 石榴石
setting = bezel / 包镶 | prong / 爪镶
finish = polished / 抛光 | hammered / 锤纹
width = 2 mm | 3 mm
weight = 2.4 g | 3.1 g
occasion = everyday / 日常 | wedding / 婚礼
gender = women / 女士 | all genders / 男女通用
[necklace] necklace jewellery |
metal = sterling silver / 925银 | 14k gold / 14K金
gemstone = freshwater pearl / 淡水珍珠 | amethyst / 紫水晶 | topaz / 托帕石
chain_length = 42 cm | 45 cm | 50 cm
clasp = lobster clasp / 龙虾扣 | spring ring / 弹簧扣
finish = polished / 抛光 | matte / 哑光
weight = 3.6 g | 4.2 g
occasion = everyday / 日常 | evening / 晚宴
gender = women / 女士
[earrings] earrings jewellery |
metal = sterling silver / 925银 | 14k gold / 14K金
gemstone = freshwater pearl / 淡水珍珠 | jade / 玉石 | garnet / 石榴石
finish = polished / 抛光 | brushed / 拉丝
length = 24 mm | 32 mm
weight = 2.2 g | 2.8 g
occasion = everyday / 日常 | evening / 晚宴
gender = women / 女士
[bracelet] bracelet jewellery |
metal = sterling silver / 925银 | brass / 黄铜
gemstone = jade / 玉石 | garnet / 石榴石 | moonstone / 月光石
length = 17 cm | 18 cm | 19 cm
clasp = lobster clasp / 龙虾扣 | magnetic / 磁扣
finish = polished / 抛光 | matte / 哑光
weight = 8 g | 12 g
gender = women / 女士 | all genders / 男女通用
[backpack] backpack bags |
material = recycled polyester / 再生聚酯纤维 | canvas / 帆布 | nylon / 尼龙
capacity = 18 L | 22 L | 28 L
laptop_size = 14 in | 15.6 in
compartments = 2 | 3
pockets = 4 | 6
closure = zip / 拉链 | roll-top / 卷口
features = water-repellent / 防泼水
dimensions = 44 x 30 x 16 cm | 46 x 31 x 18 cm
weight = 780 g | 920 g
warranty = 2 years
[tote] tote_bag bags |
material = canvas / 帆布 | leather / 皮革 | jute / 黄麻
capacity = 12 L | 15 L
dimensions = 38 x 34 x 12 cm | 42 x 36 x 14 cm
strap_length = 60 cm | 66 cm
closure = zip / 拉链 | magnetic / 磁扣
lining = cotton / 棉
pockets = 1 | 2
weight = 380 g | 620 g
[camera_bag] crossbody_bag bags |
material = canvas / 帆布 | nylon / 尼龙
capacity = 6 L | 8 L
dimensions = 28 x 20 x 13 cm | 31 x 22 x 14 cm
compartments = 3 | 4
closure = buckle / 搭扣 | zip / 拉链
features = adjustable strap / 可调节肩带 | water-repellent / 防泼水
strap_length = 120 cm | 130 cm
weight = 690 g | 840 g
[suitcase] suitcase bags |
material = polycarbonate / 聚碳酸酯 | aluminium / 铝
capacity = 36 L | 38 L | 68 L
dimensions = 55 x 38 x 21 cm | 68 x 46 x 27 cm
wheels = 4
features = inner pocket / 内袋
closure = zip / 拉链
weight = 2.9 kg | 3.4 kg
warranty = 5 years
[watch] watch watches |
movement = quartz movement / 石英机芯 | automatic movement / 自动机械机芯
case_diameter = 36 mm | 38 mm | 40 mm
case_material = stainless steel / 不锈钢
strap_material = leather / 皮革
crystal = sapphire crystal / 蓝宝石玻璃 | mineral glass / 矿物玻璃
water_resistance = 30 m | 50 m
dial_colour = white / 白色 | black / 黑色 | blue / 蓝色
warranty = 2 years
gender = all genders / 男女通用 | men / 男士 | women / 女士
[diver_watch] diving_watch watches |
movement = automatic movement / 自动机械机芯
case_diameter = 40 mm | 42 mm
case_material = stainless steel / 不锈钢 | titanium / 钛
strap_material = rubber / 橡胶 | stainless steel / 不锈钢
crystal = sapphire crystal / 蓝宝石玻璃
water_resistance = 200 m | 300 m
power_reserve = 42 h | 70 h
warranty = 2 years | 3 years
[sport_watch] smartwatch watches |
movement = digital movement / 电子机芯
screen_size = 1.2 in | 1.4 in
battery_life = 7 days | 12 days
water_resistance = 50 m
strap_material = silicone / 硅胶
case_diameter = 42 mm | 45 mm
case_material = aluminium / 铝 | titanium / 钛
features = GPS | heart rate monitor / 心率监测
warranty = 2 years
[cookbook] cookbook books |
pages = 224 pages | 256 pages | 312 pages
format = hardcover / 精装
publication_year = 2023 | 2024 | 2025
paper_weight = 120 gsm
skill_level = beginner / 入门 | intermediate / 进阶
weight = 860 g | 980 g
[novel] novel books |
pages = 288 pages | 352 pages | 416 pages
format = paperback / 平装 | hardcover / 精装
publication_year = 2022 | 2024 | 2025
genre = literary fiction / 文学小说 | mystery / 推理 | history / 历史
age_group = adults / 成人
weight = 340 g | 420 g
[guidebook] guidebook books |
pages = 192 pages | 240 pages
format = paperback / 平装
publication_year = 2024 | 2025 | 2026
features = maps / 地图 | index / 索引
dimensions = 20 x 13 x 2 cm
weight = 310 g | 360 g
[picture_book] picture_book books |
pages = 32 pages | 40 pages
format = hardcover / 精装
publication_year = 2023 | 2025
min_age = 3 years | 4 years
age_group = children / 儿童
dimensions = 25 x 25 x 1 cm
[kettle] kettle kitchen | Tea and coffee ware / 茶咖器具
material = stainless steel / 不锈钢
capacity = 0.9 L | 1.2 L | 1.7 L
power = 1200 W | 1800 W
handle_material = beech / 榉木 | plastic / 塑料
features = temperature control / 温控 | automatic shut-off / 自动断电
cable_length = 75 cm | 80 cm
weight = 1.1 kg | 1.3 kg
warranty = 2 years
[pan] frying_pan kitchen | Cooking / 烹饪锅具
material = cast iron / 铸铁 | stainless steel / 不锈钢 | aluminium / 铝
diameter = 24 cm | 26 cm | 28 cm
capacity = 1.8 L | 2.2 L
coating = ceramic / 陶瓷涂层 | none / 无涂层
heat_source = induction, gas, electric / 电磁炉、燃气灶、电炉
handle_material = stainless steel / 不锈钢 | beech / 榉木
oven_safe = 200 celsius | 240 celsius
dishwasher_safe = no
weight = 1.2 kg | 2.1 kg
warranty = 3 years
[knife] kitchen_knife kitchen | Cooking / 烹饪锅具
blade_material = stainless steel / 不锈钢 | carbon steel / 碳钢
blade_length = 13 cm | 17 cm | 20 cm
handle_material = walnut / 胡桃木 | beech / 榉木
material = stainless steel / 不锈钢
weight = 160 g | 210 g
dishwasher_safe = no
care = hand wash / 手洗
warranty = 5 years
[cutting_board] cutting_board kitchen | Cooking / 烹饪锅具
material = beech / 榉木 | walnut / 胡桃木 | bamboo / 竹
dimensions = 36 x 24 x 2 cm | 45 x 30 x 3 cm
finish = oiled / 上油
thickness = 20 mm | 30 mm
features = non-slip base / 防滑底座 | handmade / 手工制作
dishwasher_safe = no
weight = 1.1 kg | 1.8 kg
[mug] mug kitchen | Tea and coffee ware / 茶咖器具
material = stoneware / 炻器 | porcelain / 瓷
capacity = 240 ml | 320 ml | 380 ml
finish = matte / 哑光 | glazed / 釉面
dishwasher_safe = yes
microwave_safe = yes
height = 9 cm | 10 cm
weight = 290 g | 340 g
[teapot] teapot kitchen | Tea and coffee ware / 茶咖器具
material = porcelain / 瓷 | Yixing clay / 紫砂 | glass / 玻璃
capacity = 400 ml | 600 ml | 1 L
lid = yes
finish = glazed / 釉面 | matte / 哑光
includes = strainer / 滤网
dishwasher_safe = yes | no
weight = 420 g | 650 g
[chair] chair furniture | Seating / 坐具
material = oak / 橡木 | beech / 榉木 | ash / 白蜡木
upholstery = linen / 亚麻 | wool / 羊毛
dimensions = 48 x 52 x 80 cm | 50 x 54 x 82 cm
seat_height = 45 cm | 46 cm
load_capacity = 120 kg | 130 kg
assembly = required / 需自行组装 | not required / 免安装
weight = 5.6 kg | 6.4 kg
warranty = 5 years
[table] table furniture | Tables / 桌几
material = oak / 橡木 | walnut / 胡桃木
dimensions = 140 x 80 x 75 cm | 180 x 90 x 75 cm
seats = 4 | 6
finish = oiled / 上油 | lacquered / 烤漆
shape = rectangular / 长方形
load_capacity = 80 kg | 100 kg
assembly = required / 需自行组装
warranty = 5 years
[lamp] lamp furniture | Lighting / 灯具
material = brass / 黄铜 | oak / 橡木 | steel / 钢
height = 38 cm | 46 cm | 150 cm
brightness = 450 lm | 800 lm
shape = conical / 锥形
finish = brushed / 拉丝 | matte / 哑光
dimensions = 26 x 26 x 46 cm | 30 x 30 x 48 cm
weight = 1.6 kg | 2.2 kg
warranty = 2 years
[shelf] bookcase furniture | Storage / 收纳
material = oak / 橡木 | steel / 钢 | bamboo / 竹
dimensions = 80 x 30 x 160 cm | 60 x 28 x 120 cm
shelves = 3 | 4 | 5
load_capacity = 60 kg | 80 kg
assembly = required / 需自行组装
finish = oiled / 上油 | powder-coated / 粉末喷涂
weight = 14 kg | 18 kg
warranty = 5 years
[sofa] sofa furniture | Seating / 坐具
material = beech / 榉木
upholstery = linen / 亚麻 | wool / 羊毛 | velvet / 丝绒
seats = 2 | 3
dimensions = 160 x 86 x 82 cm | 205 x 90 x 84 cm
seat_height = 43 cm | 44 cm
fill = foam / 海绵 | down / 羽绒
assembly = required / 需自行组装
warranty = 5 years
[headphones] headphones electronics | Audio / 音频
connectivity = Bluetooth / 蓝牙
battery_life = 30 h | 40 h | 55 h
charging_time = 2 h | 2.5 h
driver_size = 40 mm
features = noise cancelling / 主动降噪
ports = USB-C | USB-C, 3.5 mm audio / USB-C、3.5毫米音频接口
weight = 240 g | 265 g
includes = carry case / 收纳盒
warranty = 2 years
[camera] camera electronics | Photography / 摄影
resolution = 24 MP / 2400万像素 | 33 MP / 3300万像素
screen_size = 3 in
battery_life = 6 h | 8 h
connectivity = Bluetooth, Wi-Fi / 蓝牙、Wi-Fi
ports = USB-C, HDMI / USB-C、HDMI
weight = 390 g | 480 g
includes = manual, USB cable / 说明书、USB数据线
warranty = 2 years
[speaker] speaker electronics | Audio / 音频
connectivity = Bluetooth / 蓝牙
battery_life = 12 h | 18 h | 24 h
power = 20 W | 40 W
ip_rating = IPX5 | IP67
charging_time = 3 h
weight = 620 g | 880 g
ports = USB-C
warranty = 2 years
[keyboard] keyboard electronics | Desk / 桌面外设
connectivity = Bluetooth, USB-C / 蓝牙、USB-C | USB-C
battery_life = 60 h | 120 h
material = aluminium / 铝 | plastic / 塑料
dimensions = 31 x 12 x 4 cm | 36 x 13 x 4 cm
features = hot-swappable keys / 热插拔轴 | backlight / 背光
cable_length = 1.8 m
weight = 720 g | 940 g
warranty = 2 years
[power_bank] power_bank electronics | Desk / 桌面外设
battery_capacity = 10000 mAh | 20000 mAh
battery_life = 24 h | 36 h
connectivity = USB-C
ports = USB-C, USB-A / USB-C、USB-A
power = 20 W | 45 W
charging_time = 2.5 h | 4 h
weight = 210 g | 350 g
warranty = 2 years
[blocks] building_blocks toys |
material = beech / 榉木 | birch plywood / 桦木胶合板
pieces = 48 pcs | 80 pcs | 120 pcs
min_age = 18 months | 3 years
shape = square / 方形 | round / 圆形
packaging = box / 盒子 | paper bag / 纸袋
dimensions = 28 x 22 x 9 cm
weight = 1.4 kg | 2.1 kg
[plush] plush_toy toys |
material = cotton / 棉 | fleece / 抓绒
fill = recycled polyester / 再生聚酯纤维
min_age = 0 months | 12 months
height = 25 cm | 32 cm | 45 cm
care = machine washable / 可机洗
weight = 180 g | 320 g
origin = China / 中国 | Vietnam / 越南
[puzzle] puzzle toys |
material = cardboard / 纸板 | birch plywood / 桦木胶合板
pieces = 100 pcs | 500 pcs | 1000 pcs
min_age = 6 years | 8 years
players = 1-4
dimensions = 68 x 48 x 1 cm | 50 x 36 x 1 cm
packaging = box / 盒装
[toy_train] train_set toys |
material = beech / 榉木 | pine / 松木
pieces = 24 pcs | 40 pcs | 62 pcs
min_age = 3 years
assembly = not required / 免安装
packaging = box / 盒装
batteries = no batteries / 无需电池
weight = 1.6 kg | 2.4 kg
[green_tea] green_tea tea_food | Tea / 茶叶
net_weight = 100 g
ingredients = tea leaves / 茶叶
flavour = grassy / 青草 | chestnut / 板栗
harvest_season = spring / 春季
harvest_year = 2025 | 2026
brewing_temperature = 75 celsius | 80 celsius
brewing_time = 2 min
shelf_life = 18 months
packaging = tin / 罐装
[black_tea] black_tea tea_food | Tea / 茶叶
net_weight = 100 g
ingredients = tea leaves / 茶叶
flavour = malty / 麦芽 | honey / 蜂蜜
harvest_season = summer / 夏季 | spring / 春季
brewing_temperature = 95 celsius
brewing_time = 3 min | 4 min
shelf_life = 24 months
packaging = pouch / 袋装
[coffee] coffee tea_food | Coffee / 咖啡
net_weight = 250 g
ingredients = coffee beans / 咖啡豆
flavour = chocolate / 巧克力 | nutty / 坚果 | caramel / 焦糖
roast = light / 浅度 | medium / 中度 | dark / 深度
region = Ethiopia / 埃塞俄比亚 | Colombia / 哥伦比亚 | Yunnan / 云南
shelf_life = 12 months
packaging = pouch / 袋装
[honey] honey tea_food | Larder / 食品
net_weight = 350 g | 500 g
ingredients = honey / 蜂蜜
flavour = floral / 花香 | mild / 清淡
origin = New Zealand / 新西兰 | China / 中国 | Spain / 西班牙
shelf_life = 24 months
packaging = jar / 罐子
storage = cool and dry / 阴凉干燥处
[biscuits] biscuits tea_food | Larder / 食品
net_weight = 150 g | 200 g
ingredients = wheat flour, butter, sugar / 小麦粉、黄油、白砂糖
flavour = sea salt / 海盐 | ginger / 姜 | chocolate / 巧克力
allergens = wheat, milk / 小麦、牛奶
shelf_life = 6 months | 9 months
packaging = box / 盒装
diet = vegetarian / 素食
[running_shoes] running_shoes sport | Running / 跑步
upper_material = mesh / 网布 | microfibre / 超细纤维
sole_material = rubber / 橡胶
material = mesh / 网布
activity = running / 跑步
weight = 240 g | 268 g
gender = women / 女士 | men / 男士 | all genders / 男女通用
features = reflective details / 反光细节 | breathable / 透气
season = all season / 四季
[yoga_mat] yoga_mat sport | Training / 健身训练
material = natural rubber / 天然橡胶 | cork / 软木
dimensions = 183 x 61 x 0.4 cm | 183 x 66 x 0.5 cm
thickness = 4 mm | 5 mm
activity = yoga / 瑜伽
features = non-slip surface / 防滑表面
weight = 1.4 kg | 2.3 kg
includes = carry bag / 收纳袋
[dumbbell] dumbbells sport | Training / 健身训练
material = cast iron / 铸铁 | rubber / 橡胶
weight = 4 kg | 8 kg | 12 kg
pack_quantity = 2 pcs
handle_material = steel / 钢
activity = fitness training / 健身
warranty = 3 years
[bottle] water_bottle kitchen | Drinkware / 水杯水壶
material = stainless steel / 不锈钢
capacity = 500 ml | 750 ml | 1 L
features = leakproof / 防漏
handle_material = silicone / 硅胶
height = 24 cm | 27 cm
weight = 310 g | 360 g
warranty = 2 years
[tent] tent sport | Outdoor / 户外
material = nylon / 尼龙 | polyester / 聚酯纤维
frame_material = aluminium / 铝
sleeps = 2 persons | 3 persons
season = summer / 夏季 | all season / 四季
features = waterproof / 防水
dimensions = 220 x 140 x 110 cm | 230 x 180 x 120 cm
weight = 1.9 kg | 2.6 kg
includes = tent pegs, guy ropes / 帐篷地钉、防风绳
warranty = 3 years
[cream] face_cream beauty | Skin care / 护肤
volume = 50 ml
skin_type = dry / 干性 | sensitive / 敏感性 | normal / 中性
active_ingredients = hyaluronic acid / 透明质酸 | niacinamide / 烟酰胺 | ceramides / 神经酰胺
texture = cream / 乳霜 | gel / 凝胶
fragrance_free = yes
period_after_opening = 12 months
packaging = jar / 瓶装
shelf_life = 30 months
[shampoo] shampoo beauty | Hair care / 洗护发
volume = 250 ml | 400 ml
skin_type = all skin types / 所有肤质
hair_type = dry / 干性 | fine / 细软 | oily / 油性
scent = bergamot / 佛手柑 | citrus / 柑橘 | lavender / 薰衣草
active_ingredients = argan oil / 摩洛哥坚果油 | panthenol / 泛醇
packaging = bottle / 瓶子
period_after_opening = 12 months
[lipstick] lipstick beauty | Make-up / 彩妆
volume = 4 ml
skin_type = all skin types / 所有肤质
texture = cream / 乳霜
ingredients = beeswax, jojoba oil / 蜂蜡、荷荷巴油
fragrance_free = yes
period_after_opening = 12 months
[soap] soap beauty | Body care / 身体护理
net_weight = 100 g | 120 g
skin_type = dry / 干性 | all skin types / 所有肤质
scent = lavender / 薰衣草 | cedar / 雪松 | osmanthus / 桂花
ingredients = olive oil, shea butter / 橄榄油、乳木果油
packaging = box / 盒装
diet = vegan / 纯素
origin = Portugal / 葡萄牙 | China / 中国
"""

CONSUMABLE = {
    "green_tea", "black_tea", "coffee", "honey", "biscuits", "cream", "shampoo", "soap", "socks",
}  # fmt: skip


class Typical(NamedTuple):
    picture: str
    noun: str
    family: str
    group: tuple[str, str]  # a category between family and noun, English and Chinese; "" = none
    facts: dict[str, list[tuple[str, str]]]  # key -> values in English and Chinese


@cache
def typical() -> dict[str, Typical]:
    """Every type by the name of its picture."""
    found: dict[str, Typical] = {}
    for line in TABLE.strip().splitlines():
        if line.startswith("["):
            current = _type(line)
            found[current.picture] = current
        else:
            key, values = line.split(" = ", 1)
            current.facts[key] = [both(value) for value in values.split(" | ")]
    return found


def _type(line: str) -> Typical:
    head, group = (part.strip() for part in line.split("|"))
    picture, noun, family = head.replace("[", "").replace("]", "").split()
    return Typical(picture, noun, family, both(group), {})


def both(text: str) -> tuple[str, str]:
    """`English / Chinese`, or one value for both languages."""
    english, _, chinese = text.strip().partition(" / ")
    return english, chinese or english
