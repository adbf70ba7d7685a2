"""Readings of common characters, and whether some letters are pinyin at all.

The 3,755 common characters of GB 2312 stand there in the order of their readings, so one character a syllable, the
first, is the whole table; a character that is read in more than one way stands under one, the others are below it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache

_FIRST = (
    "啊a 埃ai 鞍an 肮ang 凹ao 芭ba 白bai 斑ban 邦bang 苞bao 杯bei 奔ben 崩beng 逼bi 鞭bian 标biao 鳖bie 彬bin "
    "兵bing 玻bo 捕bu 擦ca 猜cai 餐can 苍cang 操cao 厕ce 层ceng 插cha 拆chai 搀chan 昌chang 超chao 车che 郴chen "
    "撑cheng 吃chi 充chong 抽chou 初chu 揣chuai 川chuan 疮chuang 吹chui 春chun 戳chuo 疵ci 聪cong 凑cou 粗cu "
    "蹿cuan 摧cui 村cun 磋cuo 搭da 呆dai 耽dan 当dang 刀dao 德de 蹬deng 堤di 颠dian 碉diao 跌die 丁ding 丢diu "
    "东dong 兜dou 督du 端duan 堆dui 墩dun 掇duo 蛾e 恩en 而er 发fa 藩fan 坊fang 菲fei 芬fen 丰feng 佛fo 否fou "
    "夫fu 噶ga 该gai 干gan 冈gang 篙gao 哥ge 给gei 根gen 耕geng 工gong 钩gou 辜gu 刮gua 乖guai 棺guan 光guang "
    "瑰gui 辊gun 锅guo 哈ha 骸hai 酣han 夯hang 壕hao 呵he 嘿hei 痕hen 哼heng 轰hong 喉hou 呼hu 花hua 槐huai "
    "欢huan 荒huang 灰hui 荤hun 豁huo 击ji 嘉jia 歼jian 僵jiang 蕉jiao 揭jie 巾jin 荆jing 炯jiong 揪jiu 鞠ju "
    "捐juan 撅jue 均jun 喀ka 开kai 刊kan 康kang 考kao 坷ke 肯ken 坑keng 空kong 抠kou 枯ku 夸kua 块kuai 宽kuan "
    "匡kuang 亏kui 坤kun 括kuo 垃la 莱lai 蓝lan 琅lang 捞lao 勒le 雷lei 棱leng 厘li 俩lia 联lian 粮liang 撩liao "
    "列lie 琳lin 玲ling 溜liu 龙long 楼lou 芦lu 驴lv 峦luan 掠lve 抡lun 萝luo 妈ma 埋mai 瞒man 芒mang 猫mao 么me "
    "玫mei 门men 萌meng 眯mi 棉mian 苗miao 蔑mie 民min 明ming 谬miu 摸mo 谋mou 拇mu 拿na 氖nai 南nan 囊nang "
    "挠nao 呢ne 馁nei 嫩nen 能neng 妮ni 蔫nian 娘niang 鸟niao 捏nie 您nin 柠ning 牛niu 脓nong 奴nu 女nv 暖nuan "
    "虐nve 挪nuo 哦o 欧ou 啪pa 拍pai 攀pan 乓pang 抛pao 呸pei 喷pen 砰peng 坯pi 篇pian 飘piao 撇pie 拼pin 乒ping "
    "坡po 剖pou 扑pu 期qi 掐qia 牵qian 枪qiang 橇qiao 切qie 钦qin 青qing 琼qiong 秋qiu 趋qu 圈quan 缺que 裙qun "
    "然ran 瓤rang 饶rao 惹re 壬ren 扔reng 日ri 戎rong 揉rou 茹ru 软ruan 蕊rui 闰run 若ruo 撒sa 腮sai 三san 桑sang "
    "搔sao 瑟se 森sen 僧seng 莎sha 筛shai 珊shan 墒shang 梢shao 奢she 砷shen 声sheng 师shi 收shou 蔬shu 刷shua "
    "摔shuai 栓shuan 霜shuang 谁shui 吮shun 说shuo 斯si 松song 搜sou 苏su 酸suan 虽sui 孙sun 蓑suo 塌ta 胎tai "
    "坍tan 汤tang 掏tao 特te 藤teng 梯ti 天tian 挑tiao 贴tie 厅ting 通tong 偷tou 凸tu 湍tuan 推tui 吞tun 拖tuo "
    "挖wa 歪wai 豌wan 汪wang 威wei 瘟wen 嗡weng 挝wo 巫wu 昔xi 瞎xia 掀xian 相xiang 萧xiao 楔xie 薪xin 星xing "
    "兄xiong 休xiu 墟xu 轩xuan 靴xue 勋xun 压ya 焉yan 殃yang 邀yao 椰ye 一yi 茵yin 英ying 哟yo 拥yong 幽you 迂yu "
    "鸳yuan 曰yue 耘yun 匝za 栽zai 咱zan 赃zang 遭zao 责ze 贼zei 怎zen 增zeng 扎zha 摘zhai 瞻zhan 樟zhang 招zhao "
    "遮zhe 珍zhen 蒸zheng 芝zhi 中zhong 舟zhou 珠zhu 抓zhua 拽zhuai 专zhuan 桩zhuang 椎zhui 谆zhun 捉zhuo 兹zi "
    "鬃zong 邹zou 租zu 钻zuan 嘴zui 尊zun 昨zuo"
)
_ALSO = (
    "剥bo 辟pi 泊po 卜bo 掺can 长zhang 长chang 匙shi 佛fu 脯pu 蛤ha 还hai 还huan 槛kan 嚼jue 嚼jiao 勒lei 了le 了liao "
    "茄jia 什shen 什shi 伺ci 似shi 厦sha 厦xia 削xue 畜chu 畜xu 钥yao 曾ceng 曾zeng 轧ya 咋za 爪zhao 椎chui 琢zuo "
    "着zhe 着zhao 着zhuo 着zhu 仔zai 柞zha 重chong 重zhong 行hang 行xing 会kuai 会hui 调diao 调tiao 都du 都dou 地di "
    "地de 得dei 得de 的di 乐yue 乐le 参shen 参can 单shan 单dan 传zhuan 传chuan 率shuai 率lv 率lu 朝zhao 朝chao 降xiang "
    "降jiang 藏zang 藏cang 弹tan 弹dan 便pian 便bian 差chai 差cha 差ci 倒dao 恶wu 恶e 分fen 干gan 给ji 给gei 更geng "
    "冠guan 好hao 号hao 和he 和huo 横heng 间jian 见xian 将jiang 教jiao 结jie 解jie 解xie 尽jin 禁jin 卷juan 角jue 角jiao "
    "觉jiao 觉jue 空kong 落la 落luo 量liang 露lou 露lu 绿lv 绿lu 没mo 没mei 模mu 模mo 难nan 宁ning 迫pai 迫po 铺pu "
    "强jiang 强qiang 切qie 区ou 区qu 任ren 色shai 色se 散san 扫sao 上shang 少shao 舍she 谁shei 谁shui 盛cheng 盛sheng "
    "石dan 石shi 属zhu 属shu 数shuo 数shu 说shui 说shuo 宿xiu 宿su 提di 提ti 为wei 系ji 系xi 吓he 吓xia 相xiang "
    "血xie 血xue 压ya 咽ye 咽yan 要yao 应ying 员yun 员yuan 载zai 择zhai 择ze 炸zha 占zhan 折she 折zhe 正zheng 只zhi "
    "中zhong 种chong 种zhong 转zhuan 作zuo 大dai 大da 车ju 车che 薄bo 薄bao 校jiao 校xiao 储chu 处chu 创chuang 据ju "
    "纪ji 亲qing 亲qin 翘qiao 识zhi 识shi 熟shou 熟shu 汤tang 拓ta 拓tuo 尾yi 尾wei 委wei 雨yu 育yu 与yu 语yu 遗wei "
    "遗yi 殷yin 饮yin 晕yun 扎za 扎zha 挣zheng 粘zhan 粘nian 症zheng 轴zhou 幢chuang 幢zhuang 综zong 钻zuan 阿e 阿a 柏bai "
    "柏bo 暴bao 番pan 番fan 房fang 否pi 否fou 港gang 虹jiang 虹hong 华hua 夹jia 贾gu 贾jia 茜qian 劲jing 劲jin 炮pao 圈juan "
    "圈quan 曲qu 食shi 覃qin 听ting 弯wan 鲜xian 旋xuan 侧ze 侧ce 六lu 六liu 北bei 叶xie 叶ye 尉yu 尉wei 屏bing 屏ping"
)
# Syllables of characters that are not common, or that are said and seldom written.
_RARE = "cen dei den dia ei ê fiao kei lo nou nun nia pia rua sei shei tei zhei eng cei lue nue chua"


@cache
def _starts() -> tuple[list[bytes], list[str]]:
    pairs = [(each[0].encode("gb2312"), each[1:]) for each in _FIRST.split()]
    return [place for place, _ in pairs], [syllable for _, syllable in pairs]


@cache
def _more() -> dict[str, set[str]]:
    more: dict[str, set[str]] = {}
    for each in _ALSO.split():
        more.setdefault(each[0], set()).add(each[1:])
    return more


@cache
def syllables() -> frozenset[str]:
    """Every syllable, without tones and with v for ü."""
    return frozenset([*_starts()[1], *_RARE.split()])


@cache
def readings(character: str) -> frozenset[str]:
    """How a simplified character may be read; nothing for one that is not common."""
    place = character.encode("gb2312", "ignore")
    places, names = _starts()
    if len(place) != 2 or not b"\xb0\xa1" <= place <= b"\xd7\xf9":
        return frozenset()
    return frozenset({names[bisect_right(places, place) - 1], *_more().get(character, ())})


#: The marks of the four tones, as combining characters; a lone diaeresis makes ü.
_TONES = {"\u0304", "\u0301", "\u030c", "\u0300", "\u0306"}  # the last for ă, which is often seen for ǎ
_SEPARATORS = re.compile(r"[\s'’`·\-,，.]+")


def spelt(letters: str) -> tuple[list[str], int]:
    """The syllables that the letters are and how many tone marks they bear; no syllables where they are no pinyin.
    A digit from 0 to 5 after a syllable is a tone; such syllables are spelt with it: `zhu4`."""
    plain, tones = "", 0
    for each in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", letters).lower()):
        if each in _TONES:
            tones += 1
        elif each == "\u0308" and plain.endswith("u"):
            plain = plain[:-1] + "v"
        else:
            plain += {"ɡ": "g", "ɑ": "a"}.get(each, each)
    found: list[str] = []
    for piece in _SEPARATORS.split(plain):
        cut = _cut(piece) if piece else []
        if cut is None:
            return [], tones
        found += cut
    return found, tones


def _cut(piece: str) -> list[str] | None:
    """One word cut into syllables, the longest first where there is a choice: `huiyi` → hui yi."""
    known = syllables()
    # From the end: how the rest of the word is cut, for every place in it.
    rest: list[list[str] | None] = [None] * len(piece) + [[]]
    for at in range(len(piece) - 1, -1, -1):
        for end in range(min(len(piece), at + 7), at, -1):
            after, word = rest[end], piece[at:end]
            bare = word[:-1] if word[-1] in "012345" and len(word) > 1 else word
            if after is not None and bare in known:
                rest[at] = [word, *after]
                break
    return rest[0]
