"""Who works in the demo chain: a manager and two clerks in every shop, and those above them."""

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN_NAMES = (
    "芳 敏 静 磊 洋 艳 勇 军 杰 娟 涛 明 超 霞 平 刚 辉 玲 丹 萍 "
    "晓燕 志强 佳怡 子轩 雨桐 浩然 欣怡 梓涵 思远 一鸣 若曦 文博 嘉豪 诗琪 俊杰 可欣 天宇 雅婷 博文 梦洁 "
    "海燕 建国 秀英 丽华 春梅 国庆 小红 玉兰 桂芳 永强"
)
GIVEN_NAMES = tuple(_GIVEN_NAMES.split())

REGIONAL_MANAGERS = {"beijing": "郑国强", "shanghai": "沈嘉怡", "chengdu": "罗晓蓉"}
OPERATIONS = {"hq": "林婉清", "yunying": "何志远"}
COMPLIANCE = {"hegui": "许明德"}
BUYERS = {"caigou": "贺文慧"}


def name_of(number: int) -> str:
    """Return the name of the n-th employee of the shops; the same every time, no two alike."""
    surname = SURNAMES[number % len(SURNAMES)]
    given = GIVEN_NAMES[(number * 7 + number // len(SURNAMES)) % len(GIVEN_NAMES)]
    return surname + given
