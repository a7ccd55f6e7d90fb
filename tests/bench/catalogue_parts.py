"""From what was timed to the figures by name, one function for each part of the catalogue."""

import statistics
from typing import Any

from tests.bench import (
    catalogue_bulk,
    catalogue_busy,
    catalogue_edit,
    catalogue_export,
    catalogue_import,
)
from tests.bench.catalogue_cases import combined
from tests.bench.catalogue_http import cpu_seconds
from tests.bench.catalogue_rounds import Ask, show, time_all
from tests.bench.catalogue_shops import made_shop
from tests.bench.catalogue_targets import TARGETS
from tests.bench.catalogue_world import Bench
from tests.bench.peers.pages import admin_asks, oscar_asks
from tests.bench.peers.transfer import export_rate, import_rate

N_ROUNDS, N_ROUNDS_SMALL = 30, 6
FLAT = TARGETS["list_flatness_1m_over_10k"].limit
COMBINED = {case.name for case in combined({"id": "", "path": ""})}
N_IMPORT_ROWS, N_IMPORT_ROWS_SMALL = 50_000, 2_000
N_PEER_ROWS, N_PEER_ROWS_SMALL = 1_000, 100
N_TRANSFERS = 3
N_BULK_SMALL = 2_000
N_LINES = "SELECT count(*) FROM catalog_variant WHERE merchant_id = %s AND deleted_at IS NULL"


def _ask_all(bench: Bench) -> None:
    """Gather every page of every system, checked, and time them among each other."""
    of_peers = {"oscar": oscar_asks, "admin": admin_asks}
    for shop in bench.shops.values():
        print(f"Checking the pages of {shop.size:,} products against plain SQL ...", flush=True)
        is_between = min(bench.sizes) < shop.size < bench.largest
        asks, wrong = shop.list_asks(bench.folder, with_deep=not is_between)
        for error in wrong:
            print(f"  {error}", flush=True)
        bench.figures.failed += map(str, wrong)
        bench.asks += asks + ([] if is_between else shop.other_asks())
    for peer, site in bench.peers.values():
        pages = of_peers[peer.kind](site, peer)
        is_extra = peer.size > bench.peer_size  # for its last page alone
        bench.asks += [page for page in pages if not is_extra or page.name == "list_last"]
    time_all(bench.asks, bench.n_rounds or (N_ROUNDS_SMALL if bench.is_small else N_ROUNDS))
    show(bench.asks)


def lists(bench: Bench) -> None:
    _ask_all(bench)
    own = bench.of(f"portal_{bench.largest}")
    first = own["sort_-updated"]
    figures = bench.figures
    figures.put("html_bytes_per_row", first.n_bytes / first.n_rows)
    frame = own["search_none"].n_bytes  # a page without a row
    figures.put("html_bytes_of_one_more_row", (first.n_bytes - frame) / first.n_rows)
    most, name = bench.shops[bench.largest].most_statements(list(own.values()))
    print(f"Most statements: {most} on {name}", flush=True)
    figures.put("sql_per_page_max", most)
    _flatness(bench, own)
    oscar = bench.of(f"oscar_{bench.peer_size}").get("list_first")
    if oscar:
        sizes = bench.largest, bench.peer_size
        figures.put("list_1m_vs_oscar_100k_p50", first.p50 / oscar.p50, *sizes)
        figures.put("list_1m_vs_oscar_100k_cpu", first.cpu / oscar.cpu, *sizes)
    admin = bench.of(f"admin_{bench.peer_size}").get("list_first")
    if admin:
        ratio = (first.cpu / first.n_rows) / (admin.cpu / admin.n_rows)
        figures.put("list_cpu_per_row_vs_admin", ratio)
    last = bench.of(f"admin_{bench.largest}").get("list_last")
    if last:
        ratio = own["sort_-updated_last"].p50 / last.p50
        figures.put("last_page_vs_admin_1m", ratio, bench.largest)


def _flatness(bench: Bench, own: dict[str, Ask]) -> None:
    """The worst list: its time in the largest shop over that in the smallest whose page has as
    many rows. A page that no smaller shop can fill is compared with nothing."""
    if len(bench.sizes) < 2:
        bench.figures.lacks(["list_flatness_1m_over_10k"], "one size alone")
        return
    smaller = [bench.of(f"portal_{size}") for size in bench.sizes[:-1]]
    ratios: dict[str, tuple[float, float]] = {}
    for name, ask in own.items():
        base = next((one[name] for one in smaller if _as_many(one.get(name), ask)), None)
        if base and "/products/?" in ask.path and not name.startswith("count_"):
            ratios[name] = ask.p50 / base.p50, ask.cpu / base.cpu
    alone = {name: each for name, each in ratios.items() if name not in COMBINED}
    for name in sorted(ratios, key=lambda one: -ratios[one][0])[:12]:
        wall, cpu = ratios[name]
        print(f"  flatness {name:28} {wall:.2f} by time, {cpu:.2f} by CPU", flush=True)
    figures = bench.figures
    sizes = bench.largest, bench.sizes[0]
    figures.put("list_flatness_1m_over_10k", max(wall for wall, _cpu in alone.values()), *sizes)
    figures.values["list_flatness_cpu"] = max(cpu for _wall, cpu in alone.values())
    figures.values["list_flatness_combined"] = max(wall for wall, _cpu in ratios.values())
    figures.values["lists_flat"] = sum(wall <= FLAT for wall, _cpu in alone.values())
    figures.values["lists_compared"] = len(alone)


