"""Django's PostgreSQL, with a cheaper look at whether a kept connection still stands.

Django asks `SELECT 1` at the beginning of every request. A server that ended the connection (it was
restarted, or an administrator did) has said so already: something waits to be read. Where nothing
does, the connection stands, and nobody need be asked.
"""

from select import POLLIN, poll

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        line = poll()
        line.register(self.connection.fileno(), POLLIN)
        # Something to read may be a farewell or only news of a setting: the server is asked.
        return super().is_usable() if line.poll(0) else True
