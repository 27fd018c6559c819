"""Where the demo chain trades: three cities, eight shops and one warehouse in each."""

from dataclasses import dataclass
from datetime import time

ZONE = "Asia/Shanghai"
DAY_CUTOFF = time(4, 0)


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop: its login-like slug, names, WGS 84 position, floor, hours, and how busy it is (1 = average)."""

    slug: str
    name: str
    name_en: str
    latitude: float
    longitude: float
    area_m2: float
    opens_at: time
    closes_at: time
    busy: float


@dataclass(frozen=True, slots=True)
class City:
    """A region of the chain: its code, its regional manager's slug, its shops and its warehouse."""

    code: str
    slug: str
    name: str
    name_en: str
    warehouse: Shop
    shops: tuple[Shop, ...]

    def code_of(self, shop: Shop) -> str:
        """Return the code of a store in this city."""
        return f"{self.code}-{shop.slug.upper()}"


EARLY, USUAL, LATE = time(6, 30), time(7, 30), time(9, 0)
TEN, HALF_TEN, ELEVEN, ONE = time(22, 0), time(22, 30), time(23, 0), time(1, 0)

CITIES: tuple[City, ...] = (
    City(
        "BJ",
        "beijing",
        "北京",
        "Beijing",
        Shop("daxing", "大兴配送仓", "Daxing warehouse", 39.7416, 116.3356, 3200, time(5, 0), TEN, 0),
        (
            Shop("wangjing", "望京店", "Wangjing", 39.9966, 116.4706, 118, USUAL, ELEVEN, 1.35),
            Shop("zhongguancun", "中关村店", "Zhongguancun", 39.9837, 116.3157, 96, USUAL, HALF_TEN, 1.2),
            Shop("guomao", "国贸店", "Guomao", 39.9087, 116.4595, 84, EARLY, HALF_TEN, 1.5),
            Shop("sanlitun", "三里屯店", "Sanlitun", 39.9365, 116.4540, 132, LATE, ONE, 1.4),
            Shop("xidan", "西单店", "Xidan", 39.9074, 116.3742, 90, LATE, HALF_TEN, 1.1),
            Shop("wudaokou", "五道口店", "Wudaokou", 39.9928, 116.3383, 76, USUAL, ONE, 1.25),
            Shop("huilongguan", "回龙观店", "Huilongguan", 40.0705, 116.3365, 105, EARLY, ELEVEN, 0.85),
            Shop("tongzhou", "通州北苑店", "Tongzhou Beiyuan", 39.9030, 116.6380, 110, USUAL, HALF_TEN, 0.7),
        ),
    ),
    City(
        "SH",
        "shanghai",
        "上海",
        "Shanghai",
        Shop("jiading", "嘉定配送仓", "Jiading warehouse", 31.3745, 121.2655, 3600, time(5, 0), TEN, 0),
        (
            Shop("lujiazui", "陆家嘴店", "Lujiazui", 31.2397, 121.4998, 88, EARLY, HALF_TEN, 1.45),
            Shop("jingansi", "静安寺店", "Jing'an Temple", 31.2235, 121.4454, 92, USUAL, ELEVEN, 1.3),
            Shop("xujiahui", "徐家汇店", "Xujiahui", 31.1925, 121.4365, 126, USUAL, ELEVEN, 1.35),
            Shop("wujiaochang", "五角场店", "Wujiaochang", 31.2990, 121.5140, 114, USUAL, ELEVEN, 1.2),
            Shop("zhangjiang", "张江店", "Zhangjiang", 31.2030, 121.5900, 98, USUAL, HALF_TEN, 1.0),
            Shop("hongqiao", "虹桥店", "Hongqiao", 31.1945, 121.3210, 140, EARLY, ELEVEN, 1.15),
            Shop("qibao", "七宝店", "Qibao", 31.1560, 121.3520, 102, USUAL, HALF_TEN, 0.8),
            Shop("songjiang", "松江大学城店", "Songjiang University Town", 31.0560, 121.2150, 120, USUAL, ONE, 0.9),
        ),
    ),
    City(
        "CD",
        "chengdu",
        "成都",
        "Chengdu",
        Shop("longquan", "龙泉配送仓", "Longquan warehouse", 30.5566, 104.2745, 2800, time(5, 0), TEN, 0),
        (
            Shop("chunxilu", "春熙路店", "Chunxi Road", 30.6555, 104.0808, 108, LATE, ONE, 1.5),
            Shop("kuanzhai", "宽窄巷子店", "Kuanzhai Alley", 30.6695, 104.0565, 72, LATE, ELEVEN, 1.15),
            Shop("tianfu", "天府广场店", "Tianfu Square", 30.6575, 104.0657, 94, USUAL, HALF_TEN, 1.05),
            Shop("jiaozi", "交子大道店", "Jiaozi Avenue", 30.5800, 104.0655, 100, USUAL, ELEVEN, 1.1),
            Shop("yulin", "玉林店", "Yulin", 30.6290, 104.0580, 80, USUAL, ONE, 0.95),
            Shop("jianshelu", "建设路店", "Jianshe Road", 30.6715, 104.1080, 86, USUAL, ONE, 1.0),
            Shop("huayang", "华阳店", "Huayang", 30.5050, 104.0640, 112, EARLY, HALF_TEN, 0.7),
            Shop("xipu", "犀浦店", "Xipu", 30.7590, 103.9730, 104, USUAL, HALF_TEN, 0.75),
        ),
    ),
)
