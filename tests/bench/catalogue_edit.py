"""One price changed in the list against one saved in the admin's form."""


from tests.bench.catalogue_rounds import Site
from tests.bench.catalogue_shops import Shop
from tests.bench.peers.site import Peer


def against_admin(shop: Shop, peer: Peer, site: Site) -> float | None:
    return None
