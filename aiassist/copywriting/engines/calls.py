"""One call of a chat endpoint, with everything the world may do to it.

Busy (429), broken (5xx) and lost connections are tried again with a growing, jittered pause; the
server's own Retry-After goes before it and holds up all requests of the job. What a server does
not know (a schema, a seed) is left out from then on. What no repeat can mend says so at once.
"""

import http.client
import json
import random
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Event, Lock
from time import monotonic
from typing import Any, Literal

from aiassist.copywriting.engine import Failed, Usage
from aiassist.copywriting.engines.addresses import AddressRefused
from aiassist.copywriting.engines.block import one_line
from aiassist.copywriting.engines.breaker import Breaker
from aiassist.copywriting.engines.conversation import Trouble, Turn
from aiassist.copywriting.engines.estimate import tokens_in
from aiassist.copywriting.engines.prompts import Messages
from aiassist.copywriting.engines.wire import Reply, TooLong, Wire
from ecomportal.said import Said, said

TRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0  # seconds; the pause doubles, and chance takes half of it
LONGEST_WAIT = 60.0  # a server that asks for more is asked later, not waited for
BUSY = {429, 503, 529}
BROKEN = {408, 409, 425, 500, 502, 504, 520, 521, 522, 523, 524}
SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "text",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {
                "sentences": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "text": {"type": "string"},
                            "facts": {"type": "array", "items": {"type": "string"}},
                        },
                        "required": ["text", "facts"],
                        "additionalProperties": False,
                    },
                }
            },
            "required": ["sentences"],
            "additionalProperties": False,
        },
    },
}
FORMATS: tuple[dict[str, Any] | None, ...] = (SCHEMA, {"type": "json_object"}, None)
OPTIONAL = ("seed", "temperature")  # what a server may refuse without harm
Scope = Literal["item", "pause", "stop"]


