"""Fetching the pictures that products name by address, in the background.

Nothing here touches a product's version: that a picture arrived is no edit, and an import must
stay one that can be taken back.
"""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import BoundedSemaphore, Lock
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import MD5

from catalog import tasks
from catalog.products.images import StoredImage, store_image
from catalog.products.models import ProductImage
from catalog.products.picture_fetch import Fetched, FetchError, fetch_picture
from catalog.products.picture_words import kept, message
from ecomportal.jobs.models import Job, JobItem
from ecomportal.jobs.run import Run
from ecomportal.jobs.start import start_job
from ecomportal.said import Said, said, said_n

BATCH = 8  # pictures whose bytes are in memory at once
WORKERS = 4
PER_HOST = 2  # connections to one host at a time
MAX_SILENT = 5  # failures in a row after which a host is left alone for the rest of the job
MAX_PICTURES = 100_000  # in one job; the rest is asked for again
# What a host does, not a picture: only these count as its silence.
HOST_FAULTS = {"slow", "broken", "unknown_host", "busy", "certificate", "private"}
MAX_TOLD = 20  # pictures that did not come, on the page of an import
RESULT_FIELDS = ["file", "width", "height", "sha256", "fetch_error"]


def waiting(merchant: Any) -> QuerySet:
    """Pictures of live products that are an address so far."""
    images = merchant.product_images.filter(file="", product__deleted_at=None)
    return images.exclude(source_url="")


def start_fetch(
    images: QuerySet, merchant: Any, user: Any, *, title: Said, dedupe_key: str, back: str
) -> Job | None:
    """Queue a job for these of `waiting`; None where there is none or fetching is switched off.

    `back` is the page that shows what came of it.
    """
    if not settings.PICTURE_FETCH:
        return None
    ids = list(images.order_by("product_id", "position").values_list("pk", flat=True))
    if not ids:
        return None
    params = {"back": back, "n_left_out": max(0, len(ids) - MAX_PICTURES)}
    items = [(pk, {}) for pk in ids[:MAX_PICTURES]]
    return start_job(
        tasks.fetch_pictures, merchant, user, title=title, dedupe_key=dedupe_key, items=items,
        params=params,
    )  # fmt: skip


def fetch_after_import(run: Run, imported: Any, back: str) -> None:
    """Go for the pictures of the products that this import wrote, once it has ended."""
    with run.tenant():
        written = imported.rows.exclude(written_at=None).values("product_id")
        job = start_fetch(
            waiting(run.merchant).filter(product_id__in=written), run.merchant, run.job.created_by,
            title=said("Pictures of %(name)s", name=imported.name),
            dedupe_key=f"import:{imported.pk}", back=back,
        )  # fmt: skip
    if job:
        run.log(
            said_n(
                "%(n)s picture is being fetched.", "%(n)s pictures are being fetched.", job.n_total
            )
        )


def fetch_of_import(merchant: Any, import_id: Any) -> dict[str, Any] | None:
    """The newest job that went for an import's pictures, with what did not come; None without."""
    started = merchant.jobs.filter(kind="fetch_pictures", dedupe_key=f"import:{import_id}")
    job = started.order_by("-created_at").first()
    if job is None:
        return None
    failed = job.items.filter(status=JobItem.Status.FAILED).order_by("n")[:MAX_TOLD]
    return {"job": job, "failed": failed, "n_more": max(0, job.n_failed - MAX_TOLD)}


def fetch_pictures(run: Run) -> None:
    """Fetch what the items name; a picture that does not come is a warning with its reason."""
    run.phase(said("Fetching pictures"))
    hosts = Hosts()
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="picture") as pool:
        for batch in run.batches(size=BATCH):
            _fetch_batch(run, batch, hosts, pool)
    _say_result(run)


