# ruff: noqa: E501 (one line a row of the table, however long)
"""The products of 松风百货: `[type]`, then one product a line, as in products_en.

`标题 | 品牌 | 价格（元） | 颜色代码 | 与同类不同的属性`. A title never says what its facts do not.
"""

PRODUCTS = """
[tshirt]
有机棉圆领短袖T恤 | 素禾集 | 129 | white, sage, navy | material=有机棉; neckline=圆领; fit=常规
重磅口袋T恤 | 跃岭 | 159 | charcoal, off_white | material=棉; fabric_weight=220 gsm; pockets=1
海魂条纹T恤 | 素禾集 | 139 | blue | material=棉; pattern=条纹; gender=女士
V领日常T恤 | 云栖里 | 99 | black, grey | neckline=V领; material=棉
园艺条纹T恤 | 素禾集 | 149 | green, white | pattern=条纹; material=有机棉; fit=宽松
[shirt]
山岚亚麻衬衫 | 素禾集 | 299 | light_blue, off_white | material=亚麻; fit=宽松; pattern=纯色
格纹棉布衬衫 | 云栖里 | 239 | burgundy, forest | material=棉; pattern=格子; gender=男士
卡其工装衬衫 | 跃岭 | 259 | khaki | material=棉; pockets=2; pattern=纯色; fit=常规
细条纹通勤衬衫 | 云栖里 | 229 | sky_blue | pattern=条纹; material=棉; gender=女士
沙丘亚麻衬衫 | 云栖里 | 279 | beige | material=亚麻; fit=宽松; gender=女士; pattern=纯色
[dress]
碎花中长连衣裙 | 素禾集 | 359 | coral, teal | material=粘胶纤维; pattern=碎花; garment_length=中长款
亚麻宽松连衣裙 | 素禾集 | 389 | sage | material=亚麻; pattern=纯色; fit=宽松
真丝无袖连衣裙 | 棠溪 | 799 | emerald, burgundy | material=真丝; sleeve_length=无袖; pattern=纯色; care=手洗
夏日V领连衣裙 | 云栖里 | 269 | mustard | neckline=V领; season=夏季; pattern=纯色
[jacket]
细雨防泼水夹克 | 跃岭 | 459 | yellow, navy | material=尼龙; features=防泼水; closure=拉链
山脊防风夹克 | 跃岭 | 529 | teal, graphite | material=尼龙; features=防风; season=秋季
羊毛短外套 | 云栖里 | 689 | camel, charcoal | material=羊毛; season=冬季; care=仅可干洗
灯火冬季夹克 | 跃岭 | 669 | burgundy | material=聚酯纤维; season=冬季; features=防风
[trousers]
锥形棉质休闲裤 | 云栖里 | 259 | khaki, olive | material=棉; fit=锥形; gender=男士
高腰亚麻长裤 | 素禾集 | 299 | off_white, sage | material=亚麻; rise=高腰; gender=女士
羊毛西裤 | 云栖里 | 459 | charcoal | material=羊毛; fit=修身; care=仅可干洗
宽松亚麻长裤 | 云栖里 | 279 | navy | material=亚麻; fit=宽松; gender=男士
[socks]
美利奴跑步袜 | 跃岭 | 59 | grey, navy | material=美利奴羊毛; activity=跑步; pack_quantity=1 pcs
徒步厚袜三双装 | 跃岭 | 99 | olive | material=美利奴羊毛; activity=徒步; pack_quantity=3 pcs
条纹棉袜三双装 | 素禾集 | 49 | mustard, blue | material=棉; pattern=条纹; pack_quantity=3 pcs
竞速跑步袜 | 跃岭 | 69 | white | activity=跑步; pack_quantity=1 pcs; material=美利奴羊毛
[ring]
晨露托帕石戒指 | 棠溪 | 369 | silver | metal=925银; gemstone=托帕石
石榴石金戒指 | 棠溪 | 1680 | gold | metal=14K金; gemstone=石榴石
锤纹月光石戒指 | 霁蓝坊 | 399 | silver | metal=925银; gemstone=月光石; finish=锤纹
[necklace]
月下珍珠项链 | 棠溪 | 520 | silver | gemstone=淡水珍珠; metal=925银; chain_length=45 cm
紫气紫水晶项链 | 霁蓝坊 | 459 | silver | gemstone=紫水晶; metal=925银
北斗托帕石项链 | 棠溪 | 1990 | gold | gemstone=托帕石; metal=14K金
[earrings]
小圆珍珠耳环 | 棠溪 | 288 | silver | gemstone=淡水珍珠; metal=925银
青竹玉石耳坠 | 霁蓝坊 | 329 | silver | gemstone=玉; metal=925银
暮色石榴石耳环 | 棠溪 | 899 | gold | gemstone=石榴石; metal=14K金
[bracelet]
流云月光石银手链 | 霁蓝坊 | 319 | silver | metal=925银; gemstone=月光石
青苔玉石手链 | 棠溪 | 459 | sage | gemstone=玉; metal=925银
黄铜石榴石手链 | 霁蓝坊 | 199 | rust | metal=黄铜; gemstone=石榴石
[backpack]
卷口通勤双肩包22升 | 墨岚 | 399 | forest, black | capacity=22 L; closure=卷口; material=再生聚酯纤维
帆布日用双肩包18升 | 青川记 | 259 | mustard, navy | capacity=18 L; material=帆布; laptop_size=14 in
周末徒步背包28升 | 跃岭 | 429 | teal | capacity=28 L; material=尼龙; features=防泼水
商务电脑双肩包 | 墨岚 | 359 | charcoal | laptop_size=15.6 in; material=再生聚酯纤维
头层牛皮双肩包18升 | 墨岚 | 799 | brown | material=头层牛皮; capacity=18 L
[tote]
市集帆布托特包 | 青川记 | 89 | natural, navy | material=帆布; capacity=15 L
头层牛皮托特包 | 墨岚 | 699 | brown, black | material=头层牛皮; closure=磁扣
海边黄麻托特包 | 青川记 | 119 | beige | material=黄麻
拉链通勤托特包 | 青川记 | 199 | charcoal | material=帆布; closure=拉链
[camera_bag]
帆布相机斜挎包 | 墨岚 | 329 | olive, brown | material=帆布; capacity=8 L; compartments=4
轻便相机斜挎包 | 青川记 | 269 | black | material=尼龙; capacity=6 L; closure=拉链
皮质相机邮差包 | 墨岚 | 599 | camel | material=皮革; closure=搭扣
[suitcase]
登机行李箱38升 | 青川记 | 499 | blue, silver | capacity=38 L; material=聚碳酸酯; dimensions=55 x 38 x 21 cm
铝框登机箱36升 | 墨岚 | 1190 | silver | capacity=36 L; material=铝; closure=搭扣; dimensions=55 x 38 x 21 cm
长途行李箱68升 | 青川记 | 689 | burgundy, navy | capacity=68 L; material=聚碳酸酯; dimensions=68 x 46 x 27 cm
[watch]
子午自动机械手表 | 辰时造 | 1580 | white | movement=自动机械机芯; case_diameter=40 mm; dial_colour=白色; crystal=蓝宝石玻璃
极简石英手表36毫米 | 辰时造 | 459 | rose_gold | movement=石英机芯; case_diameter=36 mm; dial_colour=白色
夜航石英手表 | 辰时造 | 529 | navy | movement=石英机芯; dial_colour=蓝色; case_diameter=38 mm
站台石英手表 | 云衡 | 589 | black | movement=石英机芯; dial_colour=黑色; case_diameter=40 mm
蓝宝石镜面石英手表 | 云衡 | 739 | silver | crystal=蓝宝石玻璃; movement=石英机芯
[diver_watch]
深海自动潜水表300米 | 云衡 | 2280 | blue | water_resistance=300 m; strap_material=不锈钢
钛壳礁石潜水表 | 云衡 | 2890 | graphite | case_material=钛; strap_material=橡胶
近海潜水表200米 | 辰时造 | 1690 | forest | water_resistance=200 m; strap_material=橡胶
[sport_watch]
配速跑步智能手表 | 跃岭 | 799 | black, coral | features=心率监测; battery_life=7 days
登顶GPS智能手表 | 跃岭 | 1299 | olive | features=GPS定位; battery_life=12 days; case_material=钛
轻跑智能手表 | 跃岭 | 559 | light_blue, grey | case_diameter=42 mm; case_material=铝
[cookbook]
《一壶清茶：在家泡茶》 | 半窗书社 | 58 | sage | author=沈知微; pages=224 pages; language=中文
《一口锅的四十道晚餐》 | 半窗书社 | 62 | rust | author=周砚; pages=256 pages; language=中文
《面点的时间》 | 灯下书房 | 68 | mustard | author=何素秋; pages=312 pages; language=中文
《刀工入门》 | 灯下书房 | 49 | graphite | author=陆远山; pages=224 pages; language=中文; skill_level=初学者
[novel]
《灯塔账簿》 | 灯下书房 | 45 | navy | author=顾南星; genre=推理; language=中文; format=平装
《雪落青石镇》 | 半窗书社 | 48 | teal | author=许念慈; genre=文学小说; language=中文
《钟表匠的学徒》 | 灯下书房 | 46 | burgundy | author=宋既明; genre=历史; language=中文
《盐路与驼铃》 | 半窗书社 | 52 | terracotta | author=白若川; genre=历史; language=中文
《果园的夏天》 | 灯下书房 | 42 | green | author=宋既明; genre=文学小说; language=中文
[guidebook]
《慢火车：一路向北》 | 半窗书社 | 55 | forest | author=林望舒; pages=240 pages; language=中文
《海岛步行三十日》 | 灯下书房 | 52 | turquoise | author=陈屿; language=中文
《周末古镇》 | 半窗书社 | 46 | orange | author=方小满; pages=192 pages; language=中文
[picture_book]
《小熊团团不睡觉》 | 小鹿角 | 39 | orange | author=米朵; pages=32 pages; language=中文
《小火车住在哪里》 | 小鹿角 | 42 | blue | author=唐果; pages=40 pages; language=中文
《十条船和一只鸭》 | 小鹿角 | 36 | yellow | author=米朵; min_age=3 years; language=中文
[kettle]
鹭影温控电水壶0.9升 | 霁蓝坊 | 299 | black, white | capacity=0.9 L; power=1200 W; features=温控
家用大容量电水壶1.7升 | 拾木间 | 159 | silver, red | capacity=1.7 L; power=1800 W; features=自动断电
榉木手柄电水壶1.2升 | 拾木间 | 239 | cream, sage | capacity=1.2 L; handle_material=榉木
手冲细口壶0.9升 | 霁蓝坊 | 329 | matte_black | capacity=0.9 L; features=温控
[pan]
铸铁平底锅26厘米 | 青川记 | 219 | black | material=铸铁; diameter=26 cm; coating=无涂层
陶瓷涂层平底锅28厘米 | 拾木间 | 169 | sage, cream | material=铝; coating=陶瓷涂层; diameter=28 cm
不锈钢平底锅24厘米 | 青川记 | 259 | silver | material=不锈钢; coating=无涂层; diameter=24 cm
铸铁平底锅28厘米 | 青川记 | 249 | black | material=铸铁; diameter=28 cm; coating=无涂层
[knife]
胡桃木柄主厨刀20厘米 | 青川记 | 329 | brown | blade_length=20 cm; handle_material=胡桃木
日用厨刀17厘米 | 拾木间 | 159 | charcoal | blade_length=17 cm; blade_material=不锈钢
碳钢小厨刀13厘米 | 青川记 | 199 | beige | blade_length=13 cm; blade_material=碳钢; material=碳钢
[cutting_board]
榉木砧板45厘米 | 拾木间 | 139 | beige | material=榉木; dimensions=45 x 30 x 3 cm; thickness=30 mm
胡桃木砧板36厘米 | 拾木间 | 199 | brown | material=胡桃木; dimensions=36 x 24 x 2 cm; thickness=20 mm
竹制砧板 | 青川记 | 69 | camel | material=竹
[mug]
卵石炻器马克杯320毫升 | 霁蓝坊 | 59 | grey, sage, terracotta | material=炻器; capacity=320 ml; finish=哑光
白瓷早餐杯380毫升 | 霁蓝坊 | 49 | white, light_blue | material=瓷; capacity=380 ml; finish=釉面
小号咖啡杯240毫升 | 拾木间 | 45 | rust, cream | material=炻器; capacity=240 ml
高身拿铁杯380毫升 | 霁蓝坊 | 65 | indigo, white | material=炻器; capacity=380 ml
[teapot]
玻璃带滤网茶壶1升 | 霁蓝坊 | 129 | mint | material=玻璃; capacity=1 L; finish=
青花瓷茶壶600毫升 | 霁蓝坊 | 199 | white, indigo | material=瓷; capacity=600 ml; finish=釉面; origin=景德镇
紫砂茶壶400毫升 | 松风 | 459 | terracotta | material=紫砂; capacity=400 ml; finish=哑光; dishwasher_safe=no
[chair]
橡木餐椅 | 拾木间 | 599 | sage, grey | material=橡木; upholstery=羊毛
榉木餐椅 | 拾木间 | 429 | black | material=榉木; upholstery=亚麻
白蜡木阅读椅 | 栖木 | 899 | mustard, navy | material=白蜡木; upholstery=羊毛
[table]
橡木餐桌1.8米 | 栖木 | 2680 | camel | material=橡木; dimensions=180 x 90 x 75 cm; seats=6
胡桃木餐桌1.4米 | 栖木 | 3280 | brown | material=胡桃木; dimensions=140 x 80 x 75 cm; seats=4
烤漆橡木餐桌 | 拾木间 | 1990 | beige | material=橡木; finish=烤漆; seats=4; dimensions=140 x 80 x 75 cm
[lamp]
黄铜台灯 | 栖木 | 399 | cream, forest | material=黄铜; height=46 cm; dimensions=30 x 30 x 46 cm
橡木床头灯 | 拾木间 | 299 | white | material=橡木; height=38 cm; dimensions=26 x 26 x 38 cm; finish=哑光
钢制阅读灯 | 栖木 | 329 | charcoal, mustard | material=钢; brightness=800 lm; height=46 cm; dimensions=26 x 26 x 46 cm
橡木落地灯 | 栖木 | 699 | off_white | material=橡木; height=150 cm; dimensions=40 x 40 x 150 cm
[shelf]
五层橡木书架 | 栖木 | 1180 | camel | material=橡木; shelves=5; dimensions=80 x 30 x 160 cm; finish=木蜡油
四层钢制书架 | 拾木间 | 499 | graphite | material=钢; finish=粉末喷涂; shelves=4
三层竹书架 | 拾木间 | 359 | khaki | material=竹; shelves=3; dimensions=60 x 28 x 120 cm
[sofa]
亚麻双人沙发 | 栖木 | 3290 | grey, sage | upholstery=亚麻; seats=2; dimensions=160 x 86 x 82 cm
天鹅绒三人沙发 | 栖木 | 4890 | emerald, rust | upholstery=天鹅绒; seats=3; dimensions=205 x 90 x 84 cm
羊毛三人沙发 | 栖木 | 5680 | charcoal | upholstery=羊毛; seats=3; dimensions=205 x 90 x 84 cm
[headphones]
静室降噪头戴式耳机 | 澄音 | 899 | black, cream | features=主动降噪; battery_life=40 h
录音室头戴式耳机 | 澄音 | 699 | graphite | ports=USB-C、3.5毫米音频接口; battery_life=30 h
长途降噪头戴式耳机 | 澄音 | 999 | navy, silver | battery_life=55 h; features=主动降噪
晴日折叠头戴式耳机 | 澄音 | 399 | coral, mint | battery_life=30 h; features=可折叠
通勤降噪头戴式耳机 | 澄音 | 559 | charcoal, beige | features=主动降噪; battery_life=40 h
[camera]
行者2400万像素相机 | 映川 | 3680 | black, silver | resolution=2400万像素
远山3300万像素相机 | 映川 | 5980 | black | resolution=3300万像素; battery_life=8 h
口袋日记相机 | 映川 | 2390 | rust, sage | resolution=2400万像素; weight=390 g
[speaker]
庭院防水蓝牙音箱 | 澄音 | 329 | forest, orange | ip_rating=IP67; battery_life=18 h; features=防水
书架音箱40瓦 | 澄音 | 599 | brown, white | power=40 W; battery_life=12 h
浴室蓝牙音箱 | 澄音 | 169 | light_blue | ip_rating=IPX5; power=20 W
[keyboard]
背光无线键盘 | 映川 | 329 | grey, white | connectivity=蓝牙、USB-C; features=背光
铝壳热插拔机械键盘 | 映川 | 599 | space_grey | material=铝; features=热插拔轴
便携蓝牙键盘 | 映川 | 239 | sage | dimensions=31 x 12 x 4 cm; connectivity=蓝牙
夜猫背光键盘 | 映川 | 429 | cream | connectivity=蓝牙、USB-C; features=背光; material=塑料
[power_bank]
口袋充电宝10000毫安时 | 映川 | 129 | white, navy | battery_capacity=10000 mAh; weight=210 g; power=20 W
笔记本充电宝20000毫安时 | 映川 | 269 | graphite | battery_capacity=20000 mAh; power=45 W; weight=350 g
户外充电宝20000毫安时 | 跃岭 | 289 | olive | battery_capacity=20000 mAh; power=45 W; weight=350 g
[blocks]
榉木积木80件 | 小鹿角 | 169 | red | material=榉木; pieces=80 pcs
小镇积木120件 | 小鹿角 | 229 | teal | pieces=120 pcs; min_age=3 years
启蒙积木48件 | 木米米 | 119 | yellow | pieces=48 pcs; min_age=18 months
[plush]
小熊团团毛绒玩具32厘米 | 小鹿角 | 99 | brown | height=32 cm; material=棉
熊宝宝毛绒玩具25厘米 | 木米米 | 69 | camel, grey | height=25 cm
大熊爷爷毛绒玩具45厘米 | 木米米 | 159 | chocolate | height=45 cm; weight=320 g
雪团小熊毛绒玩具32厘米 | 小鹿角 | 99 | off_white | height=32 cm
午夜小熊毛绒玩具25厘米 | 木米米 | 69 | graphite | height=25 cm
[puzzle]
港口清晨拼图1000片 | 木米米 | 79 | blue | pieces=1000 pcs; min_age=8 years; material=纸板
森林地图拼图100片 | 小鹿角 | 59 | forest | pieces=100 pcs; min_age=6 years
花草图鉴拼图500片 | 木米米 | 69 | pink | pieces=500 pcs; min_age=8 years
[toy_train]
启蒙轨道火车24件 | 小鹿角 | 139 | green | pieces=24 pcs; weight=1.6 kg
高山轨道火车62件 | 小鹿角 | 299 | red | pieces=62 pcs; weight=2.4 kg
港口轨道火车40件 | 木米米 | 199 | navy | pieces=40 pcs
[green_tea]
明前龙井100克 | 松风 | 198 | sage | harvest_season=春季; flavour=板栗; origin=杭州
洞庭碧螺春100克 | 半山茶录 | 168 | green | flavour=花香; origin=中国; harvest_season=春季
高山云雾绿茶100克 | 半山茶录 | 98 | mint | origin=安徽; flavour=青草
茉莉花茶100克 | 松风 | 78 | cream | noun=herbal_tea; flavour=茉莉; ingredients=茶叶、茉莉花; origin=福建
安溪铁观音100克 | 半山茶录 | 128 | forest | noun=oolong_tea; flavour=花香; origin=安溪; brewing_temperature=95 celsius; harvest_season=秋季
[black_tea]
正山小种100克 | 松风 | 138 | charcoal | origin=武夷山; flavour=烟熏
祁门红茶100克 | 半山茶录 | 118 | burgundy | origin=安徽; flavour=蜂蜜
滇红工夫100克 | 半山茶录 | 88 | mustard | origin=云南; flavour=蜂蜜
云南普洱熟茶100克 | 松风 | 108 | brown | noun=puer_tea; origin=云南; flavour=甜味; shelf_life=
武夷岩茶100克 | 松风 | 168 | rust | noun=oolong_tea; origin=武夷山; flavour=花香
[coffee]
灯塔意式咖啡豆250克 | 松风 | 69 | navy | roast=深度; flavour=巧克力; region=哥伦比亚
初晨手冲咖啡豆250克 | 松风 | 79 | coral | roast=浅度; flavour=果香; region=埃塞俄比亚
日常拼配咖啡豆250克 | 松风 | 59 | brown | roast=中度; flavour=坚果
云南小粒咖啡豆250克 | 半山茶录 | 65 | teal | region=云南; roast=中度; flavour=焦糖
低因晚安咖啡豆250克 | 松风 | 69 | lavender | roast=中度; caffeine=低咖啡因; flavour=坚果
[honey]
秦岭百花蜜500克 | 松风 | 68 | mustard | net_weight=500 g; origin=中国; flavour=花香
洋槐蜂蜜500克 | 松风 | 59 | yellow | net_weight=500 g; flavour=清淡; origin=中国
三叶草蜂蜜350克 | 松风 | 79 | camel | net_weight=350 g; flavour=花香; origin=新西兰
[biscuits]
海盐黄油饼干 | 松风 | 29 | blue | flavour=海盐; net_weight=150 g
姜味脆饼 | 松风 | 26 | orange | flavour=姜; net_weight=200 g
双重巧克力曲奇 | 半山茶录 | 32 | chocolate | flavour=巧克力; ingredients=小麦粉、黄油、白砂糖、可可粉
[running_shoes]
配速日常跑鞋 | 跃岭 | 459 | grey, coral | weight=268 g; features=透气
节奏竞速跑鞋 | 跃岭 | 599 | white, teal | weight=240 g; features=透气
山脊越野跑鞋 | 跃岭 | 559 | olive, orange | features=反光细节
夜跑反光跑鞋 | 跃岭 | 499 | black | features=反光细节
[yoga_mat]
天然橡胶瑜伽垫 | 初沐 | 259 | forest, lilac | material=天然橡胶; thickness=4 mm; dimensions=183 x 61 x 0.4 cm
软木瑜伽垫 | 初沐 | 299 | camel | material=软木; thickness=5 mm; dimensions=183 x 66 x 0.5 cm
加宽瑜伽垫66厘米 | 跃岭 | 229 | navy, terracotta | dimensions=183 x 66 x 0.5 cm; thickness=5 mm; material=天然橡胶
[dumbbell]
包胶哑铃4公斤一对 | 跃岭 | 139 | charcoal | weight=4 kg; material=橡胶
包胶哑铃8公斤一对 | 跃岭 | 239 | charcoal | weight=8 kg; material=橡胶
铸铁哑铃12公斤一对 | 跃岭 | 289 | black | weight=12 kg; material=铸铁
[bottle]
山径不锈钢水瓶750毫升 | 跃岭 | 119 | forest, orange, grey | capacity=750 ml
跑者水瓶500毫升 | 跃岭 | 89 | coral, light_blue | capacity=500 ml
营地大水瓶1升 | 跃岭 | 139 | navy | capacity=1 L
桌面水瓶500毫升 | 跃岭 | 79 | cream, mint | capacity=500 ml
[tent]
双飞鸟双人帐篷 | 跃岭 | 799 | olive | sleeps=2 persons; weight=1.9 kg; dimensions=220 x 140 x 110 cm
三松三人帐篷 | 跃岭 | 1099 | terracotta | sleeps=3 persons; weight=2.6 kg; dimensions=230 x 180 x 120 cm
晴空夏季帐篷 | 跃岭 | 599 | yellow | sleeps=2 persons; season=夏季
[cream]
夜间修护面霜 | 初沐 | 139 | sage | skin_type=干性; active_ingredients=神经酰胺
舒缓日霜 | 初沐 | 119 | blush | skin_type=敏感性; active_ingredients=烟酰胺
水感凝胶面霜 | 白芷堂 | 99 | light_blue | texture=凝胶; active_ingredients=透明质酸; skin_type=中性
滋润晚霜 | 白芷堂 | 129 | lilac | skin_type=干性; active_ingredients=透明质酸; texture=乳霜
[shampoo]
薰衣草洗发水250毫升 | 白芷堂 | 59 | lavender | volume=250 ml; scent=薰衣草
坚果油修护洗发水400毫升 | 初沐 | 89 | camel | volume=400 ml; active_ingredients=摩洛哥坚果油; hair_type=受损
柑橘蓬松洗发水250毫升 | 白芷堂 | 65 | orange | scent=柑橘; hair_type=细软; volume=250 ml
[lipstick]
梅子色口红 | 白芷堂 | 89 | purple | shade=梅子
豆沙色口红 | 白芷堂 | 89 | dusty_pink | shade=豆沙
砖红色口红 | 初沐 | 99 | terracotta | shade=砖红
正红色口红 | 白芷堂 | 89 | red | shade=正红
[soap]
桂花手工香皂 | 初沐 | 36 | yellow | scent=桂花; net_weight=100 g
雪松香皂120克 | 白芷堂 | 39 | brown | scent=雪松; net_weight=120 g
无香橄榄皂 | 初沐 | 32 | olive | scent=无香; net_weight=100 g
薰衣草橄榄皂 | 白芷堂 | 35 | lavender | scent=薰衣草; net_weight=100 g
"""
