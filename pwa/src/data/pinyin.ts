/**
 * How Chinese sounds: 茉莉奶绿 -> mo li nai lv, and the initials that a clerk types for it, "mlnl".
 *
 * The browser sorts Chinese by pinyin (Unicode CLDR), so the syllable of a character is the last boundary that does
 * not sort after it. Boundaries are the first character of each syllable in that order; a character with several
 * readings has its commonest one. Tones are left out, and ü is written v as on a keyboard.
 */
const BOUNDARIES =
  'a阿ai哎an安ang肮ao凹ba丷bai挀ban扳bang邦bao勹bei卑ben奔beng伻bi屄bian边biao灬bie憋bin汃bing冫bo癶bu峬ca嚓cai偲can参cang仓cao撡ce冊cen嵾cen' +
  'g曽cha叉chai芆chan辿chang伥chao抄che车chen抻cheng阷chi吃chong充chou抽chu出chuai揣chuan巛chuang刅chui吹chun旾chuo逴ci呲cong匆cou凑cu粗' +
  'cuan汆cui崔cun邨cuo搓da咑dai呆dan丹dang当dao刀de嘚deng灯di氐dian敁diao刁die爹ding丁diu丟dong东dou吺du厾duan耑dui垖dun吨duo多e妸ei诶en奀er' +
  '儿fa发fan帆fang匚fei飞fen分feng丰fou紑fu夫ga旮gai侅gan甘gang冈gao皋ge戈gei给gen根geng刯gong工gou勾gu估gua瓜guai乖guan关guang光gui归gun丨g' +
  'uo呙ha哈hai咍han佄hang夯hao茠he诃hei黒hen拫heng亨hong叿hou齁hu乎hua花huai怀huan欢huang巟hui灰hun昏huo吙ji丌jia加jian戋jiang江jiao艽jie阶' +
  'jin巾jing坕jiong冂jiu丩ju凥juan姢jue噘jun军ka咔kai开kan刊kang忼kao尻ke匼ken肎keng劥kong空kou抠ku扝kua夸kuai蒯kuan宽kuang匡kui亏kun坤kuo' +
  '扩la垃lai来lan兰lang啷lao捞le仂lei勒leng崚li哩lia俩lian奁liang良liao撩lie毟lin拎ling伶liu溜long龙lou瞜lu噜lv驴luan娈lve掠lun抡luo啰ma妈ma' +
  'i埋man嫚mang牤mao猫me嚒mei呅men椚meng擝mi咪mian宀miao喵mie乜min民ming名miu谬mo摸mou哞mu毪na拏nai腉nan囡nang囔nao孬ne疒nei娞nen恁neng能ni妮' +
  'nian拈niang娘niao鸟nie捏nin囜ning宁niu妞nong农nou羺nu奴nv女nuan奻nve疟nuo郍o喔ou讴pa妑pai拍pan眅pang乓pao抛pei呸pen喷peng匉pi丕pian囨pia' +
  'o剽pie氕pin姘ping乒po钋pou剖pu仆qi七qia掐qian千qiang呛qiao悄qie苆qin亲qing靑qiong卭qiu丘qu区quan奍que缺qun夋ran呥rang穣rao娆re惹ren人ren' +
  'g扔ri日rong戎rou厹ru邚ruan堧rui婑run瞤ruo捼sa仨sai毢san三sang桒sao掻se閪sen森seng僧sha杀shai筛shan山shang伤shao弰she奢shen申sheng升shi尸' +
  'shou収shu书shua刷shuai衰shuan闩shuang双shui脽shun吮shuo说si厶song忪sou凁su苏suan狻sui夊sun孙suo唆ta他tai囼tan坍tang汤tao夲te忑teng熥ti' +
  '剔tian天tiao旫tie帖ting厅tong囲tou偷tu凸tuan湍tui推tun吞tuo乇wa屲wai歪wan弯wang尣wei危wen昷weng翁wo挝wu乌xi夕xia虲xian仙xiang乡xiao灱xie' +
  '些xin心xing星xiong凶xiu休xu吁xuan吅xue削xun坃ya丫yan恹yang央yao幺ye倻yi一yin囙ying应yo哟yong佣you优yu込yuan囦yue曰yun晕za帀zai災zan兂zang' +
  '匨zao傮ze则zei贼zen怎zeng増zha扎zhai夈zhan枬zhang张zhao佋zhe蜇zhen贞zheng凧zhi之zhong中zhou州zhu朱zhua抓zhuai跩zhuan专zhuang妆zhui隹z' +
  'hun宒zhuo拙zi乲zong宗zou邹zu租zuan钻zui厜zun尊zuo昨'
const HAN = /\p{Script=Han}/u
const WORD = /[\p{L}\p{N}]/u

const syllablesInOrder: string[] = []
const firsts: string[] = []
for (const [, syllable = '', first = ''] of BOUNDARIES.matchAll(/([a-z]+)([^a-z])/gu)) {
  syllablesInOrder.push(syllable)
  firsts.push(first)
}

let collator: Intl.Collator | undefined
const heard = new Map<string, string>()

/** The sounds of a text, one a Chinese character; each other letter or digit is a sound of its own. */
export function syllables(text: string): string[] {
  return Array.from(text.toLowerCase()).filter((character) => WORD.test(character)).map(soundOf)
}

export function initials(name: string): string {
  return syllables(name).map((sound) => sound.charAt(0)).join('')
}

function soundOf(character: string): string {
  if (!HAN.test(character)) return character
  let sound = heard.get(character)
  if (sound === undefined) heard.set(character, (sound = lookUp(character)))
  return sound
}

function lookUp(character: string): string {
  collator ??= new Intl.Collator('zh-u-co-pinyin')
  let [low, high] = [0, firsts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (collator.compare(character, firsts[middle] ?? '') >= 0) low = middle + 1
    else high = middle
  }
  return syllablesInOrder[low - 1] ?? ''
}
