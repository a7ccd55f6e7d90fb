"""All settings, read top to bottom, every one from the environment with a working default."""

import contextlib
import os
import secrets
from pathlib import Path

import environ
import pghistory
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from ecomportal.embedded.paths import var_dir
from ecomportal.embedded.postgres import Cluster

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = var_dir()


def envbool(name: str, default: bool) -> bool:
    """Read a yes/no setting; a value that is neither stops the start with its name."""
    value = os.environ.get(name, "").strip().lower()
    if value in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return value in {"1", "true", "yes", "on"} if value else default
    raise ImproperlyConfigured(f"{name}={value!r} is neither true nor false.")


def envint(name: str, default: int) -> int:
    """Read a whole number; anything else stops the start with its name."""
    value = os.environ.get(name, "")
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from None


def envlist(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def embedded_dsn(role: str) -> str:
    """Where the embedded cluster listens; computing it starts nothing."""
    return Cluster(VAR / "postgres").dsn(role, os.environ.get("EMBEDDED_DB", "ecomportal"))


def secret_key() -> str:
    """The key of the environment, or on one person's machine one made on the first start."""
    if os.environ.get("SECRET_KEY"):
        return os.environ["SECRET_KEY"]
    if not EMBEDDED_DATABASE:
        raise ImproperlyConfigured("Set SECRET_KEY: DATABASE_URL is set, so this is production.")
    path = VAR / "secret-key"
    if not path.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: two processes may start at once, and the first one wins.
        draft = path.with_name(f"secret-key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


# --- What runs where ---
DEBUG = envbool("DEBUG", False)
EMBEDDED_DATABASE = not os.environ.get("DATABASE_URL")
EMBEDDED_BROKER = not os.environ.get("CELERY_BROKER_URL")
# Embedded means one person's machine: plain HTTP on loopback, a secret made on the first start.
SECRET_KEY = secret_key()
# Former ones: what they signed and sealed stays valid until they are taken away here.
SECRET_KEY_FALLBACKS = envlist("SECRET_KEY_FALLBACKS")
HTTPS_ONLY = envbool("HTTPS_ONLY", not EMBEDDED_DATABASE)
ALLOWED_HOSTS = envlist("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = envlist("CSRF_TRUSTED_ORIGINS")
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "ecomportal.apps.EcomportalConfig",
    "catalog",
    "aiassist",
    "ecomportal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "axes",
    "csp",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "ecomportal.web.middleware.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "ecomportal.tenancy.middleware.PersonMiddleware",
    "ecomportal.web.middleware.PersonLocaleMiddleware",
    "ecomportal.web.middleware.NoNulMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ecomportal.web.middleware.NoStoreMiddleware",
    "ecomportal.tenancy.middleware.TenantMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "ecomportal.urls"
WSGI_APPLICATION = "ecomportal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "ecomportal.web.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "ecomportal.templatetags.portal",
                "ecomportal.templatetags.kept",
            ],
        },
    }
]

# --- Database: app role for everything, owner only for migrations ---
_app = environ.Env.db_url_config(os.environ.get("DATABASE_URL") or embedded_dsn("ecom_app"))
_owner = environ.Env.db_url_config(
    os.environ.get("DATABASE_OWNER_URL")
    or os.environ.get("DATABASE_URL")
    or embedded_dsn("ecom_owner")
)
# A lock or a statement that hangs must not hang the page: a clear message beats a spinner.
_guards = (
    f"-c lock_timeout={envint('LOCK_TIMEOUT_MS', 3000)} "
    f"-c statement_timeout={envint('STATEMENT_TIMEOUT_MS', 60000)} "
    # A worker that froze in the middle of a transaction must not hold its locks for ever.
    "-c idle_in_transaction_session_timeout=120000"
)
_app["ENGINE"] = "ecomportal.database"
_app["OPTIONS"] = {**_app.get("OPTIONS", {}), "options": _guards}
_app["CONN_MAX_AGE"] = envint("CONN_MAX_AGE", 60)
_app["CONN_HEALTH_CHECKS"] = True
DATABASES = {"default": _app, "owner": {**_owner, "TEST": {"MIRROR": None}}}
DATABASE_ROUTERS = ["ecomportal.tenancy.rls.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Celery rings the bell; the Job row is the truth ---
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "folder://localhost")
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "data_folder_in": str(VAR / "broker" / "messages"),
        "data_folder_out": str(VAR / "broker" / "messages"),
        "control_folder": str(VAR / "broker" / "control"),
        "store_processed": False,
        "polling_interval": 0.25,  # seconds until a waiting worker looks again
    }
    if EMBEDDED_BROKER
    else {}
)
# Every worker takes the sweep, so that a long job on one queue cannot hold it up.
CELERY_TASK_ROUTES = {"jobs.sweep": {"queue": "sweep"}, "webhooks.*": {"queue": "sweep"}}
CELERY_TASK_DEFAULT_QUEUE = "fast"
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ACKS_LATE = False  # the row protects the job; the message is only a bell
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2  # seconds; a broker that never answers must not hang a page
# A process that grows past this is replaced after the task in hand.
WORKER_MAX_MIB = envint("WORKER_MAX_MIB", 4096)
CELERY_BEAT_SCHEDULE = {
    "forget customer files": {"task": "aiassist.forget_customer_files", "schedule": 3600.0},
    "sweep": {"task": "jobs.sweep", "schedule": 5.0},
    "ring for webhooks": {"task": "webhooks.ring_due", "schedule": 5.0},
    "purge webhooks": {"task": "webhooks.purge", "schedule": 3600.0},
    "purge": {"task": "catalog.purge_deleted", "schedule": 3600.0},
    "tend events": {"task": "catalog.tend_events", "schedule": 3600.0},
    "draft by rules": {"task": "aiassist.draft_by_rules", "schedule": 300.0},
    "fingerprint texts": {"task": "aiassist.fingerprint_texts", "schedule": 600.0},
    "build due segments": {"task": "aiassist.build_due_segments", "schedule": 900.0},
    "forget audience files": {"task": "aiassist.forget_audience_files", "schedule": 3600.0},
    "learn from reviews": {"task": "aiassist.learn_from_reviews", "schedule": 3600.0},
}
JOB_LEASE_SECONDS = envint("JOB_LEASE_SECONDS", 60)

