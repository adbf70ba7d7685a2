"""Version 1 of the interface: file, track, and the description of both."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop as _
from ninja import NinjaAPI
from ninja.decorators import decorate_view
from ninja.renderers import JSONRenderer

from yipanqi.api import openapi, problems, queries, shapes
from yipanqi.api.actions import answer_once
from yipanqi.api.reading import MEDIA_TYPE, ParsedJson, digest, gives_json, idempotency_key, takes_json
from yipanqi.api.schemas import Links, SubmissionRequest, Submitted, Tracked, TrackRequest
from yipanqi.cases.actions import Words, file_submission
from yipanqi.core.attempts import network
from yipanqi.core.gate import NOBODY, Actor, Channel
from yipanqi.core.procedure import Role
from yipanqi.notices.actions import set_silence

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"]


class Api(NinjaAPI):
    """The framework with our one way of refusing: whatever is raised becomes a problem."""

    def set_default_exception_handlers(self) -> None:
        self.add_exception_handler(Exception, problems.from_exception)  # type: ignore[arg-type]


class Plain(JSONRenderer):
    """Chinese as Chinese, not as escapes."""

    json_dumps_params: ClassVar = {  # type: ignore[misc]
        "ensure_ascii": False
    }


v1 = Api(
    title=_("一盘棋接口"),
    version="1",
    description=_(
        "提交诉求，凭查询号和密码查询。不需要账号，不读取 Cookie。回答的语言由 Accept-Language 决定：中文（默认）或英文。"
        "时间带时区，日期按北京时间。"
    ),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    parser=ParsedJson(),
    renderer=Plain(),
    servers=[{"url": "/"}],
)


@v1.post(
    "/submissions",
    response={201: Submitted},
    operation_id="submit",
    summary=_("提交一件诉求"),
    description=_(
        "登记后才回答 201：收到它就不会丢。带 Idempotency-Key 重发同样的请求，24 小时内得到同一个回答，不会重复登记；"
        "没有收到回答时，请用同一个键重发。"
    ),
    openapi_extra=openapi.SUBMIT,
)
@decorate_view(takes_json)
def submissions(request: HttpRequest, body: SubmissionRequest) -> HttpResponse:
    """File a submission, once for an idempotency key."""
    at = timezone.now()
    key = idempotency_key(request)

    def file() -> bytes:
        category, area = queries.place_named(category=body.category, area=body.area)
        contact = body.contact
        filed = file_submission(
            words=Words(
                title=body.title,
                text=body.text,
                name=(contact and contact.name) or "",
                phone=(contact and contact.phone) or "",
                email=(contact and contact.email) or "",
            ),
            kind=body.kind,
            anonymity=body.chosen(),
            category=category,
            area=area,
            channel=Channel.API,
            by=Actor(NOBODY, Role.SUBMITTER),
            at=at,
        )
        if body.no_notices:
            set_silence(submission=filed.submission, silent=True)
        links = Links(track=_tracking_page(request, filed.reference))
        answer = Submitted(reference=filed.reference, secret=filed.secret, links=links)
        return answer.model_dump_json().encode()

    answer = answer_once(
        key=key,
        digest=digest(request.parsed),  # type: ignore[attr-defined]
        network=network(request.META.get("REMOTE_ADDR", "")),
        make=file,
        at=at,
    )
    return HttpResponse(answer, status=201, content_type=MEDIA_TYPE)


def _tracking_page(request: HttpRequest, reference: str) -> str:
    """The portal's page for this reference. It carries nothing else: a secret never stands in an address (S32)."""
    scheme = "https" if settings.HTTPS else "http"
    return f"{scheme}://{request.get_host()}{reverse('portal:case', args=[reference])}"


@v1.post(
    "/track",
    response={200: Tracked},
    operation_id="track",
    summary=_("凭查询号和密码查询"),
    description=_(
        "本人能看到的一切：到了哪一步、谁负责、经过、期限和算法、送达的文书。试的次数有限，成功的也计入：不要轮询，每天看一两次就够。"
    ),
    openapi_extra=openapi.TRACK,
)
@decorate_view(takes_json)
def track(request: HttpRequest, body: TrackRequest) -> Tracked:
    """What the submitter may see of a submission's cases."""
    return shapes.tracked(
        queries.track(
            reference=body.reference,
            secret=body.secret,
            network=network(request.META.get("REMOTE_ADDR", "")),
            at=timezone.now(),
        )
    )


@v1.get(
    "/openapi.json",
    operation_id="openapi",
    summary=_("这份说明"),
    description=_("就是这份文件，用调用方的语言。"),
    response={200: dict[str, Any]},
    openapi_extra=openapi.DESCRIBE,
)
@decorate_view(gives_json)
def description(request: HttpRequest) -> HttpResponse:
    """The description of this interface, in the caller's language."""
    return JsonResponse(openapi.document(v1, get_language() or ""), json_dumps_params={"ensure_ascii": False})


@v1.api_operation(["HEAD"], "/openapi.json", include_in_schema=False)
@decorate_view(gives_json)
def description_head(request: HttpRequest) -> HttpResponse:
    """As GET, whose body the server leaves out."""
    return description(request)


@v1.api_operation(METHODS, "", include_in_schema=False)
def root(request: HttpRequest) -> HttpResponse:
    """Nothing stands here."""
    return problems.of_status(404, {})


@v1.api_operation(METHODS, "/{path:rest}", include_in_schema=False)
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Nor anywhere else."""
    return problems.of_status(404, {})
