"""Which servers a shop may name: a stranger's address must not make our machine a tool."""

import pytest

from aiassist.copywriting.engines import addresses
from aiassist.copywriting.engines.addresses import AddressRefused, judged, parse_url

INSIDE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.5", "172.16.3.1", "192.168.1.20", "169.254.169.254",
    "0.0.0.0", "100.64.0.1", "::1", "fe80::1", "fd00::5", "::ffff:10.0.0.5", "64:ff9b::a00:5",
    "168.63.129.16", "224.0.0.1", "2002:a00:5::",
]  # fmt: skip


@pytest.fixture
def names(monkeypatch, settings):
    """Names that resolve as the test says; nothing is allowed beyond the default of a server."""
    settings.TEXT_ENGINE_LOOPBACK, settings.TEXT_ENGINE_URLS = False, []
    known = {"api.example": ["93.184.216.34"], "llm.lan": ["10.0.0.5"]}
    monkeypatch.setattr(addresses, "resolve_host", lambda host, port: known.get(host, [host]))
    return known


@pytest.mark.parametrize(
    "text",
    ["", "api.example", "ftp://api.example", "file:///etc/passwd", "https://", "https://user:pw@h.example",
     "https://api.example/v1?key=1", "https://api.example/#x", "https://api.example:99999",
     "https://2130706433/", "https://0x7f.1/", "https://[::1", "gopher://x", "https://a b.example",
     "https://" + "a" * 300 + ".example"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text):
    with pytest.raises(AddressRefused):
        parse_url(text)


def test_the_path_people_paste_is_cut_back():
    base = parse_url(" https://API.example/v1/chat/completions/ ")
    assert (base.origin, base.path) == ("https://api.example:443", "/v1")


def test_an_outside_server_may_be_asked_by_https_alone(names):
    assert judged(parse_url("https://api.example/v1")) == ["93.184.216.34"]
    with pytest.raises(AddressRefused, match="https"):
        judged(parse_url("http://api.example/v1"))


@pytest.mark.parametrize("address", INSIDE)
def test_inside_addresses_are_refused_in_every_spelling(names, address):
    names["api.example"] = [address]
    with pytest.raises(AddressRefused, match="inside"):
        judged(parse_url("https://api.example/v1"))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(AddressRefused):
        judged(parse_url(f"https://{host}/v1"))


def test_one_inside_address_among_outside_ones_is_enough(names):
    names["api.example"] = ["93.184.216.34", "10.0.0.5"]
    with pytest.raises(AddressRefused, match="inside"):
        judged(parse_url("https://api.example"))


def test_the_deployer_can_allow_one_server_and_no_other_port_of_it(names, settings):
    settings.TEXT_ENGINE_URLS = ["http://llm.lan:8000/v1"]
    assert judged(parse_url("http://llm.lan:8000/v1")) == ["10.0.0.5"]
    for other in ("http://llm.lan:5432/", "https://llm.lan:8000/"):
        with pytest.raises(AddressRefused):
            judged(parse_url(other))


def test_loopback_is_for_a_portal_that_is_ones_own(names, settings):
    settings.TEXT_ENGINE_LOOPBACK = True
    assert judged(parse_url("http://127.0.0.1:11434/v1")) == ["127.0.0.1"]
    with pytest.raises(AddressRefused):
        judged(parse_url("http://10.0.0.5/v1"))


def test_a_name_is_judged_anew_for_every_connection(server, engine_at, settings, monkeypatch):
    """A name that answers with an inside address the second time gains nothing."""
    from tests.aiassist.copywriting.samples import KETTLE

    settings.TEXT_ENGINE_LOOPBACK = False
    engine = engine_at()
    answer = engine.generate([KETTLE.request()])[0]
    assert (answer.scope, server.bodies) == ("stop", [])
    assert "inside our own network" in str(answer.reason)
