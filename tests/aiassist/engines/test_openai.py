"""The engine that asks a model server, against a server that does what the world does."""

import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from aiassist.copywriting.engine import DraftText, Failed, NotEnoughFacts
from aiassist.copywriting.engines import calls
from aiassist.copywriting.engines.breaker import FAILURES, Breaker
from tests.aiassist.copywriting.samples import KETTLE, T_SHIRT
from tests.aiassist.engines.server import (
    cut_body,
    honest,
    only,
    raw,
    reset,
    says,
    slow,
    status,
    well,
)

GOOD = '{"sentences": [{"text": "It holds 1.8 L.", "facts": ["f2"]}]}'


def write(engine, *requests):
    answers = engine.generate(requests or [KETTLE.request()])
    return answers if requests else answers[0]


def failure(engine, scope="item") -> str:
    answer = write(engine)
    assert isinstance(answer, Failed), answer
    assert answer.scope == scope, answer
    return str(answer.reason)


def test_it_writes_from_facts_in_both_languages(server, engine_at):
    en, zh = write(engine_at(), KETTLE.request(), T_SHIRT.request("zh"))
    assert "The material is Stainless steel." in en.text
    assert "material" in en.sentences[0].fact_ids
    assert zh.text.startswith("这款商品的材质为")
    assert en.engine == "openai"
    assert en.engine_version == "tiny"
    assert server.paths == ["/v1/chat/completions"] * 2


def test_what_it_took_is_counted_and_priced(server, engine_at):
    usage = write(engine_at(prices=(2_000_000, 10_000_000))).usage
    assert (usage.tokens_in, usage.tokens_out, usage.n_calls) == (100, 20, 1)
    assert usage.cost_micros == 100 * 2 + 20 * 10
    assert usage.seconds > 0


@pytest.mark.parametrize("told", [None, {}, {"prompt_tokens": "many"}, {"prompt_tokens": -4}])
def test_a_server_that_does_not_count_is_counted_for(server, engine_at, told):
    server.always = says(GOOD, usage=told)
    usage = write(engine_at()).usage
    assert 200 < usage.tokens_in < 2000
    assert 10 < usage.tokens_out < 40


def test_the_key_is_sent_and_nothing_else_of_ours(server, engine_at):
    write(engine_at(key="sk-secret"))
    assert server.headers[0]["Authorization"] == "Bearer sk-secret"
    assert "sk-secret" not in json.dumps(server.bodies)
    write(engine_at())
    assert "Authorization" not in server.headers[1]


def test_a_server_that_repeats_the_key_is_not_repeated(server, engine_at):
    server.always = status(401, "Incorrect API key provided: sk-secret.")
    assert failure(engine_at(key="sk-secret"), "stop").endswith("provided: ….")


def test_a_product_without_facts_is_never_sent(server, engine_at):
    assert isinstance(write(engine_at(), KETTLE.request(facts=()))[0], NotEnoughFacts)
    assert server.bodies == []


def test_answers_keep_the_order_of_the_requests(server, engine_at):
    server.acts = [slow(0.2)]
    requests = [s.request() for s in (KETTLE, T_SHIRT)] * 8
    for request, answer in zip(requests, write(engine_at(n_in_flight=8), *requests), strict=True):
        assert request.facts[0].value in answer.text


def test_as_many_are_in_flight_as_allowed_and_no_more(server, engine_at):
    server.always = slow(0.05)
    write(engine_at(n_in_flight=16), *[KETTLE.request()] * 48)
    assert 12 <= server.most_open <= 16


