/**
 * What a clerk says or types: "查板蓝根库存", "卖两盒奶盖", "退货", "stock of oat milk".
 *
 * A sentence may be read in several ways ("三只松鼠" is a brand, or three of something): all are returned, the most
 * literal first, and whoever knows the goods takes the one that fits.
 */
export type Intent = 'look-up' | 'sell' | 'return' | 'count' | 'open-day' | 'hand-over'

export interface Reading {
  intent: Intent
  /** What is left to name the goods; empty when none were named. */
  goods: string
  quantity: number | null
}

const PUNCTUATION = /[\s，。！？、；：,.!?;:"'“”‘’（）()]+/g
const WHOLE: readonly [RegExp, Intent][] = [
  [/^(开始营业|开店|开门|start (business|the day)|open (the )?(shop|day))$/, 'open-day'],
  [/^(结束盘点|交班|交接班|下班|hand over|end (the )?(shift|day))$/, 'hand-over'],
  [/^(处理退货|退货|returns?)$/, 'return'],
  [/^(盘点|开始盘点|count|stocktake)$/, 'count'],
]
const POLITE = /^(请|麻烦|帮我|给我|我要|我想|帮忙|please )+/
const VERBS: readonly [RegExp, Intent][] = [
  [/^(卖出|卖了|卖掉|卖|收银|sell |sold )/, 'sell'],
  [/^(处理退货|退货|退了|退|return )/, 'return'],
  [/^(盘点一下|盘点|盘一下|数一下|数数|count )/, 'count'],
  [/^(查一下|查询|查查|查|看一下|看看|找一下|找|搜索|搜|问一下|check |look up |find |show me |show |how many |how much |(the )?(stock|price) of )/, 'look-up'],
]
const ENDS: readonly [RegExp, Intent][] = [
  [/(的)?(库存|存货)(还有|还剩|有|是)?(多少|几\p{Script=Han})?$/u, 'look-up'],
  [/(有没有货?|在哪里?|多少钱|什么价|价格|怎么卖)$/u, 'look-up'],
  [/(还有|还剩|剩|有)(多少|几\p{Script=Han}|没有|吗|货吗|货)?$/u, 'look-up'],
  [/( in stock| left| stock| price| do we have)$/, 'look-up'],
  [/(的)?(要)?(退货|退掉)$/, 'return'],
]
const DIGITS = '零一二三四五六七八九'
const COUNTED = /^(\d{1,4}|[零一二两三四五六七八九十百]{1,5})(盒|瓶|袋|包|个|件|支|条|箱|罐|杯|板|只|块|根|桶|份|把|张|双)/
const COUNTED_AFTER = /(\d{1,4}|[零一二两三四五六七八九十百]{1,5})(盒|瓶|袋|包|个|件|支|条|箱|罐|杯|板|只|块|根|桶|份|把|张|双)$/
const COUNTED_ENGLISH = /^(\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten) /
const ENGLISH = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

export function readings(sentence: string): Reading[] {
  const text = sentence.normalize('NFKC').toLowerCase().replace(PUNCTUATION, ' ').trim()
  const said = /\p{Script=Han}/u.test(text) ? text.replaceAll(' ', '') : text
  const whole = WHOLE.find(([words]) => words.test(said))
  const found: Reading[] = whole ? [{ intent: whole[1], goods: '', quantity: null }] : []

  const asked = said.replace(POLITE, '')
  const verb = VERBS.find(([words]) => words.test(asked))
  const rest = verb ? asked.replace(verb[0], '') : asked
  const end = ENDS.find(([words]) => words.test(rest))
  const goods = (end ? rest.replace(end[0], '') : rest).trim()
  const intent = verb?.[1] ?? end?.[1] ?? 'look-up'
  for (const [named, quantity] of counted(goods)) found.push({ intent, goods: named, quantity })

  // The recogniser took a word of the goods for a verb, or a verb for a word of the goods.
  if (goods !== said) found.push({ intent: 'look-up', goods: said, quantity: null })
  if (!verb && goods.length > 2) found.push({ intent: 'look-up', goods: goods.slice(1), quantity: null })
  return found.filter(({ goods: named, intent: meant }) => named !== '' || meant !== 'look-up')
}

/** The goods as they stand, and with what is said of their number taken off. */
function counted(goods: string): [string, number | null][] {
  const before = COUNTED.exec(goods) ?? COUNTED_ENGLISH.exec(goods)
  const after = COUNTED_AFTER.exec(goods)
  const either = before ?? after
  const plain: [string, number | null] = [goods, null]
  if (!either?.[1]) return [plain]
  const quantity = numberOf(either[1])
  const named = before ? goods.slice(before[0].length).replace(/^(的|of )/, '') : goods.slice(0, -either[0].length)
  return quantity === null ? [plain] : [plain, [named, quantity]]
}

/** 两 -> 2, 十二 -> 12, 一百零五 -> 105; null for what is no number. */
export function numberOf(words: string): number | null {
  if (/^\d+$/.test(words)) return Number(words)
  const english = ENGLISH.indexOf(words)
  if (english >= 0) return english
  let [sum, digit] = [0, 0]
  for (const character of words.replaceAll('两', '二')) {
    if (character === '十' || character === '百') {
      sum += (digit || 1) * (character === '十' ? 10 : 100)
      digit = 0
      continue
    }
    const value = DIGITS.indexOf(character)
    if (value < 0 || digit > 0) return null
    digit = value
  }
  return sum + digit
}
