"""Files of trained models: where they lie, and that they are still what was judged."""

import hashlib
import logging
import shutil
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from aiassist.registry.models import ModelState, ModelVersion
from ecomportal.tenancy.models import Merchant

log = logging.getLogger(__name__)
CHUNK = 1 << 20


class BrokenArtefact(Exception):
    """The files are gone, or other than when the version was judged."""


def folder_of(version: ModelVersion) -> Path:
    return settings.MODELS_ROOT / version.folder


def new_folder(version: ModelVersion) -> Path:
    """An empty folder for the version's files; its name goes into `version.folder`."""
    version.folder = f"shops/{version.merchant_id}/{version.pk}"
    folder = folder_of(version)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder


def fingerprint(folder: Path) -> str:
    """SHA-256 over all files of the folder, their names included."""
    digest = hashlib.sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as opened:
            while chunk := opened.read(CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def verified(version: ModelVersion) -> Path:
    """The version's folder, if its files are what was judged; raises BrokenArtefact."""
    folder = folder_of(version)
    if not version.folder or not folder.is_dir() or fingerprint(folder) != version.sha256:
        raise BrokenArtefact(str(version))
    return folder


def serving(merchant: Merchant, kind: str, *, base: str) -> tuple[ModelVersion, Path] | None:
    """The version in use and its files, made for `base`; a broken one gives way to the one before.

    None: nothing was trained, or all of it is for another model or broken.
    """
    version = merchant.model_versions.filter(kind=kind, state=ModelState.SERVING).first()
    seen = set()
    while version is not None and version.pk not in seen:
        seen.add(version.pk)
        if version.base == base:
            try:
                return version, verified(version)
            except BrokenArtefact:
                log.error("The files of %s (%s) are not what was judged.", version, version.pk)
                _note_broken(version)
        version = version.previous
    return None


def _note_broken(version: ModelVersion) -> None:
    ModelVersion.objects.filter(pk=version.pk, broken_at=None).update(broken_at=timezone.now())