# --- What passes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        status(500),
        status(502, "Bad gateway"),
        status(503),
        status(429),
        reset,
        cut_body,
        raw(b"\xff" * 5_000_000),
    ],
    ids=["500", "502", "503", "429", "reset", "cut", "flood"],
)
def test_trouble_that_passes_is_sat_out(server, engine_at, act):
    server.acts = [act, act]
    answer = write(engine_at())
    assert isinstance(answer, DraftText), answer
    assert len(server.bodies) == 3


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (status(500, "CUDA out of memory"), "in trouble (500): CUDA out of memory"),
        (status(503), "in trouble (503)"),
        (status(429, "slow down"), "too much to do (429): slow down"),
        (reset, "broke off"),
        (cut_body, "broke off"),
        (raw(b"x" * 5_000_000), "more than any answer needs"),
    ],
)
def test_trouble_that_stays_pauses_the_job_and_says_why(server, engine_at, act, words):
    server.always = act
    assert words in failure(engine_at(breaker=Breaker()), "pause")
    assert len(server.bodies) == calls.TRIES


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_honoured(server, engine_at, as_date):
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    server.acts = [status(429, Retry_After=then if as_date else "1")]
    assert isinstance(write(engine_at()), DraftText)
    assert server.at[1] - server.at[0] >= 0.95


def test_retry_after_holds_up_every_request_of_the_job(server, engine_at):
    server.acts = [status(429, Retry_After="1")]
    write(engine_at(n_in_flight=1), *[KETTLE.request()] * 3)
    assert server.at[1] - server.at[0] >= 1
    assert server.at[3] - server.at[1] < 0.5


def test_a_server_that_asks_for_an_hour_is_asked_later(server, engine_at):
    server.always = status(429, Retry_After="3600")
    assert "3,600 seconds" in failure(engine_at(), "pause")
    assert len(server.bodies) == 1


def test_a_slow_server_gets_its_time_and_no_more(server, engine_at):
    server.always = slow(0.4)
    assert isinstance(write(engine_at(timeout=3)), DraftText)
    server.always = slow(5)
    began = time.monotonic()
    assert "within 1 seconds" in failure(engine_at(timeout=1), "pause")
    assert time.monotonic() - began < 4


def test_a_server_that_drips_cannot_outlast_the_deadline(server, engine_at):
    def drip(handler, body):
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    server.always = drip
    began = time.monotonic()
    assert "within 1 seconds" in failure(engine_at(timeout=1), "pause")
    assert time.monotonic() - began < 4


def test_a_kept_connection_that_died_is_replaced_unnoticed(server, engine_at):
    def last(handler, body):
        well(handler, body)
        handler.close_connection = True  # without a word of it in the headers

    server.always = last
    engine = engine_at(n_in_flight=1)
    for answer in write(engine, *[KETTLE.request()] * 4):
        assert isinstance(answer, DraftText)
    assert len(server.bodies) == 4


def test_nothing_listens_there(server, engine_at, monkeypatch):
    monkeypatch.setattr(calls, "TRIES", 2)
    engine = engine_at(url="http://127.0.0.1:9/v1")
    assert "Nothing answers" in failure(engine, "pause")


def test_after_failures_in_a_row_the_server_is_left_alone(server, engine_at):
    clock = [0.0]
    engine = engine_at(breaker=Breaker(lambda: clock[0]), n_in_flight=1)
    server.always = status(500)
    failure(engine, "pause")
    n = len(server.bodies)
    assert n == FAILURES
    assert "left alone" in failure(engine, "pause")
    assert len(server.bodies) == n
    clock[0] = 11
    server.always = well
    assert isinstance(write(engine), DraftText)
    assert isinstance(write(engine), DraftText)


# --- What does not pass ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (status(401, "Incorrect API key"), "refused the key (401): Incorrect API key"),
        (status(403), "refused the key (403)"),
        (status(404, "no model tiny"), "no such model or address (404): no model tiny"),
        (status(402, "pay"), "no credit left"),
        (status(429, "You exceeded your current quota"), "no credit left"),
        (status(302, Location="http://elsewhere.example/"), "points elsewhere"),
        (raw(b"<html>Welcome to nginx</html>"), "not as a chat endpoint"),
        (raw(b'{"object": "list"}', "application/json"), "not as a chat endpoint"),
    ],
)
def test_what_only_a_setting_can_mend_stops_at_once(server, engine_at, act, words):
    server.always = act
    assert words in failure(engine_at(), "stop")
    assert len(server.bodies) == 1


