import { expect, test } from 'vitest'
import { arrange, labelBox, overlap, textWidth, type Place } from './panels.ts'

const SIZE = { width: 560, height: 300 }
const FONT = 12

function shop(name: string, regionId: string, latitude: number | null, longitude: number | null): Place {
  return { id: name, name, regionId, latitude, longitude, radius: 12 }
}

const BEIJING = [
  shop('望京店', 'bj', 39.9965, 116.4797),
  shop('王府井店', 'bj', 39.9149, 116.4116),
  shop('国贸店', 'bj', 39.9087, 116.4605),
  shop('西单店', 'bj', 39.9108, 116.3741),
]
const CHENGDU = [shop('春熙路店', 'cd', 30.657, 104.078), shop('天府广场店', 'cd', 30.6574, 104.0659)]

test('each city fills its own panel instead of being a dot on a map of the country', () => {
  const { panels, spots } = arrange([...BEIJING, ...CHENGDU], ['bj', 'cd'], SIZE, FONT)

  expect(panels.map(({ regionId }) => regionId)).toEqual(['bj', 'cd'])
  const xs = spots.slice(0, 4).map(({ x }) => x)
  expect(Math.max(...xs) - Math.min(...xs)).toBeGreaterThan(100)
})

test('north is up and east is right', () => {
  const { spots } = arrange(BEIJING, ['bj'], SIZE, FONT)
  const [wangjing, , , xidan] = spots

  expect(wangjing?.y).toBeLessThan(xidan?.y ?? 0)
  expect(wangjing?.x).toBeGreaterThan(xidan?.x ?? 0)
})

test('two shops in one street are both visible', () => {
  const { spots } = arrange([shop('东街店', 'cd', 30.6, 104), shop('西街店', 'cd', 30.6, 104)], ['cd'], SIZE, FONT)
  const [one, other] = spots

  expect(Math.hypot((one?.x ?? 0) - (other?.x ?? 0), (one?.y ?? 0) - (other?.y ?? 0))).toBeGreaterThan(23)
})

test('no name covers another name', () => {
  const crowd = Array.from({ length: 24 }, (_, index) =>
    shop(`第${index}号门店`, 'bj', 39.9 + (index % 5) * 0.004, 116.4 + Math.floor(index / 5) * 0.004))
  const { spots } = arrange(crowd, ['bj'], SIZE, FONT)
  const labels = spots.flatMap((spot) => (spot.label ? [labelBox(spot, spot.label, textWidth('第10号门店', FONT), spot.shift)] : []))

  expect(labels.length).toBeGreaterThan(3)
  for (const [index, one] of labels.entries()) {
    for (const other of labels.slice(index + 1)) expect(overlap(one, other)).toBe(false)
  }
})

test('a store whose position nobody knows stands in its region all the same', () => {
  const { panels, spots } = arrange([shop('A', 'bj', null, null), shop('B', 'bj', null, null)], ['bj'], SIZE, FONT)
  const [panel] = panels

  for (const { x, y } of spots) {
    expect(x).toBeGreaterThan(panel?.x ?? 0)
    expect(y).toBeLessThan((panel?.y ?? 0) + (panel?.height ?? 0))
  }
  expect(spots[0]?.x).not.toBe(spots[1]?.x)
})

test('the shops of a crowded city have their names on a tablet, also long ones in English', () => {
  const shops = [
    shop('Lujiazui', 'sh', 31.2397, 121.4998),
    shop("Jing'an Temple", 'sh', 31.2235, 121.4454),
    shop('Xujiahui', 'sh', 31.1925, 121.4365),
    shop('Wujiaochang', 'sh', 31.299, 121.514),
    shop('Zhangjiang', 'sh', 31.203, 121.59),
    shop('Hongqiao', 'sh', 31.1945, 121.321),
    shop('Qibao', 'sh', 31.156, 121.352),
    shop('Songjiang University Town', 'sh', 31.056, 121.215),
  ]
  const { panels, spots } = arrange(shops, ['sh'], { width: 189, height: 314 }, FONT)
  const [panel] = panels

  const named = spots.filter(({ label }) => label !== undefined)

  expect(named.length).toBeGreaterThanOrEqual(7)
  for (const spot of named) {
    const box = labelBox(spot, spot.label ?? 'right', textWidth(spot.id, FONT), spot.shift)
    expect(box.x, spot.id).toBeGreaterThan(panel?.x ?? 0)
    expect(box.x + box.width, spot.id).toBeLessThan((panel?.x ?? 0) + (panel?.width ?? 0))
  }
})
