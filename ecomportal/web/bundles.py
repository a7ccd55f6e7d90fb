"""The style sheets and scripts of every page, as one file each.

They are small files to work on. `collectstatic` puts them together, in this order, so that a page
names two files instead of thirty; where nothing was collected, a page names them one by one.
"""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLES = (
    *("tokens", "base", "rail", "topbar", "button", "card", "tile", "list", "filter", "pill"),
    *("table", "selbar", "field", "fact", "review", "finding", "diff", "job", "stepper", "toast"),
    *("dialog", "empty", "origin", "chart"),
)
SCRIPTS = ("swap", "menu", "keys", "theme", "toast", "copy")
# Beside their parts, so that what these point at is found from there too.
BUNDLES = {
    "css/portal.css": [f"css/{name}.css" for name in STYLES],
    "js/portal.js": [f"js/{name}.js" for name in SCRIPTS],
}


class BundlingStorage(CompressedManifestStaticFilesStorage):
    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if not dry_run:
            for name, parts in BUNDLES.items():
                self._put_together(name, [paths[part] for part in parts])
                paths[name] = self, name
        yield from super().post_process(paths, dry_run, **options)

    def _put_together(self, name: str, parts: list[tuple[Any, str]]) -> None:
        texts = []
        for storage, path in parts:
            with storage.open(path) as part:
                texts.append(part.read())
        self.delete(name)
        self.save(name, ContentFile(b"\n".join(texts)))


def files_of(bundle: str, storage: Any) -> list[str]:
    return [bundle] if isinstance(storage, BundlingStorage) else BUNDLES[bundle]
