"""Sessions in the database, read together with their person: every page of hers needs both.

A session ends where its row goes: signing out, a changed password and a removed person work as
with Django's own engine, whose table these rows replace.
"""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

from ecomportal.tenancy.models import User, WebSession

PERSON = [field.attname for field in User._meta.concrete_fields]
COLUMNS = ", ".join(f'u."{field.column}"' for field in User._meta.concrete_fields)
READ = f"""SELECT s.session_data, s.expire_date, {COLUMNS}
FROM ecomportal_websession s LEFT JOIN ecomportal_user u ON u.id = s.user_id
WHERE s.session_key = %s AND s.expire_date > %s"""


class SessionStore(db.SessionStore):
    person: User | None = None  # whose session it was when it was read

    @classmethod
    def get_model_class(cls) -> type[WebSession]:
        return WebSession

    def _get_session_from_db(self) -> WebSession | None:
        with connection.cursor() as cursor:
            cursor.execute(READ, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return None
        data, expires, *person = row
        if person[0] is not None:
            self.person = User.from_db("default", PERSON, person)
        return WebSession(session_key=self.session_key, session_data=data, expire_date=expires)

    def create_model_instance(self, data: dict[str, Any]) -> WebSession:
        made = super().create_model_instance(data)
        made.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return made
