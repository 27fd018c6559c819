/**
 * The initials that a clerk types for a Chinese name: 茉莉奶绿 -> "mlnl".
 *
 * The browser sorts Chinese by pinyin, so the letter of a character is the last
 * boundary that does not sort after it. Boundaries are the first character of each
 * initial in the Unicode CLDR pinyin collation (no Mandarin syllable begins with i, u or v).
 */
const LETTERS = 'abcdefghjklmnopqrstwxyz'
const FIRST = '阿八嚓哒妸发旮哈讥咔垃呣拏噢妑七呥仨他屲夕丫帀'
const HAN = /\p{Script=Han}/u

let collator: Intl.Collator | undefined

export function initials(name: string): string {
  return Array.from(name, letterOf).join('').toLowerCase()
}

function letterOf(character: string): string {
  if (/[\p{L}\p{N}]/u.test(character) && !HAN.test(character)) return character
  if (!HAN.test(character)) return ''
  collator ??= new Intl.Collator('zh-u-co-pinyin')
  for (let index = FIRST.length - 1; index >= 0; index -= 1) {
    if (collator.compare(character, FIRST.charAt(index)) >= 0) return LETTERS.charAt(index)
  }
  return ''
}