class Caller:
    """Calls one model of one server; safe for many threads."""

    def __init__(
        self,
        wire: Wire,
        *,
        model: str,
        breaker: Breaker,
        timeout_seconds: float,
        prices: tuple[int, int] = (0, 0),
    ) -> None:
        self.wire, self.model, self.breaker = wire, model, breaker
        self.timeout_seconds, self.prices = timeout_seconds, prices
        self.stopped, self.lock = Event(), Lock()
        self.final: Trouble | None = None  # what no request can get past
        self.not_before = 0.0  # no request leaves earlier: the server asked for a pause
        self.format, self.dropped, self.limit_name = 0, set[str](), "max_tokens"

    def ask(self, messages: Messages, limit: int, *, seed: int = 0) -> Turn:
        """A turn of the model; raises Trouble, and soon where nothing can work."""
        try:
            return self._ask(messages, limit, seed)
        except Trouble as trouble:
            if trouble.failed.scope == "stop":
                self.final = trouble
            raise

    def _ask(self, messages: Messages, limit: int, seed: int) -> Turn:
        n_tries, began, adapted = 0, monotonic(), 0
        while True:
            self._wait_for_turn()
            n_tries += 1
            taught = self._taught()
            body = self._body(messages, limit, seed)
            try:
                reply = self.wire.post(
                    "/chat/completions", body, timeout_seconds=self.timeout_seconds
                )
            except Exception as error:
                self._after_loss(error, n_tries)
                continue
            if reply.status == 200:
                return self._turn(reply, messages, began)
            if reply.status in (400, 422) and adapted < 5 and self._adapt(reply, taught):
                self.breaker.succeeded()
                n_tries, adapted = n_tries - 1, adapted + 1
                continue
            self._after_refusal(reply, n_tries)

    # --- Sending -----------------------------------------------------------------------------

    def _body(self, messages: Messages, limit: int, seed: int) -> bytes:
        body: dict[str, Any] = {
            "model": self.model,
            "messages": messages,
            "stream": False,
            self.limit_name: limit,
            "temperature": 0.6,
            "seed": seed % 2**31,
            "response_format": FORMATS[self.format],
        }
        sent = {k: v for k, v in body.items() if v is not None and k not in self.dropped}
        return json.dumps(sent, ensure_ascii=False).encode()

    def _wait_for_turn(self) -> None:
        """Until the server's own pause is over; not at all while the breaker is open."""
        if self.final:
            raise self.final
        self._pause(self.not_before - monotonic())
        if not self.breaker.may_ask():
            raise _trouble(
                said("The model server does not answer well, so it is left alone for a while."),
                "pause",
            )

    def _pause(self, seconds: float) -> None:
        if self.stopped.wait(max(0.0, seconds)):
            raise _trouble(said("The job was stopped."), "pause")

    # --- What the server does not know -------------------------------------------------------

    def _taught(self) -> tuple[Any, ...]:
        with self.lock:
            return self.format, frozenset(self.dropped), self.limit_name

    def _adapt(self, reply: Reply, taught: tuple[Any, ...]) -> bool:
        """Leave out what the server refused; whether another try makes sense.

        Threads ask at once: what one of them learned meanwhile is reason enough to try again.
        """
        words = self._words(reply).lower()
        with self.lock:
            if taught != (self.format, frozenset(self.dropped), self.limit_name):
                return True
            if "max_completion_tokens" in words and self.limit_name == "max_tokens":
                self.limit_name = "max_completion_tokens"
                return True
            for name in OPTIONAL:
                if name in words and name not in self.dropped:
                    self.dropped.add(name)
                    return True
            names_it = any(w in words for w in ("response_format", "json", "schema", "grammar"))
            if self.format + 1 < len(FORMATS) and (names_it or _is_vague(words)):
                self.format += 1
                return True
        return False

    # --- Receiving ---------------------------------------------------------------------------

    def _turn(self, reply: Reply, messages: Messages, began: float) -> Turn:
        try:
            answer = json.loads(reply.body)
            choice = answer["choices"][0]
            message = choice["message"]
            text = message.get("content") or ""
            if not isinstance(text, str):
                text = "".join(part.get("text", "") for part in text)
        except (ValueError, LookupError, TypeError, AttributeError):
            # A proxy's page, or another kind of server: no repeat of this request would help.
            self.breaker.failed()
            raise _trouble(
                said("The server answered, but not as a chat endpoint does. Is the address right?"),
                "stop",
            ) from None
        self.breaker.succeeded()
        usage = self._usage(answer.get("usage"), messages, text, seconds=monotonic() - began)
        is_cut = choice.get("finish_reason") == "length"
        refusal = message.get("refusal") or ""
        if choice.get("finish_reason") == "content_filter" and not refusal:
            refusal = "content_filter"
        return Turn(text, usage, is_cut=is_cut, refusal=str(refusal))

    def _usage(self, told: Any, messages: Messages, text: str, *, seconds: float) -> Usage:
        told = told if isinstance(told, dict) else {}
        n_in = _count(told.get("prompt_tokens"))
        n_out = _count(told.get("completion_tokens"))
        n_in = n_in if n_in is not None else sum(tokens_in(m["content"]) for m in messages)
        n_out = n_out if n_out is not None else tokens_in(text)
        micros = n_in * self.prices[0] + n_out * self.prices[1]
        return Usage(n_in, n_out, -(-micros // 1_000_000), 1, seconds)

    def _words(self, reply: Reply) -> str:
        """What the server says went wrong; some repeat the key they refuse."""
        words = _words(reply)
        return words.replace(self.wire.key, "…") if self.wire.key else words

    # --- Failing -----------------------------------------------------------------------------

    def _after_loss(self, error: Exception, n_tries: int) -> None:
        """No answer came: pause and let it be tried again, or raise Trouble."""
        self.breaker.failed()
        if isinstance(error, AddressRefused):
            raise _trouble(error.reason, "stop") from None
        if isinstance(error, ssl.SSLCertVerificationError):
            raise _trouble(said("The server's certificate is not valid."), "stop") from None
        if not isinstance(error, OSError | http.client.HTTPException | TooLong):
            raise error
        # One who waited in vain for a minute has waited long enough by the second time.
        if n_tries >= (2 if isinstance(error, TimeoutError) else TRIES):
            raise _trouble(_loss(error, self.timeout_seconds), "pause") from None
        self._pause(_jittered(n_tries))

    def _after_refusal(self, reply: Reply, n_tries: int) -> None:
        words = self._words(reply)
        if refusal := _final(reply, words):
            self.breaker.succeeded()  # it is there and answers
            raise _trouble(*refusal)
        if reply.status not in BUSY | BROKEN and reply.status < 500:
            self.breaker.succeeded()
            raise _trouble(_refused(reply.status, words), "item")
        asked = _retry_after(reply)
        if reply.status == 429:
            self.breaker.succeeded()
        else:
            self.breaker.failed()
        if n_tries >= TRIES or (asked or 0) > LONGEST_WAIT:
            raise _trouble(_unwell(reply.status, words, asked), "pause")
        if asked is not None:
            with self.lock:
                self.not_before = max(self.not_before, monotonic() + asked)
        self._pause(_jittered(n_tries) if asked is None else random.uniform(0, 0.25))


def _trouble(reason: Said, scope: Scope) -> Trouble:
    return Trouble(Failed(reason, scope))


def _jittered(n_tries: int) -> float:
    most = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (n_tries - 1))
    return random.uniform(most / 2, most)


def _count(told: Any) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else None


def _retry_after(reply: Reply) -> float | None:
    """Seconds the server asks to wait, from a number or a date."""
    told = (reply.headers.get("Retry-After") or "").strip()
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _words(reply: Reply) -> str:
    """What the server says went wrong, on one line."""
    text = reply.body[:4000].decode("utf-8", "replace")
    try:
        told = json.loads(text)
        told = told.get("error", told.get("detail", told)) if isinstance(told, dict) else told
        told = told.get("message", told) if isinstance(told, dict) else told
        text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
    except ValueError:
        pass
    return one_line(text)[:200]


def _is_vague(words: str) -> bool:
    """A refusal that names nothing of the request: it may be about the form."""
    return not any(word in words for word in ("model", "context", "token", "length", "message"))


def _final(reply: Reply, words: str) -> tuple[Said, Scope] | None:
    """Refusals that stay whatever is asked again, until somebody changes something."""
    status, low = reply.status, words.lower()
    if status in (401, 403):
        return said("The server refused the key (%(status)s): %(words)s", status=status,
                    words=words), "stop"  # fmt: skip
    if status == 402 or "insufficient_quota" in low or "exceeded your current quota" in low:
        return said("The account at the server has no credit left: %(words)s", words=words), "stop"
    if 300 <= status < 400:
        return said("The server points elsewhere. Enter the address it points to."), "stop"
    if status in (404, 405):
        return said("There is no such model or address (%(status)s): %(words)s", status=status,
                    words=words), "stop"  # fmt: skip
    return None


def _refused(status: int, words: str) -> Said:
    return said(
        "The server refused the request (%(status)s): %(words)s", status=status, words=words
    )


def _unwell(status: int, words: str, asked: float | None) -> Said:
    if status == 429 and asked is not None:
        return said("The server has too much to do and asks to wait %(n)s seconds.", n=round(asked))
    if status == 429:
        return said("The server has too much to do (429): %(words)s", words=words)
    return said("The server is in trouble (%(status)s): %(words)s", status=status, words=words)


def _loss(error: Exception, timeout_seconds: float) -> Said:
    if isinstance(error, TimeoutError):
        return said("The server did not answer within %(n)s seconds.", n=round(timeout_seconds))
    if isinstance(error, ConnectionRefusedError):
        return said("Nothing answers at the server's address. Is it running?")
    if isinstance(error, TooLong):
        return said("The server sent more than any answer needs.")
    return said("The connection to the server broke off.")
