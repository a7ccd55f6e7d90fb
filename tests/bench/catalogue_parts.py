"""From what was timed to the figures by name, one function for each part of the catalogue."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from tests.bench import catalogue_edit
from tests.bench.catalogue_cases import combined
from tests.bench.catalogue_rounds import Ask, show, time_all
from tests.bench.catalogue_targets import TARGETS
from tests.bench.catalogue_world import Bench
from tests.bench.peers.pages import admin_asks, oscar_asks
from tests.bench.peers.transfer import export_rate, import_rate

N_ROUNDS, N_ROUNDS_SMALL = 30, 6
FLAT = TARGETS["list_flatness_1m_over_10k"].limit
COMBINED = {case.name for case in combined({"id": "", "path": ""})}
N_IMPORT_ROWS, N_IMPORT_ROWS_SMALL = 50_000, 2_000
N_PEER_ROWS, N_PEER_ROWS_SMALL = 1_000, 100


def _ask_all(bench: Bench) -> None:
    """Gather every page of every system, checked, and time them among each other."""
    of_peers = {"oscar": oscar_asks, "admin": admin_asks}
    for shop in bench.shops.values():
        print(f"Checking the pages of {shop.size:,} products against plain SQL ...", flush=True)
        is_between = min(bench.sizes) < shop.size < bench.largest
        bench.asks += shop.list_asks(with_deep=not is_between)
        bench.asks += [] if is_between else shop.other_asks()
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


def _module(bench: Bench, name: str, figures: list[str]) -> Any:
    """The measure of one part of the catalogue, or None with the reason kept."""
    if find_spec(f"tests.bench.{name}"):
        return import_module(f"tests.bench.{name}")
    bench.figures.lacks(figures, f"tests/bench/{name}.py is missing")
    return None


def edits(bench: Bench) -> None:
    peer = bench.peer("admin", bench.peer_size)
    if peer:
        ratio = catalogue_edit.against_admin(bench.shops[bench.peer_size], *peer)
        bench.figures.put("inline_edit_vs_admin_save", ratio)


def imports(bench: Bench) -> None:
    names = ["import_vs_insert_select", "import_rows_per_cpu_second", "reimport_speedup"]
    module = _module(bench, "catalogue_import", names)
    if not module:
        return
    found = module.measure(n_rows=N_IMPORT_ROWS_SMALL if bench.is_small else N_IMPORT_ROWS)
    bench.drop_others()
    for name in names:
        bench.figures.put(name, found[name])
    peer = bench.peer("admin", bench.peer_size)
    if peer:
        rate = import_rate(peer[1], peer[0], N_PEER_ROWS_SMALL if bench.is_small else N_PEER_ROWS)
        print(f"Import: {found['rows_per_second']:,.0f} rows/s, peer {rate:,.0f}", flush=True)
        bench.figures.put("import_vs_import_export", found["rows_per_second"] / rate)


def exports(bench: Bench) -> None:
    names = ["export_vs_copy", "export_rss_growth_mb"]
    module = _module(bench, "catalogue_export", names)
    if not module:
        return
    shop = bench.shops[bench.largest]
    found = module.measure(shop.merchant, n_products=shop.size)
    for name in names:
        bench.figures.put(name, found[name])
    peer = bench.peer("admin", bench.peer_size)
    if peer:
        rate = export_rate(peer[1], peer[0])
        print(f"Export: {found['rows_per_second']:,.0f} rows/s, peer {rate:,.0f}", flush=True)
        bench.figures.put("export_vs_import_export", found["rows_per_second"] / rate)


def bulk(bench: Bench) -> None:
    module = _module(bench, "catalogue_bulk", ["bulk_edit_100k_vs_update"])
    if module:
        shop = bench.shops[bench.peer_size]
        found = module.measure(shop.merchant, n_products=shop.size)
        bench.figures.put("bulk_edit_100k_vs_update", found["bulk_edit_vs_update"], shop.size)


def during_import(bench: Bench) -> None:
    module = _module(bench, "catalogue_busy", ["list_p95_during_import_over_idle"])
    if module:
        ratio = module.measure(bench)
        bench.figures.put("list_p95_during_import_over_idle", ratio)
