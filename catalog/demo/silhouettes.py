"""What each product type looks like, as flat shapes on a square of 100 by 100, y downwards.

One shape a line: kind, colour role, then points `x,y`. Kinds: `p` polygon, `s` smooth closed
curve through the points, `o` ellipse in the box of two points, `r` rounded box of two points,
`l` line through the points, `a` arc in the box of two points. `r` takes its radius, `l` its
width, `a` its start, end and width (degrees clockwise from three o'clock) before the points.
"""

SILHOUETTES: dict[str, str] = {
    "tshirt": """
        p main 37,21 22,30 12,48 24,55 31,47 31,83 69,83 69,47 76,55 88,48 78,30 63,21
        o dark 39,15 61,29
        o ground 41,13 59,26
        l0.8 dark 31,47 31,60
        l0.8 dark 69,47 69,60""",
    "shirt": """
        p main 39,19 25,26 14,70 23,74 32,48 32,85 68,85 68,48 77,74 86,70 75,26 61,19
        p dark 41,18 59,18 50,31
        p light 39,17 50,31 43,37 35,21
        p light 61,17 50,31 57,37 65,21
        l0.7 dark 50,31 50,85
        o white 49,41 51.6,43.6
        o white 49,53 51.6,55.6
        o white 49,65 51.6,67.6
        r1 dark 55,46 63,55""",
    "dress": """
        p main 39,14 43,14 45,24 55,24 57,14 61,14 63,34 58,46 77,85 23,85 42,46 37,34
        p dark 41.8,44 58.2,44 59.5,49 40.5,49
        l0.7 dark 46,50 40,84
        l0.7 dark 54,50 60,84""",
    "jacket": """
        s dark 38,12 62,12 66,28 34,28
        p main 37,19 24,26 13,72 24,76 31,50 31,84 69,84 69,50 76,76 87,72 76,26 63,19
        p light 37,19 50,26 50,36 42,32
        p light 63,19 50,26 50,36 58,32
        l1.2 white 50,28 50,84
        p dark 35,60 45,58 45,61 35,63
        p dark 65,60 55,58 55,61 65,63
        p dark 31,80 69,80 69,84 31,84""",
    "trousers": """
        p main 36,15 64,15 71,87 56,87 50,42 44,87 29,87
        p dark 36,15 64,15 64.6,21 35.4,21
        l0.7 dark 50,21 50,42
        l0.7 dark 38,24 36,33
        l0.7 dark 62,24 64,33""",
    "socks": """
        s dark 52,18 66,18 66,46 79,62 82,74 72,80 60,74 52,54
        s main 28,18 44,18 44,48 58,64 61,77 50,84 37,77 28,56
        r1 light 27,16 45,23
        s light 50,68 61,74 56,84 46,80""",
    "ring": """
        a0,360,6 main 24,36 76,88
        a200,340,1.6 light 26,38 74,86
        p gem 50,36 36,22 42,13 58,13 64,22
        p glint 50,36 42,22 58,22
        p glint 42,13 58,13 54,16 46,16
        p dark 43,35 57,35 54,40 46,40""",
    "necklace": """
        a15,165,1.8 main 16,-26 84,66
        s gem 50,63 60,76 50,88 40,76
        s glint 47,70 49,74 47,79 45,75
        o main 47.5,60 52.5,65""",
    "earrings": """
        a180,360,1.8 metal 28,16 40,30
        a180,360,1.8 metal 60,16 72,30
        s main 40,26 50,58 40,76 30,58
        s main 72,26 82,58 72,76 62,58
        s gem 40,42 46,58 40,69 34,58
        s gem 72,42 78,58 72,69 66,58""",
    "bracelet": """
        a0,360,5 main 18,32 82,78
        a190,350,1.6 light 20,34 80,76
        o dark 44,71 56,83
        o gem 46,73 54,81
        o gem 26,66 34,74
        o gem 66,66 74,74""",
    "backpack": """
        a180,360,3 dark 40,10 60,30
        r14 main 27,20 73,86
        r6 dark 33,54 67,80
        r5 light 35,57 65,78
        l1 dark 35,63 65,63
        p dark 31,38 69,38 69,41 31,41
        r3 dark 21,46 27,76
        r3 dark 73,46 79,76""",
    "tote": """
        a180,360,2.6 dark 34,12 66,64
        p main 22,38 78,38 73,86 27,86
        p dark 22,38 78,38 77.4,43 22.6,43
        r2 light 43,56 57,66""",
    "camera_bag": """
        a180,360,2.4 dark 22,8 78,76
        r6 main 22,42 78,84
        p light 22,44 78,44 74,62 26,62
        r2 dark 45,56 55,66
        l0.8 dark 27,74 73,74""",
    "suitcase": """
        l2.4 metal 41,24 41,10 59,10 59,24
        r6 main 27,23 73,82
        l1.4 dark 38,25 38,80
        l1.4 dark 50,25 50,80
        l1.4 dark 62,25 62,80
        o ink 31,81 39,89
        o ink 61,81 69,89""",
    "watch": """
        p dark 40,8 60,8 62,34 38,34
        p dark 38,66 62,66 60,92 40,92
        o metal 26,26 74,74
        o main 30,30 70,70
        l1.4 white 50,50 50,36
        l1.4 white 50,50 60,54
        o white 48.4,48.4 51.6,51.6
        r1 metal 73,47 78,53""",
    "diver_watch": """
        p metal 39,8 61,8 62,34 38,34
        p metal 38,66 62,66 61,92 39,92
        o dark 24,24 76,76
        a200,340,3 light 26,26 74,74
        o main 31,31 69,69
        o white 48.5,34 51.5,37
        o white 48.5,63 51.5,66
        o white 34,48.5 37,51.5
        o white 63,48.5 66,51.5
        l2 white 50,50 50,39
        l2 white 50,50 58,56
        r1 metal 75,46 81,54""",
    "sport_watch": """
        r3 main 38,8 62,36
        r3 main 38,64 62,92
        r12 dark 29,27 71,73
        r9 ink 33,31 67,69
        a140,400,3 accent 40,36 60,56
        l1.6 white 40,62 60,62""",
    "cookbook": """
        p dark 26,18 74,18 78,24 78,88 30,88
        r2 main 24,16 72,84
        p paper 28,84 72,84 76,88 31,88
        o light 34,34 62,62
        o white 40,40 56,56
        r1 light 34,68 62,72
        l1 dark 29,16 29,84""",
    "novel": """
        r2 main 26,14 74,86
        p dark 26,14 32,14 32,86 26,86
        r1 light 38,24 68,32
        s light 38,74 48,56 56,66 68,48 68,76 38,76
        o paper 56,40 64,48""",
    "guidebook": """
        r2 main 26,14 74,86
        p dark 26,14 32,14 32,86 26,86
        p light 32,86 48,56 58,70 64,62 74,78 74,86
        o paper 56,34 66,44
        r1 white 37,22 66,27""",
    "picture_book": """
        r3 main 18,24 82,80
        p dark 18,24 24,24 24,80 18,80
        o light 40,38 68,66
        o light 38,32 48,42
        o light 60,32 70,42
        o ink 47,49 50,52
        o ink 58,49 61,52
        a20,160,1 ink 49,50 59,58""",
    "kettle": """
        a180,360,3 ink 34,12 68,58
        p dark 66,58 74,54 86,34 91,37 79,66 68,74
        s main 36,40 66,40 74,80 50,85 28,80
        r3 light 38,35 64,42
        o ink 47,29 55,36
        s light 38,50 42,50 39,74 34,74""",
    "pan": """
        r3 ink 62,44 96,51
        o dark 8,24 70,84
        o main 11,22 67,78
        o dark 17,28 61,72
        a190,260,1.6 light 21,32 57,68""",
    "knife": """
        p metal 14,44 66,40 66,56 46,60 26,56
        p white 14,44 66,40 66,44 20,48
        r3 main 65,40 90,50
        o light 71,43.4 74,46.4
        o light 80,43.4 83,46.4""",
    "cutting_board": """
        r8 main 26,14 74,86
        o ground 46,19 54,27
        l1 dark 34,34 34,80
        l1 light 44,32 44,82
        l1 dark 56,32 56,82
        l1 light 66,34 66,80""",
    "mug": """
        a0,360,5 dark 58,38 86,70
        r8 main 24,28 68,82
        r3 light 24,28 68,33
        s light 30,40 34,40 34,70 30,70""",
    "teapot": """
        a0,360,4 dark 8,40 34,74
        p dark 68,64 78,58 86,40 92,42 84,70 70,76
        s main 30,46 70,46 78,66 64,84 36,84 22,66
        s light 36,44 50,38 64,44 50,48
        o dark 46,31 54,39
        r2 dark 38,83 62,86""",
    "chair": """
        r3 main 32,12 68,46
        p light 28,54 72,54 76,62 24,62
        r2 main 28,52 72,58
        p wood 28,60 33,60 30,90 26,90
        p wood 67,60 72,60 74,90 70,90
        l2 wood 36,46 36,54
        l2 wood 64,46 64,54""",
    "table": """
        p light 16,36 84,36 92,44 8,44
        r1 main 8,43 92,49
        p dark 15,49 21,49 19,86 15,86
        p dark 79,49 85,49 85,86 81,86
        p dark 30,49 34,49 33,76 30,76
        p dark 66,49 70,49 70,76 67,76""",
    "lamp": """
        o glow 22,38 78,78
        p main 38,14 62,14 76,44 24,44
        p light 42,14 48,14 40,44 30,44
        r1 metal 48.6,44 51.4,82
        o dark 34,80 66,88""",
    "shelf": """
        r1 main 20,12 26,88
        r1 main 74,12 80,88
        r1 dark 20,24 80,28
        r1 dark 20,46 80,50
        r1 dark 20,68 80,72
        r1 accent 30,32 35,46
        r1 paper 36,34 41,46
        r1 light 42,30 46,46
        s leaf 62,56 70,52 72,64 66,68 58,64
        r1 paper 62,63 70,68
        r1 light 30,54 48,68""",
    "sofa": """
        r8 main 16,30 84,66
        r5 light 22,50 50,68
        r5 light 50,50 78,68
        r7 dark 8,46 24,76
        r7 dark 76,46 92,76
        r2 main 22,66 78,77
        r1 wood 18,76 22,86
        r1 wood 78,76 82,86""",
    "headphones": """
        a180,360,5 dark 22,16 78,84
        r6 main 16,48 32,80
        r6 main 68,48 84,80
        r4 ink 28,52 36,76
        r4 ink 64,52 72,76
        r2 light 19,54 22,74""",
    "camera": """
        r4 dark 34,20 60,36
        r6 main 12,30 88,80
        r1 ink 12,44 88,66
        o metal 32,34 72,74
        o ink 36,38 68,70
        o glass 43,45 61,63
        o white 46,47 51,52
        o accent 76,34 82,40""",
    "speaker": """
        r10 main 28,12 72,88
        o dark 34,44 70,80
        o ink 39,49 65,75
        o dark 48,58 56,66
        o dark 42,20 60,38
        o ink 46,24 56,34""",
    "keyboard": """
        r5 main 8,34 92,72
        r2 light 13,39 87,44
        l3.4 white 14,49 86,49
        l3.4 light 14,56 86,56
        l3.4 white 14,63 24,63
        l3.4 light 30,63 68,63
        l3.4 white 74,63 86,63
        l0.6 main 22,46 22,58
        l0.6 main 31,46 31,58
        l0.6 main 40,46 40,58
        l0.6 main 49,46 49,58
        l0.6 main 58,46 58,58
        l0.6 main 67,46 67,58
        l0.6 main 76,46 76,58""",
    "power_bank": """
        l2 ink 56,18 56,6 74,6 74,20
        r7 main 30,18 70,86
        r3 light 34,22 38,82
        o white 46,70 48.4,72.4
        o white 51,70 53.4,72.4
        o white 56,70 58.4,72.4
        p white 52,36 44,52 50,52 47,63 57,47 51,47""",
    "blocks": """
        r2 main 16,58 44,86
        r2 accent 46,58 74,86
        p leaf 32,56 46,30 60,56
        o dark 62,38 80,56
        l1 light 19,61 41,61
        l1 paper 49,61 71,61""",
    "plush": """
        o main 28,14 42,28
        o main 58,14 72,28
        o light 31,17 39,25
        o light 61,17 69,25
        o main 28,48 72,90
        o light 37,56 63,84
        o main 30,18 70,54
        o light 42,34 58,48
        o ink 39,30 43,34
        o ink 57,30 61,34
        o ink 47,36 53,40
        o dark 20,54 34,68
        o dark 66,54 80,68
        o dark 28,78 44,92
        o dark 56,78 72,92""",
    "puzzle": """
        r2 main 18,22 50,54
        r2 light 52,22 84,54
        r2 dark 18,56 50,88
        r2 accent 54,60 86,92
        o main 46,33 57,44
        o light 62,50 73,61
        o dark 29,50 40,61""",
    "toy_train": """
        r3 main 40,46 84,70
        r2 dark 64,24 86,52
        r1 glass 69,30 81,42
        r2 dark 44,32 52,48
        o pale 42,14 54,26
        r3 accent 12,52 34,70
        l2 ink 34,66 40,66
        o wood 15,66 29,80
        o wood 43,64 59,80
        o wood 66,64 82,80""",
    "green_tea": """
        r3 main 30,24 70,86
        r2 dark 32,14 68,26
        r2 paper 37,40 63,74
        s leaf 50,46 58,56 50,70 42,56
        l0.8 paper 50,48 50,68""",
    "black_tea": """
        p main 28,26 72,26 75,86 25,86
        p dark 28,26 72,26 68,16 32,16
        o paper 36,42 64,70
        s accent 42,58 50,48 58,58 50,64
        l1 light 30,78 70,78""",
    "coffee": """
        p main 28,22 72,22 75,88 25,88
        p dark 28,22 72,22 72,14 28,14
        o paper 36,42 64,72
        s wood 50,46 58,57 50,68 42,57
        l1.2 paper 50,46 48,57 50,68""",
    "honey": """
        r2 wood 32,18 68,30
        s main 32,30 68,30 76,52 70,84 30,84 24,52
        r2 paper 32,48 68,72
        p main 50,52 57,56 57,64 50,68 43,64 43,56
        s light 30,40 34,38 32,70 29,66""",
    "biscuits": """
        o dark 14,60 86,86
        o main 16,54 84,80
        o wood 20,34 52,64
        o wood 46,30 80,60
        o ink 28,44 32,48
        o ink 38,50 42,54
        o ink 58,40 62,44
        o ink 68,46 72,50
        o ink 34,56 38,60""",
    "running_shoes": """
        s main 14,42 26,40 34,48 48,44 66,60 88,66 90,76 12,76 12,54
        r4 white 10,74 92,83
        l1.6 white 44,50 52,46
        l1.6 white 50,55 58,51
        l1.6 white 56,60 64,56
        s dark 12,46 24,41 30,54 16,60
        p accent 30,74 42,58 48,60 40,74""",
    "yoga_mat": """
        p main 26,58 92,58 84,84 22,84
        p light 30,66 86,66 85,68 29,68
        o dark 10,48 38,88
        o main 14,53 34,83
        o dark 18,59 30,77
        o light 22,65 26,71""",
    "dumbbell": """
        r3 metal 26,46 74,54
        r4 main 18,28 32,72
        r4 main 68,28 82,72
        r3 dark 10,36 18,64
        r3 dark 82,36 90,64
        r2 light 20,32 23,68""",
    "bottle": """
        r2 ink 42,10 58,22
        a180,360,2 ink 44,4 56,18
        r9 main 36,20 64,88
        r1 dark 36,34 64,37
        r2 light 40,42 43,80""",
    "tent": """
        p main 50,20 90,82 10,82
        p dark 50,20 90,82 62,82
        p ink 50,42 60,82 38,82
        l1 paper 50,20 36,82
        l1.4 wood 50,20 50,14
        p light 50,20 38,82 20,82 48,24""",
    "cream": """
        r4 dark 24,28 76,46
        r8 main 22,46 78,84
        r2 paper 34,54 66,74
        l1.2 main 40,62 60,62
        l1.2 main 44,67 56,67
        r2 light 28,31 72,34""",
    "shampoo": """
        r1 ink 46,8 54,18
        p ink 40,8 50,8 50,12 38,12
        r2 dark 40,18 60,26
        r9 main 30,25 70,88
        r2 paper 37,46 63,72
        s leaf 50,50 56,58 50,66 44,58""",
    "lipstick": """
        p main 42,34 42,18 54,10 58,16 58,34
        p light 42,18 54,10 46,28 42,30
        r1 metal 39,34 61,52
        r2 ink 35,50 65,88
        l1.4 metal 35,56 65,56""",
    "soap": """
        r10 dark 16,50 84,80
        r10 main 16,42 84,74
        r6 light 28,50 72,64
        o pale 70,22 82,34
        o pale 60,14 67,21
        o pale 82,40 89,47""",
}
