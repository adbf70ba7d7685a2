"""What is compared with: the least that Django can do, behind the server and the settings that the product has.

An empty page, and a page that writes one row with a text as long as a submission's, under the middleware that
`startproject` puts in. Served by `python -m bench._baseline` as the product is.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

TABLE = "bench_row"
CREATE = f"CREATE TABLE IF NOT EXISTS {TABLE} (id bigserial PRIMARY KEY, title varchar(60), text text, at timestamptz)"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def application_of() -> Any:
    """The WSGI application, with its one model and two pages."""
    from django.conf import settings

    settings.MIDDLEWARE = MIDDLEWARE
    settings.ROOT_URLCONF = __name__
    import django

    django.setup()
    from django.core.wsgi import get_wsgi_application
    from django.db import models
    from django.http import HttpResponse
    from django.urls import path
    from django.utils import timezone
    from django.views.decorators.csrf import csrf_exempt

    class Row(models.Model):
        id = models.BigAutoField(primary_key=True)
        title = models.CharField(max_length=60)
        text = models.TextField()
        at = models.DateTimeField()

        class Meta:
            app_label = "bench"
            db_table = TABLE

    def empty(request: Any) -> HttpResponse:
        return HttpResponse()

    @csrf_exempt
    def insert(request: Any) -> HttpResponse:
        import json

        body = json.loads(request.body)
        row = Row.objects.create(title=body["title"], text=body["text"], at=timezone.now())
        return HttpResponse(str(row.pk), status=201)

    global urlpatterns
    urlpatterns = [path("empty", empty), path("insert", insert)]
    return get_wsgi_application()


urlpatterns: list[Any] = []


def __getattr__(name: str) -> Any:
    if name == "application":
        return application_of()
    raise AttributeError(name)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from yipanqi.runtime import web

    web.APPLICATION = "_baseline"
    web.main()