def _as_many(one: Ask | None, other: Ask) -> bool:
    return one is not None and one.n_rows == other.n_rows


def edits(bench: Bench) -> None:
    peer = bench.peer("admin", bench.peer_size)
    if peer:
        ratio = catalogue_edit.against_admin(bench.shops[bench.peer_size], *peer)
        bench.figures.put("inline_edit_vs_admin_save", ratio)


def imports(bench: Bench) -> None:
    names = ["import_vs_insert_select", "import_rows_per_cpu_second", "reimport_speedup"]
    n_rows = N_IMPORT_ROWS_SMALL if bench.is_small else N_IMPORT_ROWS
    found = catalogue_import.measure(n_rows=n_rows)
    for name in names:
        bench.figures.put(name, found[name])


def exports(bench: Bench) -> None:
    shop, small = bench.shops[bench.largest], bench.shops[bench.sizes[0]]
    n_compared = catalogue_export.check(small.merchant, small.person, n_products=small.size)
    print(f"{n_compared:,} lines are those of a plain COPY", flush=True)
    if not bench.is_small:
        catalogue_export.others(small.merchant, small.person, n_products=small.size)
    found = catalogue_export.measure(shop.merchant, shop.person, n_products=shop.size)
    bench.figures.put("export_vs_copy", found["export_vs_copy"])
    bench.figures.values["export_vs_copy_cpu"] = found["export_vs_copy_cpu"]
    site = shop.site
    asked = catalogue_export.fields("shopify")
    _seconds, grown = catalogue_export.over_http(
        site.server, site.browser, shop.merchant.slug, asked
    )
    bench.figures.put("export_rss_growth_mb", grown)


def exports_of_peers(bench: Bench) -> None:
    """Both over HTTP, the same products and columns; beside it our widest file, by its lines."""
    peer = bench.peer("admin", bench.peer_size)
    if not peer:
        return
    shop = bench.shops[bench.peer_size]
    site, slug = shop.site, shop.merchant.slug
    catalogue_export.check_of_peers(site.browser, slug, shop.plain)

    def seconds(asked: dict[str, Any]) -> float:
        runs = [
            catalogue_export.over_http(site.server, site.browser, slug, asked)
            for _ in range(N_TRANSFERS)
        ]
        return statistics.median(seconds for seconds, _grown in runs)

    same_columns = catalogue_export.fields("own", *catalogue_export.OF_PEERS)
    before = cpu_seconds(site.pids())
    same = shop.size / seconds(same_columns)
    own_cpu = (cpu_seconds(site.pids()) - before) / N_TRANSFERS
    before = cpu_seconds(peer[1].pids())
    rate = export_rate(peer[1], peer[0])
    peer_cpu = cpu_seconds(peer[1].pids()) - before
    wide = shop.plain.value(N_LINES) / seconds(catalogue_export.fields("shopify"))
    print(
        f"Export over HTTP: {same:,.0f} products a second, django-import-export {rate:,.0f}; "
        f"{wide:,.0f} lines of 57 columns",
        flush=True,
    )
    bench.figures.put("export_vs_import_export", same / rate)
    bench.figures.values["export_vs_import_export_cpu"] = peer_cpu / own_cpu
    bench.figures.values["export_of_57_columns_vs_import_export"] = wide / rate


def bulk(bench: Bench) -> None:
    size = N_BULK_SMALL if bench.is_small else bench.peer_size
    n_rounds = 1 if bench.is_small else catalogue_bulk.N_ROUNDS
    found = catalogue_bulk.measure(made_shop("bulk", size), n_products=size, n_rounds=n_rounds)
    bench.figures.put("bulk_edit_100k_vs_update", found["bulk_edit_vs_update"], size)


def during_import(bench: Bench) -> None:
    """Imports over HTTP: what they do to the list, and how long they take beside the peer's."""
    found = catalogue_busy.measure(bench)
    bench.figures.put("list_p95_during_import_over_idle", found.p95_ratio)
    peer = bench.peer("admin", bench.peer_size)
    if not peer:
        return
    rate = import_rate(peer[1], peer[0], N_PEER_ROWS_SMALL if bench.is_small else N_PEER_ROWS)
    print(
        f"Import over HTTP: {found.rows_per_second:,.0f} rows and {found.products_per_second:,.0f} "
        f"products a second, django-import-export {rate:,.0f}",
        flush=True,
    )
    bench.figures.put("import_vs_import_export", found.rows_per_second / rate)
    bench.figures.values["import_vs_import_export_by_product"] = found.products_per_second / rate
