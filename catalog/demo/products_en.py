# ruff: noqa: E501 (one line a row of the table, however long)
"""The products of Northlight Goods: `[type]`, then one product a line.

`title | brand | price in euros | colours | facts that differ from the typical ones`. The first
colour is the picture's. A title never says what its facts do not.
"""

PRODUCTS = """
[tshirt]
Harbour organic cotton T-shirt | Tarnby | 29 | navy, white, sage | material=organic cotton; neckline=crew neck
Heavyweight pocket T-shirt | Sundervik | 35 | charcoal, off_white | material=cotton; fabric_weight=220 gsm; pockets=1
Breton stripe T-shirt | Fernhollow | 32 | blue | material=cotton; pattern=striped; gender=women
V-neck everyday T-shirt | Tarnby | 25 | black, grey | neckline=V-neck; material=cotton
Garden striped T-shirt | Fernhollow | 33 | green, white | pattern=striped; material=organic cotton; fit=relaxed
[shirt]
Coastline linen shirt | Fernhollow | 79 | light_blue, white | material=linen; fit=relaxed
Brushed check work shirt | Sundervik | 69 | burgundy, forest | material=cotton; pattern=checked; pockets=2; gender=men
Quarry cotton shirt | Tarnby | 59 | khaki, navy | material=cotton; pattern=solid; fit=regular
Fine stripe summer shirt | Fernhollow | 64 | sky_blue | material=linen; pattern=striped; gender=women
Dune linen shirt | Tarnby | 72 | beige | material=linen; fit=relaxed; gender=women; pattern=solid
[dress]
Meadow floral midi dress | Fernhollow | 98 | coral, teal | material=viscose; pattern=floral; garment_length=midi
Sunday linen dress | Fernhollow | 109 | sage, off_white | material=linen; pattern=solid; fit=relaxed
Silk evening slip dress | Velmora | 189 | emerald | material=silk; pattern=solid; sleeve_length=sleeveless; occasion=evening
Orchard sleeveless dress | Tarnby | 75 | mustard | sleeve_length=sleeveless; pattern=solid; season=summer
[jacket]
Drizzle water-repellent jacket | Sundervik | 129 | yellow, navy | material=nylon; features=water-repellent; lining=polyester
Skerry windproof jacket | Ridgevane | 149 | teal, graphite | material=nylon; features=windproof; season=autumn
Boiled wool jacket | Fernhollow | 175 | charcoal, olive | material=wool; season=winter; care=hand wash
Lantern winter jacket | Sundervik | 189 | burgundy | material=polyester; season=winter; features=windproof
[trousers]
Tapered cotton chinos | Tarnby | 69 | khaki, navy, olive | material=cotton; fit=tapered; gender=men
High-rise linen trousers | Fernhollow | 85 | off_white, sage | material=linen; rise=high rise; gender=women
Wool dress trousers | Sundervik | 119 | charcoal | material=wool; fit=slim; care=dry clean
Relaxed linen trousers | Tarnby | 79 | navy | material=linen; fit=relaxed; gender=men
[socks]
Merino running socks | Strideholm | 16 | grey, navy | material=merino wool; activity=running; pack_quantity=1 pcs
Trail hiking socks, three pairs | Ridgevane | 29 | olive | material=merino wool; activity=hiking; pack_quantity=3 pcs
Striped cotton socks, three pairs | Tarnby | 18 | mustard, blue | material=cotton; pattern=striped; pack_quantity=3 pcs
Cushioned race socks | Strideholm | 19 | white, coral | material=merino wool; activity=running; pack_quantity=1 pcs
[ring]
Dewdrop topaz ring | Velmora | 89 | silver | metal=sterling silver; gemstone=topaz
Harvest garnet ring | Velmora | 245 | gold | metal=14K gold; gemstone=garnet
Hammered moonstone band | Pellworth | 95 | silver | metal=sterling silver; gemstone=moonstone; finish=hammered
[necklace]
Tideline pearl necklace | Velmora | 119 | silver | metal=sterling silver; gemstone=freshwater pearl; chain_length=45 cm
Violet hour amethyst necklace | Pellworth | 135 | silver | gemstone=amethyst; metal=sterling silver
North Star topaz necklace | Velmora | 310 | gold | gemstone=topaz; metal=14K gold
[earrings]
Pebble pearl earrings | Pellworth | 68 | silver | gemstone=freshwater pearl; metal=sterling silver
Ivy jade drop earrings | Velmora | 79 | silver | gemstone=jade; metal=sterling silver
Ember garnet earrings | Velmora | 198 | gold | gemstone=garnet; metal=14K gold
[bracelet]
Wavelet silver bracelet | Pellworth | 72 | silver | metal=sterling silver; gemstone=moonstone
Mossline jade bracelet | Velmora | 84 | sage | gemstone=jade; metal=sterling silver
Brass garnet cuff | Pellworth | 48 | rust | metal=brass; gemstone=garnet
[backpack]
Commuter roll-top backpack, 22 L | Kestrelby | 109 | forest, black | capacity=22 L; closure=roll-top; material=recycled polyester
Canvas day backpack, 18 L | Dunlark | 79 | mustard, navy | capacity=18 L; material=canvas; laptop_size=14 in
Weekend hiking backpack, 28 L | Ridgevane | 119 | teal | capacity=28 L; material=nylon; features=water-repellent
Studio laptop backpack | Kestrelby | 95 | charcoal | laptop_size=15.6 in; material=recycled polyester
Leather city backpack, 18 L | Kestrelby | 189 | brown | material=leather; capacity=18 L
[tote]
Market day canvas tote | Dunlark | 29 | natural, navy | material=canvas; capacity=15 L
Saddle leather tote | Kestrelby | 165 | brown, black | material=leather; closure=magnetic
Seaside jute tote | Dunlark | 34 | beige | material=jute
Zipped work tote | Dunlark | 59 | charcoal | material=canvas; closure=zip
[camera_bag]
Field notes camera bag | Kestrelby | 89 | olive, brown | material=canvas; capacity=8 L; compartments=4
City sling camera bag | Dunlark | 75 | black | material=nylon; capacity=6 L; closure=zip
Voyager camera satchel | Kestrelby | 139 | camel | material=leather; closure=buckle
[suitcase]
Cabin suitcase, 38 L | Dunlark | 159 | blue, silver | capacity=38 L; material=polycarbonate; dimensions=55 x 38 x 21 cm
Aluminium cabin case, 36 L | Kestrelby | 329 | silver | capacity=36 L; material=aluminium; closure=buckle; dimensions=55 x 38 x 21 cm
Long-stay suitcase, 68 L | Dunlark | 199 | burgundy, navy | capacity=68 L; material=polycarbonate; dimensions=68 x 46 x 27 cm
[watch]
Meridian automatic watch | Merrowick | 349 | white | movement=automatic movement; case_diameter=40 mm; dial_colour=white; crystal=sapphire crystal
Minimal quartz watch, 36 mm | Astelund | 129 | rose_gold | movement=quartz movement; case_diameter=36 mm; dial_colour=white
Nightwatch quartz watch | Astelund | 149 | navy | movement=quartz movement; dial_colour=blue; case_diameter=38 mm
Station clock watch | Merrowick | 189 | black | movement=quartz movement; dial_colour=black; case_diameter=40 mm
Sapphire dress watch | Astelund | 219 | silver | crystal=sapphire crystal; movement=quartz movement
[diver_watch]
Deepwater automatic diver, 300 m | Merrowick | 495 | blue | water_resistance=300 m; movement=automatic movement; strap_material=stainless steel
Titanium reef diver | Merrowick | 620 | graphite | case_material=titanium; strap_material=rubber
Harbour diver, 200 m | Astelund | 385 | forest | water_resistance=200 m; strap_material=rubber
[sport_watch]
Pacer running watch | Strideholm | 199 | black, coral | features=heart rate monitor; battery_life=7 days
Summit GPS watch | Strideholm | 289 | olive | features=GPS; battery_life=12 days; case_material=titanium
Stride lite watch | Strideholm | 139 | light_blue, grey | case_diameter=42 mm; case_material=aluminium
[cookbook]
The Patient Kettle: tea at home | Lanternfield Press | 28 | sage | author=Ingrid Halvorsen; pages=224 pages; language=English
One Pan, Forty Suppers | Lanternfield Press | 26 | rust | author=Tomas Beck; pages=256 pages; language=English
Bread by the Clock | Quillmoor Books | 32 | mustard | author=Nell Archer; pages=312 pages; language=English
Sharp: knife skills for cooks | Quillmoor Books | 29 | graphite | author=Owen Rudd; pages=224 pages; language=English
[novel]
The Lighthouse Ledger | Quillmoor Books | 16 | navy | author=Clara Winstead; genre=mystery; language=English; format=paperback
A Winter in Brackwater | Lanternfield Press | 18 | teal | author=Jonas Ferrow; genre=literary fiction; language=English
The Clockmaker's Apprentice | Quillmoor Books | 17 | burgundy | author=Edith Marlow; genre=history; language=English
Salt and Saffron Roads | Lanternfield Press | 19 | terracotta | author=Samira Dell; genre=history; language=English
The Orchard Summers | Quillmoor Books | 15 | green | author=Edith Marlow; genre=literary fiction; language=English
[guidebook]
Slow trains of the north | Lanternfield Press | 22 | forest | author=Peter Holm; pages=240 pages; language=English
Island walks: thirty coastal days | Quillmoor Books | 21 | turquoise | author=Maeve Corrin; language=English
City weekends with a small bag | Lanternfield Press | 18 | orange | author=Lena Voigt; pages=192 pages; language=English
[picture_book]
Bramble the Bear Stays Up | Pipkin Hollow | 14 | orange | author=Rosa Kimble; pages=32 pages; language=English
Where the Little Train Sleeps | Pipkin Hollow | 14 | blue | author=Hugo Penn; pages=40 pages; language=English
Ten Boats, One Duck | Pipkin Hollow | 13 | yellow | author=Rosa Kimble; min_age=3 years; language=English
[kettle]
Heron electric kettle, 0.9 L | Brightwick | 79 | black, white | capacity=0.9 L; power=1200 W; features=temperature control
Family kettle, 1.7 L | Brightwick | 49 | silver, red | capacity=1.7 L; power=1800 W; features=automatic shut-off
Beechwood kettle, 1.2 L | Emberby | 65 | cream, sage | capacity=1.2 L; handle_material=beech
Pour-over kettle, 0.9 L | Emberby | 89 | matte_black | capacity=0.9 L; features=temperature control
[pan]
Cast-iron skillet, 26 cm | Stonewren | 59 | black | material=cast iron; diameter=26 cm; coating=no coating
Ceramic frying pan, 28 cm | Emberby | 45 | sage, cream | material=aluminium; coating=ceramic; diameter=28 cm
Steel frying pan, 24 cm | Stonewren | 69 | silver | material=stainless steel; coating=no coating; diameter=24 cm
Cast-iron skillet, 28 cm | Stonewren | 69 | black | material=cast iron; diameter=28 cm; coating=no coating
[knife]
Walnut chef's knife, 20 cm | Stonewren | 85 | brown | blade_length=20 cm; handle_material=walnut
Everyday santoku, 17 cm | Brightwick | 49 | charcoal | blade_length=17 cm; blade_material=stainless steel
Carbon steel petty knife, 13 cm | Stonewren | 62 | beige | blade_length=13 cm; blade_material=carbon steel; material=carbon steel
[cutting_board]
Beech board, 45 cm | Stonewren | 39 | beige | material=beech; dimensions=45 x 30 x 3 cm; thickness=30 mm
Walnut serving board | Emberby | 55 | brown | material=walnut; dimensions=36 x 24 x 2 cm; thickness=20 mm
Bamboo prep board | Brightwick | 22 | camel | material=bamboo
[mug]
Pebble stoneware mug, 320 ml | Emberby | 16 | grey, sage, terracotta | material=stoneware; capacity=320 ml; finish=matte
Porcelain breakfast mug, 380 ml | Brightwick | 14 | white, light_blue | material=porcelain; capacity=380 ml; finish=glazed
Small cortado mug, 240 ml | Emberby | 13 | rust, cream | material=stoneware; capacity=240 ml
Tall latte mug, 380 ml | Emberby | 17 | indigo, white | material=stoneware; capacity=380 ml
[teapot]
Glass teapot with strainer, 1 L | Brightwick | 39 | mint | material=glass; capacity=1 L; finish=
Round porcelain teapot, 600 ml | Emberby | 45 | white, indigo | material=porcelain; capacity=600 ml; finish=glazed
Fireside stoneware teapot | Emberby | 52 | terracotta | material=stoneware; finish=matte; capacity=600 ml
[chair]
Oak dining chair | Oakmere Works | 189 | sage, grey | material=oak; upholstery=wool
Beech spindle chair | Lindhavn | 139 | black | material=beech; upholstery=linen
Ash reading chair | Oakmere Works | 269 | mustard, navy | material=ash; upholstery=wool
[table]
Oak dining table, 180 cm | Oakmere Works | 749 | camel | material=oak; dimensions=180 x 90 x 75 cm; seats=6
Walnut kitchen table, 140 cm | Oakmere Works | 899 | brown | material=walnut; dimensions=140 x 80 x 75 cm; seats=4
Lacquered oak table | Lindhavn | 569 | beige | material=oak; finish=lacquered; seats=4; dimensions=140 x 80 x 75 cm
[lamp]
Brass table lamp | Lindhavn | 119 | cream, forest | material=brass; height=46 cm; dimensions=30 x 30 x 46 cm
Oak bedside lamp | Oakmere Works | 89 | white | material=oak; height=38 cm; dimensions=26 x 26 x 38 cm; finish=matte
Steel reading lamp | Lindhavn | 99 | charcoal, mustard | material=steel; brightness=800 lm; height=46 cm; dimensions=26 x 26 x 46 cm
Oak floor lamp | Oakmere Works | 199 | off_white | material=oak; height=150 cm; dimensions=40 x 40 x 150 cm
[shelf]
Five-shelf oak bookcase | Oakmere Works | 329 | camel | material=oak; shelves=5; dimensions=80 x 30 x 160 cm; finish=oiled
Steel workshop shelf | Lindhavn | 149 | graphite | material=steel; finish=powder-coated; shelves=4
Low bamboo bookcase | Lindhavn | 119 | khaki | material=bamboo; shelves=3; dimensions=60 x 28 x 120 cm
[sofa]
Linen two-seat sofa | Oakmere Works | 989 | grey, sage | upholstery=linen; seats=2; dimensions=160 x 86 x 82 cm
Velvet three-seat sofa | Lindhavn | 1390 | emerald, rust | upholstery=velvet; seats=3; dimensions=205 x 90 x 84 cm
Wool three-seat sofa | Oakmere Works | 1590 | charcoal | upholstery=wool; seats=3; dimensions=205 x 90 x 84 cm
[headphones]
Quiet Room headphones | Ardelio | 229 | black, cream | features=noise cancelling; battery_life=40 h
Studio wired and wireless headphones | Tonaris | 179 | graphite | ports=USB-C, 3.5 mm audio; battery_life=30 h
Longhaul headphones, 55 h | Ardelio | 259 | navy, silver | battery_life=55 h; features=noise cancelling
Bright Day headphones | Tonaris | 99 | coral, mint | battery_life=30 h; features=foldable
Commuter headphones | Tonaris | 139 | charcoal, beige | features=noise cancelling; battery_life=40 h
[camera]
Wayfarer 24 MP camera | Ardelio | 749 | black, silver | resolution=24 MP
Atlas 33 MP camera | Ardelio | 1190 | black | resolution=33 MP; battery_life=8 h
Pocket journal camera | Tonaris | 489 | rust, sage | resolution=24 MP; weight=390 g
[speaker]
Garden speaker, IP67 | Tonaris | 89 | forest, orange | ip_rating=IP67; battery_life=18 h
Bookshelf speaker, 40 W | Ardelio | 149 | brown, white | power=40 W; battery_life=12 h
Shower speaker | Tonaris | 49 | light_blue | ip_rating=IPX5; power=20 W
[keyboard]
Low-noise wireless keyboard | Vexholm | 89 | grey, white | connectivity=Bluetooth, USB-C; features=backlight
Aluminium mechanical keyboard | Vexholm | 149 | space_grey | material=aluminium; features=hot-swappable keys
Compact travel keyboard | Vexholm | 65 | sage | dimensions=31 x 12 x 4 cm; connectivity=Bluetooth
Night owl keyboard | Vexholm | 119 | cream | connectivity=Bluetooth, USB-C; features=backlight; material=plastic
[power_bank]
Pocket power bank, 10,000 mAh | Vexholm | 35 | white, navy | battery_capacity=10000 mAh; weight=210 g; power=20 W
Laptop power bank, 20,000 mAh | Vexholm | 69 | graphite | battery_capacity=20000 mAh; power=45 W; weight=350 g
Field power bank, 20,000 mAh | Ardelio | 75 | olive | battery_capacity=20000 mAh; power=45 W; weight=350 g
[blocks]
Beech building blocks, 80 pieces | Pipkin Hollow | 49 | red | material=beech; pieces=80 pcs
Little town blocks, 120 pieces | Mossbeary | 65 | teal | pieces=120 pcs; min_age=3 years
First blocks, 48 pieces | Pipkin Hollow | 34 | yellow | pieces=48 pcs; min_age=18 months
[plush]
Bramble the bear, 32 cm | Pipkin Hollow | 29 | brown | height=32 cm; material=cotton
Tumble the bear cub, 25 cm | Mossbeary | 22 | camel, grey | height=25 cm
Grandfather bear, 45 cm | Mossbeary | 45 | chocolate | height=45 cm; weight=320 g
Snowy the bear, 32 cm | Pipkin Hollow | 29 | off_white | height=32 cm
Midnight the bear, 25 cm | Mossbeary | 22 | graphite | height=25 cm
[puzzle]
Harbour at dawn puzzle, 1,000 pieces | Mossbeary | 24 | blue | pieces=1000 pcs; min_age=8 years; material=cardboard
Woodland map puzzle, 100 pieces | Pipkin Hollow | 17 | forest | pieces=100 pcs; min_age=6 years
Botanical puzzle, 500 pieces | Mossbeary | 21 | pink | pieces=500 pcs; min_age=8 years
[toy_train]
First railway, 24 pieces | Pipkin Hollow | 39 | green | pieces=24 pcs; weight=1.6 kg
Mountain railway, 62 pieces | Pipkin Hollow | 79 | red | pieces=62 pcs; weight=2.4 kg
Harbour line train set, 40 pieces | Mossbeary | 55 | navy | pieces=40 pcs
[green_tea]
Spring Longjing, 100 g | Thistlecup | 19 | sage | harvest_season=spring; flavour=chestnut; origin=Hangzhou
Morning sencha, 100 g | Thistlecup | 16 | green | origin=Japan; flavour=grassy
Jade mist green tea, 100 g | Northlight Larder | 14 | mint | origin=China
Jasmine green tea, 100 g | Thistlecup | 15 | cream | flavour=jasmine; ingredients=tea leaves, jasmine flowers
Autumn oolong, 100 g | Thistlecup | 18 | olive | noun=oolong_tea; flavour=floral; origin=Anxi; harvest_season=autumn; brewing_temperature=95 celsius
[black_tea]
Highland Assam, 100 g | Thistlecup | 12 | burgundy | origin=India; flavour=malty
Smoky Wuyi black tea, 100 g | Northlight Larder | 18 | charcoal | flavour=smoky; origin=Wuyi
Honey Yunnan black tea, 100 g | Thistlecup | 16 | mustard | flavour=honey; origin=Yunnan
House breakfast tea, 100 g | Northlight Larder | 10 | navy | flavour=malty; origin=Sri Lanka
Sweet Yunnan pu'er, 100 g | Northlight Larder | 21 | brown | noun=puer_tea; origin=Yunnan; flavour=sweet
[coffee]
Lighthouse espresso, 250 g | Northlight Larder | 13 | navy | roast=dark; flavour=chocolate; region=Colombia
First Light filter coffee, 250 g | Northlight Larder | 14 | coral | roast=light; flavour=fruity; region=Ethiopia
Dockside house coffee, 250 g | Northlight Larder | 12 | brown | roast=medium; flavour=nutty
Terraces of Yunnan coffee, 250 g | Thistlecup | 15 | teal | region=Yunnan; roast=medium; flavour=caramel
Decaffeinated evening coffee, 250 g | Northlight Larder | 13 | lavender | roast=medium; caffeine=decaffeinated; flavour=nutty
[honey]
Thyme hill honey, 350 g | Northlight Larder | 14 | mustard | net_weight=350 g; origin=Spain
Acacia honey, 500 g | Northlight Larder | 16 | yellow | net_weight=500 g; flavour=mild
Clover honey, 500 g | Northlight Larder | 13 | camel | net_weight=500 g; flavour=floral; origin=New Zealand
[biscuits]
Sea salt butter biscuits | Northlight Larder | 7 | blue | flavour=sea salt; net_weight=150 g
Ginger snaps | Northlight Larder | 6 | orange | flavour=ginger; net_weight=200 g
Double chocolate biscuits | Thistlecup | 8 | chocolate | flavour=chocolate; ingredients=wheat flour, butter, sugar, cocoa
[running_shoes]
Pacer daily running shoes | Strideholm | 119 | grey, coral | weight=268 g; features=breathable
Tempo race shoes | Strideholm | 149 | white, teal | weight=240 g; features=breathable
Ridge trail running shoes | Ridgevane | 139 | olive, orange | features=reflective details
Night run shoes | Strideholm | 129 | black | features=reflective details
[yoga_mat]
Grounded rubber yoga mat | Fennelroot | 65 | forest, lilac | material=natural rubber; thickness=4 mm; dimensions=183 x 61 x 0.4 cm
Cork yoga mat | Fennelroot | 75 | camel | material=cork; thickness=5 mm; dimensions=183 x 66 x 0.5 cm
Extra-wide yoga mat, 66 cm | Ridgevane | 59 | navy, terracotta | dimensions=183 x 66 x 0.5 cm; thickness=5 mm; material=natural rubber
[dumbbell]
Rubber dumbbells, 2 x 4 kg | Ridgevane | 39 | charcoal | weight=4 kg; material=rubber
Rubber dumbbells, 2 x 8 kg | Ridgevane | 65 | charcoal | weight=8 kg; material=rubber
Cast-iron dumbbells, 2 x 12 kg | Strideholm | 79 | black | weight=12 kg; material=cast iron
[bottle]
Trailhead steel bottle, 750 ml | Ridgevane | 29 | forest, orange, grey | capacity=750 ml
Runner's bottle, 500 ml | Strideholm | 24 | coral, light_blue | capacity=500 ml
Basecamp bottle, 1 L | Ridgevane | 35 | navy | capacity=1 L
Desk bottle, 500 ml | Ridgevane | 22 | cream, mint | capacity=500 ml
[tent]
Two Birds tent for two | Ridgevane | 249 | olive | sleeps=2 persons; weight=1.9 kg; dimensions=220 x 140 x 110 cm
Three Pines tent for three | Ridgevane | 329 | terracotta | sleeps=3 persons; weight=2.6 kg; dimensions=230 x 180 x 120 cm
Fairweather summer tent | Ridgevane | 179 | yellow | sleeps=2 persons; season=summer
[cream]
Overnight barrier cream | Fennelroot | 34 | sage | skin_type=dry; active_ingredients=ceramides
Calm day cream | Fennelroot | 29 | blush | skin_type=sensitive; active_ingredients=niacinamide
Water gel cream | Sorrelby | 26 | light_blue | texture=gel; active_ingredients=hyaluronic acid; skin_type=normal
Rich night cream | Sorrelby | 32 | lilac | skin_type=dry; active_ingredients=hyaluronic acid; texture=cream
[shampoo]
Lavender shampoo, 250 ml | Sorrelby | 14 | lavender | volume=250 ml; scent=lavender
Argan repair shampoo, 400 ml | Fennelroot | 22 | camel | volume=400 ml; active_ingredients=argan oil; hair_type=damaged
Citrus volume shampoo, 250 ml | Sorrelby | 15 | orange | scent=citrus; hair_type=fine; volume=250 ml
[lipstick]
Velvet plum lipstick | Sorrelby | 22 | purple | shade=Plum
Old rose lipstick | Sorrelby | 22 | dusty_pink | shade=Old rose
Brick lane lipstick | Fennelroot | 24 | terracotta | shade=Brick
Signal red lipstick | Sorrelby | 22 | red | shade=Signal red
[soap]
Lavender and olive soap | Fennelroot | 9 | lavender | scent=lavender; net_weight=100 g
Cedar soap bar, 120 g | Sorrelby | 10 | brown | scent=cedar; net_weight=120 g
Unscented olive soap | Fennelroot | 8 | olive | scent=unscented; net_weight=100 g
Osmanthus soap | Fennelroot | 9 | yellow | scent=osmanthus; net_weight=100 g
"""
