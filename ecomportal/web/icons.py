"""The icons: strokes in a box of 16 by 16."""

ICONS = {
    "home": '<path d="M2.5 7 8 2.5 13.5 7v6.5h-4V10h-3v3.5h-4z"/>',
    "box": '<path d="m8 1.8 5.5 3v6.4L8 14.2l-5.5-3V4.8zM2.7 5 8 7.8 13.3 5M8 7.8v6.2"/>',
    "pen": (
        '<path d="M3 13l.6-2.8 7-7a1.4 1.4 0 0 1 2 0l.2.2a1.4 1.4 0 0 1 0 2l-7 7z'
        'M9.5 4.3l2.2 2.2"/>'
    ),
    "people": (
        '<circle cx="6" cy="5.2" r="2.4"/><path d="M1.8 13.2c.3-2.6 2-4 4.2-4s3.9 1.4 4.2 4'
        'M10.5 3.1a2.3 2.3 0 0 1 0 4.3M11.8 9.6c1.4.5 2.2 1.8 2.4 3.6"/>'
    ),
    "grid": (
        '<rect x="2.2" y="2.2" width="4.8" height="4.8" rx=".8"/>'
        '<rect x="9" y="2.2" width="4.8" height="4.8" rx=".8"/>'
        '<rect x="2.2" y="9" width="4.8" height="4.8" rx=".8"/>'
        '<rect x="9" y="9" width="4.8" height="4.8" rx=".8"/>'
    ),
    "wave": (
        '<path d="M2 12.5c2.5 0 2.5-8 5-8s2.5 5 4 5 1.5-6 3-6"/><circle cx="7" cy="4.5" r="1.2"/>'
    ),
    "chat": '<path d="M2.2 3.5h11.6V11H7l-3 2.5V11H2.2z"/>',
    "search": '<circle cx="7" cy="7" r="4.3"/><path d="m10.2 10.2 3.3 3.3"/>',
    "list": '<path d="M2.5 4h11M2.5 8h7M2.5 12h4"/><circle cx="12.2" cy="11" r="2"/>',
    "gear": (
        '<circle cx="8" cy="8" r="2.2"/><path d="M8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2'
        'M3.6 3.6 5 5M11 11l1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4"/>'
    ),
    "check": '<path d="m3.5 8.5 3 3 6-7"/>',
    "x": '<path d="m4.5 4.5 7 7M11.5 4.5l-7 7"/>',
    "plus": '<path d="M8 3.5v9M3.5 8h9"/>',
    "warn": '<path d="M8 2.5 14.2 13H1.8zM8 6.5v3M8 11.2v.1"/>',
    "bad": '<circle cx="8" cy="8" r="5.8"/><path d="M8 5v3.5M8 10.8v.1"/>',
    "info": '<circle cx="8" cy="8" r="5.8"/><path d="M8 7.5V11M8 5.2v.1"/>',
    "dot": '<circle cx="8" cy="8" r="2.5"/>',
    "run": '<path d="M13.5 8A5.5 5.5 0 1 1 11 3.4M11 1.5v2.2H8.8"/>',
    "clock": '<circle cx="8" cy="8" r="5.8"/><path d="M8 4.8V8l2.2 1.5"/>',
    "arrow-right": '<path d="M3 8h10M9 4l4 4-4 4"/>',
    "arrow-left": '<path d="M13 8H3M7 4 3 8l4 4"/>',
    "chevron-down": '<path d="m4.5 6.5 3.5 3.5 3.5-3.5"/>',
    "chevron-right": '<path d="m6.5 4.5 3.5 3.5-3.5 3.5"/>',
    "chevron-left": '<path d="M9.5 4.5 6 8l3.5 3.5"/>',
    "upload": '<path d="M8 13V3.5M4 7l4-3.8L12 7"/>',
    "download": '<path d="M8 3v9.5M4 9l4 3.8L12 9"/>',
    "columns": '<path d="M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10"/>',
    "undo": '<path d="M3 6.5h6.5a3.3 3.3 0 0 1 0 6.6H6M3 6.5l3-3M3 6.5l3 3"/>',
    "eye": (
        '<path d="M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8z"/>'
        '<circle cx="8" cy="8" r="1.9"/>'
    ),
    "trash": '<path d="M3 4.5h10M6.2 4.5V2.8h3.6v1.7M4.2 4.5l.6 8.7h6.4l.6-8.7"/>',
    "edit": (
        '<path d="M3 13l.6-2.8 7-7a1.4 1.4 0 0 1 2 0l.2.2a1.4 1.4 0 0 1 0 2l-7 7z'
        'M9.5 4.3l2.2 2.2"/>'
    ),
    "file": '<path d="M3.5 1.8h6l3 3v9.4h-9zM9.3 2v3h3"/>',
    "plug": '<path d="M6 2v3M10 2v3M4 5h8v2.5a4 4 0 0 1-8 0zM8 11.5V14"/>',
    "key": '<circle cx="5.2" cy="10.8" r="2.7"/><path d="m7.2 8.8 6-6M11 5l2 2M9.2 6.8l1.6 1.6"/>',
    "pause": '<path d="M5.5 3.5v9M10.5 3.5v9"/>',
    "menu": '<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11"/>',
    "theme": ('<circle cx="8" cy="8" r="5.5"/><path d="M8 2.5v11M8 5l4.2-2M8 8h5.5M8 11l4.2 2"/>'),
    "exit": '<path d="M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6"/>',
    "mail": '<path d="M2 3.8h12v8.4H2zM2.2 4.2 8 8.8l5.8-4.6"/>',
}
