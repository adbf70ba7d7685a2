"""The WSGI application that `yipanqi serve` runs."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.proxies import BehindProxies, Wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application: Wsgi = get_wsgi_application()
if settings.PROXIES:
    application = BehindProxies(application, settings.PROXIES)
