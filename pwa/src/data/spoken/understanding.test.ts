import { expect, test } from 'vitest'
import type { CatalogueItem } from '../catalogue-item.ts'
import { initials } from '../pinyin.ts'
import { understand } from './understanding.ts'

function item(name: string, nameEn: string): CatalogueItem {
  return { id: name, code: name, name, nameEn, unit: '盒', categoryId: 'c', gtins: [], priceFen: 100, initials: initials(name) }
}

const SHELF = [
  item('同仁堂板蓝根颗粒', 'Isatis granules'),
  item('三只松鼠坚果', 'Mixed nuts'),
  item('可口可乐', 'Cola'),
  item('燕麦奶', 'Oat milk'),
  item('龙井茶', 'Longjing tea'),
  item('草莓奶昔', 'Strawberry shake'),
  item('草莓奶盖', 'Strawberry milk cap'),
]
const heard = (...sentences: string[]): unknown => {
  const found = understand(sentences, SHELF)
  return found && [found.intent, found.quantity, found.sure ? found.items[0]?.name : found.items.map(({ name }) => name)]
}

test.each([
  ['查板蓝根库存', ['look-up', null, '同仁堂板蓝根颗粒']],
  ['查班兰根库存', ['look-up', null, '同仁堂板蓝根颗粒']],
  ['茶板南根库存', ['look-up', null, '同仁堂板蓝根颗粒']],
  ['banlangen', ['look-up', null, '同仁堂板蓝根颗粒']],
  ['卖三只松鼠', ['sell', null, '三只松鼠坚果']],
  ['卖两盒燕麦来', ['sell', 2, '燕麦奶']],
  ['how many oat milk', ['look-up', null, '燕麦奶']],
  ['龙井茶还有吗', ['look-up', null, '龙井茶']],
  ['退货可口可乐', ['return', null, '可口可乐']],
])('%s', (sentence, meant) => {
  expect(heard(sentence)).toEqual(meant)
})

test('two that are meant as likely are both offered', () => {
  expect(heard('查草莓奶')).toEqual(['look-up', null, ['草莓奶昔', '草莓奶盖']])
})

test('the second guess of the recogniser counts too', () => {
  expect(heard('茶办公楼', '查板蓝根')).toEqual(['look-up', null, '同仁堂板蓝根颗粒'])
})

test('what the shop does not have is not understood as something else', () => {
  expect(understand(['查自行车库存'], SHELF)).toBeNull()
  expect(understand([''], SHELF)).toBeNull()
})

test('a thing to do needs no goods', () => {
  expect(heard('开始营业')).toEqual(['open-day', null, undefined])
})
