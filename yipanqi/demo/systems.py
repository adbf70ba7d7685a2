"""The two systems of record of the generated city. Their layouts are made up in the manner of such systems."""

from __future__ import annotations

SYSTEMS = (
    {
        "code": "hotline-12345",
        "name_zh": "12345 热线工单系统",
        "name_en": "12345 hotline system",
        "takes": "工单编号 = number\n来电时间 = time\n来电人 = name\n来电号码 = phone\n诉求标题 = title\n诉求内容 = text\n"
        "事发地点 = place\n事发区域 = area\n诉求类别 = category\n来源渠道 = channel",
        "gives": "工单编号 = number\n诉求标题 = title\n诉求类别 = category\n承办单位 = unit\n办理状态 = state\n"
        "办理结果 = outcome\n答复内容 = answer\n答复时间 = answered\n办结时间 = closed",
        "values": "channel: 电话 = phone\nchannel: 网站 = portal\nstate: 已答复 = served\nstate: 办结 = closed\n"
        "state: 引导 = redirected\nstate: 撤单 = withdrawn\noutcome: 已解决 = solved\noutcome: 部分解决 = partly\n"
        "outcome: 解释说明 = explained\noutcome: 依规不能办 = cannot",
    },
    {
        "code": "national-petitions",
        "name_zh": "国家信访信息系统",
        "name_en": "National petition information system",
        "takes": "信访件编号 = number\n信访形式 = channel\n登记日期 = time\n信访人姓名 = name\n住址 = address\n"
        "联系电话 = phone\n概况 = title\n信访内容 = text\n问题属地 = area\n内容分类 = category",
        "gives": "信访件编号 = number\n办理方式 = state\n责任单位 = unit\n办理意见 = answer\n出具日期 = answered\n"
        "办结日期 = closed\n内容分类 = category\n问题属地 = area",
        "values": "channel: 来信 = paper\nchannel: 来访 = visit\nchannel: 网上信访 = portal\nstate: 已出具意见 = served\n"
        "state: 已办结 = closed",
    },
)