def test_a_text_too_long_for_the_model_fails_alone(server, engine_at):
    message = "This model's maximum context length is 512 tokens"
    server.acts = [status(400, message)]
    failed, fine = write(engine_at(n_in_flight=1), KETTLE.request(), T_SHIRT.request())
    assert "maximum context length" in str(failed.reason)
    assert failed.scope == "item"
    assert isinstance(fine, DraftText)


# --- What a server does not know -------------------------------------------------------------


@pytest.mark.parametrize(
    ("supported", "formats"),
    [
        (["json_schema", "json_object"], ["json_schema"]),
        (["json_object"], ["json_schema", "json_object"]),
        ([], ["json_schema", "json_object", None]),
    ],
)
def test_a_server_without_schemas_is_asked_without(server, engine_at, supported, formats):
    server.always = only(*supported)
    engine = engine_at(n_in_flight=1)
    assert isinstance(write(engine), DraftText)
    asked = [(b.get("response_format") or {}).get("type") for b in server.bodies]
    assert asked == formats
    write(engine)
    assert (server.bodies[-1].get("response_format") or {}).get("type") == formats[-1]


def test_many_threads_learn_together_what_a_server_lacks(server, engine_at):
    server.always = only()
    for answer in write(engine_at(n_in_flight=8), *[KETTLE.request()] * 16):
        assert isinstance(answer, DraftText), answer


def test_other_names_and_no_seed_are_learned_too(server, engine_at):
    def picky(handler, body):
        if "max_tokens" in body:
            handler.send(400, {"error": {"message": "Use 'max_completion_tokens' instead."}})
        elif "seed" in body:
            handler.send(422, {"detail": "Unexpected fields in the request: {'seed'}"})
        else:
            well(handler, body)

    server.always = picky
    assert isinstance(write(engine_at()), DraftText)
    assert "max_completion_tokens" in server.bodies[-1]


# --- What a model answers --------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    ["", None, "A fine kettle.", GOOD[:30], '{"texts": []}', honest({"language": "zh", "facts":
        [{"name": "材质是不锈钢的水壶", "value": "很好", "id": "f1"}]})],
)  # fmt: skip
def test_an_answer_that_will_not_do_is_mended_once(server, engine_at, bad):
    server.acts = [says(bad)]
    answer = write(engine_at())
    assert isinstance(answer, DraftText)
    assert answer.usage.n_calls == 2
    assert "could not be used" in server.bodies[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (says(""), "answered with nothing"),
        (says(None), "answered with nothing"),
        (says("A fine kettle."), "not JSON"),
        (says(GOOD[:30]), "cut off"),
        (says("A kettle that", finish="length"), "cut off"),
        (says('{"texts": []}'), "form that was asked"),
    ],
)
def test_an_answer_that_stays_bad_fails_alone(server, engine_at, act, words):
    server.acts = [act, act]
    failed, fine = write(engine_at(n_in_flight=1), KETTLE.request(), T_SHIRT.request())
    assert words in str(failed.reason)
    assert failed.scope == "item"
    assert failed.usage.n_calls == 2
    assert isinstance(fine, DraftText)


def test_a_refusal_is_told_and_not_argued_with(server, engine_at):
    server.always = says(None, refusal="I can't write about this.")
    assert "refused: I can't write about this." in failure(engine_at())
    server.always = says("抱歉，我无法完成。")
    assert "refused: 抱歉" in failure(engine_at())
    assert len(server.bodies) == 2


def test_whoever_waits_can_stop_the_waiting(server, engine_at):
    class Enough(Exception):
        pass

    def check():
        if server.bodies:
            raise Enough

    server.always = slow(3)
    began = time.monotonic()
    with pytest.raises(Enough):
        engine_at(n_in_flight=2).generate([KETTLE.request()] * 50, check=check)
    assert time.monotonic() - began < 2.5
    assert len(server.bodies) <= 2
