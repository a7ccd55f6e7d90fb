"""Which version serves: one at a time, switched in one transaction, with a way back."""

from django.db import transaction
from django.utils import timezone

from aiassist.registry.artefacts import BrokenArtefact, verified
from aiassist.registry.models import ModelState, ModelVersion
from ecomportal.said import Said, said
from ecomportal.tenancy.models import Merchant
from ecomportal.webhooks import emit


class CannotSwitch(Exception):
    """Why a version cannot be put into use; its text is for the merchant."""

    @property
    def text(self) -> Said:
        return self.args[0]


def promote(merchant: Merchant, version_id: object) -> ModelVersion:
    """Put a version into use that passed its gate, in place of the one in use."""
    with transaction.atomic():
        version = _locked(merchant, version_id)
        if version.state == ModelState.REFUSED:
            raise CannotSwitch(said("This version did not pass its test, so it cannot be used."))
        if version.state == ModelState.SERVING:
            return version
        _check_files(version)
        version.previous = _retire_serving(merchant, version.kind)
        _serve(version)
        told = {"model_id": version.pk, "kind": version.kind, "version": version.n}
        emit(merchant, "model.promoted", told)
    return version


def rollback(merchant: Merchant, kind: str) -> tuple[ModelVersion, ModelVersion | None]:
    """Go back to the version before: (which gave way, which serves now).

    Before the first version there is the model as it came, so that None serves then.
    """
    with transaction.atomic():
        left = _lock_kind(merchant, kind).filter(state=ModelState.SERVING).first()
        if left is None:
            raise CannotSwitch(said("No trained version is in use, so there is nothing to leave."))
        former = left.previous
        if former is not None:
            _check_files(former)
        _retire_serving(merchant, kind)
        if former is not None:
            _serve(former)
    return left, former


def _locked(merchant: Merchant, version_id: object) -> ModelVersion:
    kind = merchant.model_versions.values_list("kind", flat=True).get(pk=version_id)
    return _lock_kind(merchant, kind).get(pk=version_id)


def _lock_kind(merchant: Merchant, kind: str) -> object:
    """All versions of the kind, locked: two people who switch at once do so one after the other."""
    rows = merchant.model_versions.filter(kind=kind)
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return rows


def _check_files(version: ModelVersion) -> None:
    try:
        verified(version)
    except BrokenArtefact:
        raise CannotSwitch(
            said("The files of version %(n)s are gone or damaged. Nothing changed.", n=version.n)
        ) from None


def _retire_serving(merchant: Merchant, kind: str) -> ModelVersion | None:
    now_serving = merchant.model_versions.filter(kind=kind, state=ModelState.SERVING).first()
    if now_serving is not None:
        now_serving.state = ModelState.RETIRED
        now_serving.save(update_fields=["state"])
    return now_serving


def _serve(version: ModelVersion) -> None:
    version.state, version.promoted_at = ModelState.SERVING, timezone.now()
    version.save(update_fields=["state", "promoted_at", "previous"])
