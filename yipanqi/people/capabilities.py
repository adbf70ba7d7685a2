"""The capabilities that code asks for, and which duty may hold them.

System, security and audit administrators are different people and none of them reads business content: a role of
one duty can hold that duty's capabilities alone.
"""

from __future__ import annotations

from yipanqi.core.labels import Label
from yipanqi.people.models import Duty

CAPABILITIES: dict[str, tuple[Duty, Label]] = {
    "board.see": (Duty.BUSINESS, Label("看一盘棋总览", "see the board")),
    "cases.register": (Duty.BUSINESS, Label("登记来电来访", "take in calls and visits")),
    "cases.import": (Duty.BUSINESS, Label("批量导入诉求", "import cases")),
    "cases.route": (Duty.BUSINESS, Label("分类转办", "classify and forward")),
    "cases.handle": (Duty.BUSINESS, Label("办理诉求", "handle cases")),
    "cases.approve": (Duty.BUSINESS, Label("审批退回、延期和挂账", "decide returns, extensions and holds")),
    "cases.audit": (Duty.BUSINESS, Label("审核答复", "audit answers")),
    "cases.callback": (Duty.BUSINESS, Label("回访", "call residents back")),
    "cases.oversee": (Duty.BUSINESS, Label("看下级事项的进度", "see how cases stand")),
    "cases.identify": (Duty.BUSINESS, Label("按用途打开身份信息", "open an identity for a purpose")),
    "accusations.handle": (Duty.BUSINESS, Label("办理检举控告", "handle accusations")),
    "accusations.approve": (
        Duty.BUSINESS,
        Label("批准打开检举控告", "approve the opening of accusations"),
    ),
    "decisions.draft": (Duty.BUSINESS, Label("起草任务", "draft tasks")),
    "decisions.break_down": (
        Duty.BUSINESS,
        Label("分解本单位牵头的任务", "break down the tasks of the unit"),
    ),
    "decisions.issue": (Duty.BUSINESS, Label("下达任务", "issue tasks")),
    "decisions.work": (Duty.BUSINESS, Label("承办任务", "work on tasks")),
    "decisions.check": (Duty.BUSINESS, Label("核查销号", "check and close tasks")),
    "organisations.manage": (Duty.SYSTEM, Label("维护机构和职责", "keep units and duties")),
    "calendar.manage": (Duty.SYSTEM, Label("维护日历", "keep the calendar")),
    "limits.manage": (
        Duty.SYSTEM,
        Label("维护期限和会议减负规定", "keep time limits and the rules on meetings"),
    ),
    "system.manage": (Duty.SYSTEM, Label("系统运行", "run the system")),
    "accounts.manage": (Duty.SECURITY, Label("账号与授权", "accounts and posts")),
    "access.audit": (Duty.AUDIT, Label("审计访问记录", "audit the access log")),
}
