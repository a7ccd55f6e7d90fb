"""What a browser says beside the page: its console and the scripts' errors."""

from playwright.sync_api import BrowserContext, ConsoleMessage, WebError

BAD = ("error", "warning")


class Watch:
    """Collects complaints. A broken content policy, a missing file and an uncaught error all
    end here; a test that asks for an error page says so with `allow`."""

    def __init__(self, context: BrowserContext) -> None:
        self.heard: list[str] = []
        self.allowed: list[str] = []
        context.on("console", self._console)
        context.on("weberror", self._error)

    def allow(self, part: str) -> None:
        self.allowed.append(part)

    def complaints(self) -> list[str]:
        return [line for line in self.heard if not any(part in line for part in self.allowed)]

    def take(self) -> list[str]:
        """The complaints so far, once."""
        taken = self.complaints()
        self.heard.clear()
        return taken

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in BAD:
            where = message.location or {}
            place = f"{where.get('url', '')}:{where.get('lineNumber', '')}"
            self.heard.append(f"{message.type}: {message.text} ({place})")

    def _error(self, error: WebError) -> None:
        self.heard.append(f"uncaught: {error.error}")
