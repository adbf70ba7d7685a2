"""Two claims that went up the review ladder: one before the district, one in its second review before the city; and the
table of lawful reviewers of the demo city.

The table is read off the parents that units have, as an office would fill it in the first time: above a unit stand its
government and, where there is one, the same line of work one level up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from yipanqi.cases.actions import Words, file_submission
from yipanqi.cases.models import Case
from yipanqi.core import engine
from yipanqi.core.gate import NOBODY, Actor, Viewer
from yipanqi.core.procedure import Role
from yipanqi.demo.schedule import SHANGHAI, Schedule
from yipanqi.demo.shapes import City
from yipanqi.demo.units import GOVERNMENT, district_unit, street_unit
from yipanqi.organisations.models import Area, Category
from yipanqi.organisations.reviewers import ReviewerRow, is_under, keep_reviewers

DISTRICT, STREET = "370103", "370103002"
_KINDS = {
    "street",
    "district",
    "county",
    "zone",
    "town",
    "department",
    "party_department",
    "people_organisation",
}
_OPINION = {
    "request": "要求按原来的门牌登记，并退还多收的两次工本费。",
    "facts": "查阅了登记台账，当面听取了申请人的意见。门牌按统一编号更换，工本费收了一次。",
    "outcome": "explained",
    "text": "门牌是统一更换的，不能恢复原来的编号；工本费台账上只有一次。",
    "law": "门牌管理办法中关于统一编号的规定，以及本单位权责清单。",
    "remedy": "不服本意见的，可以自收到之日起三十日内，向区人民政府请求复查。",
}
_REVIEWED = {
    "request": "认为工本费收了两次，请求撤销原意见。",
    "facts": "调阅了原意见的材料和收费票据存根，核对了两个年度的台账。",
    "outcome": "upheld",
    "text": "原意见事实清楚、依据充分，予以维持。",
    "law": "信访工作条例第三十五条。",
    "remedy": "不服本意见的，可以自收到之日起三十日内，向市人民政府请求复核。",
}
_WORDS = (
    ("门牌换了两次，工本费也收了两次", "去年换门牌收了一次工本费，今年又收一次，说是统一更换。要求退还多收的一次，并说明依据。"),
    ("临街铺面的门牌号编错了", "我家铺面的门牌和隔壁重号，快递总送错。要求按原来的编号改回来，不再收费。"),
)  # fmt: skip


def lawful(seed: City, at: dt.datetime) -> None:
    """Enter the table of lawful reviewers."""
    paths: dict[str, str] = {}
    for unit in seed.units:
        paths[unit.code] = f"{paths.get(str(unit.managing), '/')}{unit.code}/"
    rows = [
        ReviewerRow(unit.code, above, "信访工作条例 35、36", at.date())
        for unit in seed.units
        if unit.kind in _KINDS
        for above in dict.fromkeys((unit.administrative, unit.professional))
        if above and not is_under(paths[above], [paths[unit.code]])
    ]
    keep_reviewers(rows=rows, by=None, at=at)


def climb(viewers: Mapping[str, Viewer], handlers: Mapping[str, str], schedule: Schedule) -> None:
    """File both claims and bring them to where they stand."""
    people = {
        "clerk": Actor(viewers["clerk"]),
        "street": Actor(viewers[handlers[street_unit(STREET)]]),
        "district": Actor(viewers[handlers[district_unit(DISTRICT)]]),
    }
    for number, (title, text) in enumerate(_WORDS):
        first = _served(people, schedule, title, text, 2 * number)
        review = _ask(
            first, "ask_review", district_unit(DISTRICT), "工本费的票据我都留着，不是一次。", schedule, 7
        )
        _take(
            review,
            "accept",
            people["district"],
            schedule,
            8,
            notice="您的复查请求已受理，三十日内书面答复您。",
        )
        if number == 1:
            _take(review, "answer", people["district"], schedule, 11, **_REVIEWED)
            _take(
                review, "serve", people["district"], schedule, 12, method="in_person", proof="本人当面签收。"
            )
            _ask(review, "ask_second", GOVERNMENT, "复查没有看我手里的票据。", schedule, 14)


def _served(people: Mapping[str, Actor], schedule: Schedule, title: str, text: str, late: int) -> UUID:
    at = _at(schedule, -late)
    filed = file_submission(
        words=Words(title=title, text=text, name="示例居民"),
        anonymity="named",
        channel="portal",
        kind="claim",
        by=Actor(NOBODY, Role.SUBMITTER),
        at=at,
        category=Category.objects.get(pk="certificates"),
        area=Area.objects.get(pk=STREET),
    )
    pk: UUID = filed.case.pk
    cleared = {"title": title, "text": text, "category": "certificates", "area": STREET}
    _take(pk, "clear", people["clerk"], schedule, 0, **cleared)
    _take(pk, "route", people["clerk"], schedule, 1, unit=street_unit(STREET), co_units=[])
    _take(pk, "accept", people["street"], schedule, 2, notice="您的申诉已受理，六十日内给您处理意见书。")
    _take(pk, "answer", people["street"], schedule, 4, **_OPINION)
    _take(pk, "serve", people["street"], schedule, 5, method="in_person", proof="本人当面签收。")
    return pk


def _ask(pk: UUID, step: str, body: str, reason: str, schedule: Schedule, day: int) -> UUID:
    case = Case.objects.get(pk=pk)
    own = frozenset(Case.objects.filter(submission=case.submission_id).values_list("pk", flat=True))
    _take(pk, step, Actor(Viewer(proved=own, own_secret=own)), schedule, day, body=body, reason=reason)
    found: UUID = Case.objects.get(reviews=pk, open=True).pk
    return found


def _take(pk: UUID, step: str, by: Actor, schedule: Schedule, day: int, **answers: object) -> None:
    engine.take(matters=[pk], step=step, by=by, at=_at(schedule, day), answers=answers)


def _at(schedule: Schedule, day: int) -> dt.datetime:
    """Ten in the morning of a working day of the last weeks."""
    return dt.datetime.combine(schedule.day(day - 18), dt.time(10), SHANGHAI)
