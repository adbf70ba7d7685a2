"""Settings. One process has one database role and serves one surface (or both); see docs/operations.md."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from config.accounts import password_profile, second_factor
from config.mail import mail_server, report_mailbox
from config.maps import site_map
from config.site import site

BASE_DIR = Path(__file__).resolve().parent.parent
SURFACES = ("both", "portal", "desk")

SURFACE = os.environ.get("YIPANQI_SURFACE", "both")
if SURFACE not in SURFACES:
    raise ImproperlyConfigured(f"YIPANQI_SURFACE must be one of {', '.join(SURFACES)}.")

# Keys, checkpoints and the embedded database live here, never in the checkout.
HOME = Path(os.environ.get("YIPANQI_HOME") or Path.home() / ".local/share/yipanqi")
CITY_SCHEMA = os.environ.get("YIPANQI_SCHEMA", "city")
JOBS_SCHEMA = os.environ.get("YIPANQI_JOBS_SCHEMA", "jobs")


def database(url: str | None, search_path: str) -> dict[str, Any]:
    """A Django database entry from a libpq URL."""
    parts = conninfo_to_dict(url or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        # A connection for each request costs PostgreSQL 5-7 ms of CPU.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**parts, "options": f"-c search_path={search_path} -c TimeZone=UTC"},
    }


# Which of the four roles this process has: the app's by default, the portal's on a portal of its own.
ROLE_VARIABLES = {
    "app": "DATABASE_URL",
    "portal": "PORTAL_DATABASE_URL",
    "owner": "MIGRATE_DATABASE_URL",
    "eraser": "ERASE_DATABASE_URL",
}
DATABASE_ROLE = os.environ.get("YIPANQI_ROLE") or ("portal" if SURFACE == "portal" else "app")
_url = os.environ.get(ROLE_VARIABLES[DATABASE_ROLE])
DATABASES = {
    # The owner migrates the city's schema alone: with both in sight it would take the queue's record for the city's.
    "default": database(_url, CITY_SCHEMA if DATABASE_ROLE == "owner" else f"{CITY_SCHEMA},{JOBS_SCHEMA}"),
    # Only for migrating: the job queue's own tables carry triggers and stay in a schema of their own.
    "jobs": database(_url, JOBS_SCHEMA),
}
DATABASE_ROUTERS = ["config.routers.SchemaRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DEBUG = False
# Sessions and forms are signed with a key that lies beside the data.
_secret = HOME / "keys" / "django"
SECRET_KEY = os.environ.get("YIPANQI_SECRET_KEY") or (
    _secret.read_text().strip() if _secret.exists() else os.urandom(32).hex()
)
ALLOWED_HOSTS = os.environ.get("YIPANQI_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("YIPANQI_ORIGINS", "").split(",") if o]
# Where `serve` listens, for links in messages of a city that has named no origin.
PORT = int(os.environ.get("PORT", "8000"))
HTTPS = os.environ.get("YIPANQI_HTTPS", "") == "1"
# How many reverse proxies of the city's own stand in front and are believed; without one no header is.
PROXIES = int(os.environ.get("YIPANQI_PROXIES", "0"))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
# Every page of a demonstration says that it is one.
DEMO_CITY = os.environ.get("YIPANQI_DEMO", "1") == "1"
# What the site says of itself: unit, site mark, filings, contact (YIPANQI_SITE_UNIT and so on).
SITE = site(os.environ, demo=DEMO_CITY)
# The map on the page that asks where it is; None: there is none, and no button for it.
MAP = site_map(os.environ, demo=DEMO_CITY)
# Whether staff must show a second factor, and which rules their passwords follow.
SECOND_FACTOR = second_factor(os.environ.get("YIPANQI_SECOND_FACTOR", ""), demo=DEMO_CITY)
PASSWORD_PROFILE = password_profile(os.environ.get("YIPANQI_PASSWORD_PROFILE", ""))
# Without a mail server messages are written to files beside the data, with no person's address in them.
MAIL_SERVER = mail_server(os.environ.get("YIPANQI_SMTP_URL", ""))
# The one mailbox from which staff may take reports; without it there is none, and no host is called.
REPORT_MAILBOX = report_mailbox(
    os.environ.get("YIPANQI_REPORTS_IMAP_URL", ""), os.environ.get("YIPANQI_REPORTS_IMAP_PASSWORD_FILE", "")
)
# A folder with the official typefaces (方正小标宋, 仿宋) for documents; without it they are set in the product's own.
_typefaces = os.environ.get("YIPANQI_TYPEFACES", "")
TYPEFACES = Path(_typefaces) if _typefaces else None
# Where documents wait to be sealed and come back (`yipanqi seals`, docs/adr/0040); empty: nothing is handed over.
_seals = os.environ.get("YIPANQI_SEALS_FOLDER", "")
SEALS_FOLDER = Path(_seals) if _seals else None
# Text messages: `file`, or the dotted name of a class like yipanqi.notices.channels.Sms; empty: none are sent.
SMS = os.environ.get("YIPANQI_SMS", "")
# Where the worker gives the access log out to, every minute: syslog://host:port, syslog+udp://host:port or a path.
SYSLOG = os.environ.get("YIPANQI_SYSLOG", "")
# The city's own video systems, by host or host:port, whose health is looked after; nothing else is called.
VIDEO_HOSTS = [h for h in os.environ.get("YIPANQI_VIDEO_HOSTS", "").split(",") if h]
# Looks for viruses in files: clamd at `host:port` or the path of its socket; empty: none is set up, and the desk says so.
SCANNER = os.environ.get("YIPANQI_SCANNER", "")
CRYPTO = os.environ.get("YIPANQI_CRYPTO", "aes-256-gcm")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "procrastinate.contrib.django",
    "yipanqi.core",
    "yipanqi.people",
    "yipanqi.organisations",
    "yipanqi.files",
    "yipanqi.cases",
    "yipanqi.meetings",
    "yipanqi.notices",
    "yipanqi.exchange",
    "yipanqi.insight",
    "yipanqi.web.components",
    "yipanqi.web.portal",
    "yipanqi.web.desk",
    "yipanqi.api",
    "yipanqi",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "yipanqi.web.compressing.CompressMiddleware",
    "yipanqi.api.middleware.ApiMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "yipanqi.web.access.NoStoreMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "yipanqi.web.desk.session.SessionAgeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "yipanqi.web.desk.session.NewsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "yipanqi.web.access.AccessMiddleware",
]

ROOT_URLCONF = f"config.urls_{SURFACE}"
WSGI_APPLICATION = "config.wsgi.application"
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
                "yipanqi.web.context.page",
                "yipanqi.web.desk.nav.desk",
            ],
        },
    }
]

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["yipanqi.organisations.access.SignInBackend"]
PASSWORD_HASHERS = ["yipanqi.people.access.Argon2Hasher"]
LOGIN_URL = "desk:sign_in"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "yipanqi" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS: list[Any] = [BASE_DIR / "static"]
_htmx = BASE_DIR / "node_modules" / "htmx.org" / "dist"
if _htmx.exists():
    STATICFILES_DIRS.append(("vendor", _htmx))
_leaflet = BASE_DIR / "node_modules" / "leaflet" / "dist"
if _leaflet.exists():
    STATICFILES_DIRS.append(("leaflet", _leaflet))
WHITENOISE_USE_FINDERS = True  # files are served from where they lie; nothing is collected anywhere

# A portal on its own cannot see the staff's sessions: a session's key is all that is needed to be somebody.
SESSION_ENGINE = (
    "yipanqi.web.portal.sessions" if SURFACE == "portal" else "django.contrib.sessions.backends.db"
)
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_AGE = 30 * 60  # idle exit (MLPS, trust-and-ux S24); renewed by use (web.desk.session)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "yipanqi.web.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *(MAP.origins if MAP else ())],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "report-uri": ["/policy-report/"],
    }
}

# What people type; files come in on two pages alone, into memory, and lie on no disk in plain.
FILE_UPLOAD_HANDLERS = ["yipanqi.web.uploads.InMemory"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# Nothing that a person typed is logged: bodies, addresses, values that errors quote and local variables stay out (S41).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "yipanqi.core.logs.Reticent",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"yipanqi": {"level": "INFO"}},
}
SILENCED_SYSTEM_CHECKS = ["security.W001"]
