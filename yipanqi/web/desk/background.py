"""The work behind the pages, for who runs the system: what waits, what was given up, and whether anybody does it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yipanqi.insight import work
from yipanqi.web.access import staff
from yipanqi.web.components.shapes import Badge, Column, TableRow
from yipanqi.web.components.words import moment_text

EVERY_MINUTE = "* * * * *"


@staff("system.manage")
@require_safe
def background(request: HttpRequest) -> HttpResponse:
    """Every kind of job, and the ones that were given up."""
    found = work.work(timezone.now())
    context = {
        "work": found,
        "missed": [task_word(task.name) for task in found.tasks if task.missed],
        "columns": [
            Column("task", _("任务"), main=True),
            Column("state", _("状态"), "badge"),
            Column("often", _("多久一次")),
            Column("last", _("上一次")),
            Column("waiting", _("等待"), "number"),
            Column("failed", _("没办成"), "number"),
        ],
        "rows": [_row(task) for task in found.tasks],
        "failed": [
            {"job": one, "task": task_word(one.name), "at": moment_text(one.at) if one.at else ""}
            for one in found.failed
        ],
    }
    return render(request, "desk/background.html", context)


@staff("system.manage")
@require_POST
def try_again(request: HttpRequest, job: int) -> HttpResponse:
    """Put a job that was given up back into the queue."""
    if not work.try_again(job):
        raise Http404
    messages.success(request, _("已重新排队，马上再办一次。"))
    return HttpResponseRedirect(reverse("desk:background"))


def _row(task: work.Task) -> TableRow:
    cells = {
        "task": task_word(task.name),
        "state": _state(task),
        "often": often(task.cron),
        "last": moment_text(task.last) if task.last else "—",
        "waiting": task.waiting + task.doing,
        "failed": task.failed,
    }
    return TableRow(cells=cells, late=task.missed)


def _state(task: work.Task) -> Badge:
    if task.missed:
        return Badge(_("该办没办"), "late")
    if task.failed:
        return Badge(_("有没办成的"), "waiting")
    return Badge(_("在办"), "active") if task.doing else Badge(_("正常"), "done")


def often(cron: str) -> str:
    """How often a job is asked for by the clock."""
    if not cron:
        return _("有事时")
    if cron == EVERY_MINUTE:
        return _("每分钟")
    if cron.startswith("*/"):
        return _("每 %(n)s 分钟") % {"n": cron.split(maxsplit=1)[0].removeprefix("*/")}
    if cron.split()[4] != "*":
        return _("每周")
    return _("每小时") if cron.split()[1] == "*" else _("每天")


def task_word(name: str) -> str:
    """A kind of job in words; one without words keeps its name."""
    return {
        "sequence": _("给历史编号"),
        "checkpoint": _("给历史签名"),
        "lapse": _("办理到期的期限"),
        "remind": _("提醒、催办和督促到期的任务"),
        "look_after_video": _("检查近期会议的视频系统是否连得上"),
        "recount": _("放假公布后重算期限"),
        "rewrap": _("换用新密钥"),
        "forget": _("清理过期的记录"),
        "forget_sessions": _("清理过期的会话"),
        "forget_answers": _("清理一天前的接口答复"),
        "forget_files": _("清理导入完的文件"),
        "forget_presence": _("清理谁在看的记录"),
        "forget_typed": _("清理没办的草稿"),
        "forget_sign_ins": _("清理过期的登录记录"),
        "forget_drafts": _("清理居民过期的草稿"),
        "forget_unfiled": _("清理没有提交的文件"),
        "scan_held": _("再扫描扣下的文件"),
        "run_held_order": _("办理一次几件的步骤"),
        "run_due_orders": _("补办该办没办的一次几件"),
        "give_out_looks": _("把访问记录发给日志服务器"),
        "import_run": _("导入一个文件"),
        "resume_imports": _("接着做没做完的导入"),
        "tally": _("更新一盘棋的数字"),
        "tell_weeks": _("每周一通知各单位的数字"),
        "sweep": _("补发没送到的消息"),
        "matter_moved": _("办理之后的通知"),
    }.get(name, name)