# --- People ---
AUTH_USER_MODEL = "ecomportal.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "ecomportal.tenancy.accounts.InvitedOnlyAdapter"
ACCOUNT_RATE_LIMITS = False  # django-axes throttles sign-in in the database, for all processes
ACCOUNT_PREVENT_ENUMERATION = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "ecomportal.tenancy.accounts.address_tried"
AXES_FAILURE_LIMIT = envint("SIGN_IN_FAILURE_LIMIT", 8)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "ecomportal@localhost")

# --- Language, time, files ---
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", VAR / "media"))
# Where models lie: those an operator puts there, and what is trained for shops, in shops/.
MODELS_ROOT = Path(os.environ.get("MODELS_ROOT", VAR / "models"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ecomportal.web.bundles.BundlingStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
IMPORT_MAX_BYTES = envint("IMPORT_MAX_MIB", 50) * 1024 * 1024
IMAGE_MAX_BYTES = envint("IMAGE_MAX_MIB", 20) * 1024 * 1024
IMAGE_MAX_PIXELS = 50_000_000
# Whether pictures that imports name by address are fetched, and from which ports. No proxy of the
# environment is used, only the one named here ("host:port"). Loopback is for tests alone.
PICTURE_FETCH = envbool("PICTURE_FETCH", True)
PICTURE_FETCH_PORTS = {int(port) for port in envlist("PICTURE_FETCH_PORTS", "80,443")}
PICTURE_FETCH_PROXY = os.environ.get("PICTURE_FETCH_PROXY", "")
PICTURE_FETCH_TO_LOOPBACK = envbool("PICTURE_FETCH_TO_LOOPBACK", False)

# Model servers that shops may name besides outside ones by https: their addresses, such as
# "http://10.0.0.5:8000". Those on this machine need no naming while it is one person's own.
TEXT_ENGINE_URLS = envlist("TEXT_ENGINE_URLS")
TEXT_ENGINE_LOOPBACK = envbool("TEXT_ENGINE_LOOPBACK", EMBEDDED_DATABASE)
if wrong := [url for url in TEXT_ENGINE_URLS if not url.startswith(("http://", "https://"))]:
    raise ImproperlyConfigured(f"TEXT_ENGINE_URLS: {wrong[0]!r} must begin with http(s)://.")

# Servers inside that webhooks may call, besides outside ones by https; this machine's too.
WEBHOOK_URLS = envlist("WEBHOOK_URLS")
if wrong := [url for url in WEBHOOK_URLS if not url.startswith(("http://", "https://"))]:
    raise ImproperlyConfigured(f"WEBHOOK_URLS: {wrong[0]!r} must begin with http(s)://.")

# --- Browser security ---
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "ecomportal.tenancy.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS_ONLY
SECURE_HSTS_PRELOAD = HTTPS_ONLY
# Proxies of ours between the world and the web process, each adding to X-Forwarded-For.
PROXY_COUNT = envint("PROXY_COUNT", 1) if envbool("BEHIND_PROXY", False) else 0
if PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "ecomportal.web.errors.csrf_failure"

# --- REST API ---
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["ecomportal.web.keys.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["ecomportal.web.keys.KeyPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["ecomportal.web.parsers.CleanJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "ecomportal.web.api.problem_handler",
    "UNAUTHENTICATED_USER": None,
}
# Calls with one publishable key from one address, counted by each web process; 0 counts none.
STOREFRONT_REQUESTS_PER_MINUTE = envint("STOREFRONT_REQUESTS_PER_MINUTE", 600)
SPECTACULAR_SETTINGS = {
    "TITLE": "ecomportal API",
    "DESCRIPTION": "Products, drafts and jobs of one shop, by key.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    # Four things have a status; without names of their own the schema would number them.
    "ENUM_NAME_OVERRIDES": {
        "ProductStatus": "catalog.products.models.ProductStatus.values",
        "FactStatus": "catalog.products.models.FactStatus.values",
        "DraftStatus": "aiassist.copywriting.models.DraftStatus.values",
        "JobStatus": "ecomportal.jobs.models.JobStatus.values",
    },
}

# --- History and log ---
PGHISTORY_APPEND_ONLY = False  # append-only by grants: the app role may only INSERT and SELECT
# History is asked for by product alone (see `track`); other indexes would only slow every write.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_CONTEXT_FIELD = pghistory.ContextForeignKey(db_index=False)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname:<7} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
    "loggers": {"ecomportal": {"level": os.environ.get("LOG_LEVEL", "INFO")}},
}
TEST_RUNNER = "django.test.runner.DiscoverRunner"
SILENCED_SYSTEM_CHECKS = ["security.W005"] if not HTTPS_ONLY else []
