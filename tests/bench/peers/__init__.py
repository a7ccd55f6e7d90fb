"""What the catalogue is measured against: django-oscar's dashboard, and a carefully written Django
admin with django-import-export. Both run in an environment of their own (requirements.txt here) on
the same PostgreSQL server and hold the same generated products."""