def _fetch_batch(run: Run, batch: list[JobItem], hosts: "Hosts", pool: ThreadPoolExecutor) -> None:
    with run.tenant():
        images = _images(run, batch)
        known = _known(run, {image.source_url for image in images.values() if not image.file})
    urls = {i.source_url for i in images.values() if not i.file} - known.keys()
    fetched = dict(zip(urls, pool.map(hosts.fetch, urls), strict=True))
    stored: dict[str, StoredImage | FetchError] = {**known}
    for url, outcome in fetched.items():  # decoded one at a time: a picture may take 200 MB
        stored[url] = _store(outcome, run.merchant)
    done, failed, rows = [], [], []
    for item in batch:
        image = images.get(item.subject_id)
        if image is None or image.file:  # removed, or uploaded meanwhile
            done.append((item, {}))
            continue
        outcome = stored[image.source_url]
        _take(image, outcome)
        rows.append(image)
        if image.fetch_error:
            why = message(image.fetch_error)
            failed.append((item, said("%(address)s: %(why)s", address=image.source_url, why=why)))
        else:
            done.append((item, {"file": image.file}))
    with run.commit(done=done, failed=failed):
        ProductImage.objects.bulk_update(rows, RESULT_FIELDS)


def _images(run: Run, batch: list[JobItem]) -> dict[str, ProductImage]:
    found = run.merchant.product_images.filter(pk__in=[item.subject_id for item in batch])
    return {str(image.pk): image for image in found}


def _known(run: Run, urls: Iterable[str]) -> dict[str, StoredImage]:
    """What the shop has already from these addresses: two rows may show one file."""
    digests = [MD5(Value(url, output_field=TextField())) for url in urls]
    if not digests:
        return {}
    mine = run.merchant.product_images.exclude(file="").exclude(source_url="")
    found = mine.annotate(digest=MD5("source_url")).filter(digest__in=digests)
    return {
        image.source_url: StoredImage(image.file, image.width, image.height, image.sha256)
        for image in found
        if image.source_url in set(urls)
    }


def _store(outcome: Fetched | FetchError, merchant: Any) -> StoredImage | FetchError:
    if isinstance(outcome, FetchError):
        return outcome
    try:
        return store_image(BytesIO(outcome.data), merchant)
    except ValidationError as error:
        return FetchError(error.code or "format", **(error.params or {}))


def _take(image: ProductImage, outcome: StoredImage | FetchError) -> None:
    if isinstance(outcome, FetchError):
        image.fetch_error = kept(outcome.code, outcome.detail)
        return
    image.file, image.sha256, image.fetch_error = outcome.file, outcome.sha256, ""
    image.width, image.height = outcome.width, outcome.height


def _say_result(run: Run) -> None:
    n_done, n_failed = run.job.n_done, run.job.n_failed
    text = said_n("%(n)s picture fetched", "%(n)s pictures fetched", n_done)
    if n_failed:
        more = said_n("%(n)s did not come", "%(n)s did not come", n_failed)
        text = said("%(what)s, %(more)s", what=text, more=more)
    if left := run.params.get("n_left_out"):
        run.log(said("%(n)s more pictures wait; start the job again for them.", n=left))
    run.result({"text": text, "url": run.params["back"], "link": said("Show the pictures")})


class Hosts:
    """Manners: few connections to one host, and none once it has failed again and again."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.gates: dict[str, BoundedSemaphore] = {}
        self.n_silent: Counter[str] = Counter()

    def fetch(self, url: str) -> Fetched | FetchError:
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return FetchError("url")
        with self.lock:
            gate = self.gates.setdefault(host, BoundedSemaphore(PER_HOST))
        with gate:
            if self.n_silent[host] >= MAX_SILENT:
                return FetchError("host_silent", host=host)
            try:
                outcome: Fetched | FetchError = fetch_picture(url)
            except FetchError as error:
                outcome = error
            self._note(host, outcome)
            return outcome

    def _note(self, host: str, outcome: Fetched | FetchError) -> None:
        with self.lock:
            if isinstance(outcome, FetchError) and outcome.code in HOST_FAULTS:
                self.n_silent[host] += 1
            else:
                self.n_silent[host] = 0
