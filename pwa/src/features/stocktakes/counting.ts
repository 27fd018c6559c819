/** One person counting at one place: what a scan does, what the keys do, and the way back. */
import { computed, onBeforeUnmount, onMounted, reactive, ref, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { catalogue, type CatalogueItem } from '@/data/catalogue.ts'
import { isFar, leadsFar } from '@/data/counts-plausible.ts'
import { countLine, placeCounted, stocktakeLines, takeBackLine, type Counted, type Thing } from '@/data/counts.ts'
import { yuan } from '@/data/money.ts'
import { DeviceFull, forgetPhoto, keepPhoto, type PhotoInput } from '@/data/photos.ts'
import type { Whereabouts } from '@/data/place.ts'
import { myStore } from '@/data/session.ts'
import { readCode, type Read } from '@/data/stocktakes-places.ts'
import { signal } from '@/ui/feedback.ts'
import { keep } from '@/ui/keep.ts'
import { useScanning, type Scanning } from '@/ui/scanning.ts'
import { say } from '@/ui/snackbar.ts'
import { listenForScanner } from '@/ui/wedge.ts'
import { useWords } from '@/ui/words.ts'

export const MOST = 99_999
/** What a scan does: counts one more, or asks how many. Her choice, kept on the device. */
export type ScanDoes = 'one' | 'ask'
const DOES_KEY = 'trueshelf.scan-does'

/** What the keypad is asked for: so many more, or so many in all. */
export interface Asked {
  thing: Thing
  mode: 'ADD' | 'REPLACE'
  start: number
}

/** What does not belong here waits until she says whether it counts. */
export interface Outside {
  thing: Thing
  goOn: () => Promise<void>
}

/** A figure so far from what shops hold that it is asked about once; never changed without her. */
export interface Doubted extends Asked {
  quantity: number
}

export interface Counting {
  scanning: Scanning
  choice: { does: ScanDoes }
  asked: ShallowRef<Asked | undefined>
  outside: ShallowRef<Outside | undefined>
  doubted: ShallowRef<Doubted | undefined>
  last: ComputedRef<Counted | undefined>
  scan: (code: string) => Promise<void>
  choose: (item: CatalogueItem) => Promise<void>
  add: (by: number) => Promise<void>
  askFor: (counted: Counted) => void
  answer: (quantity: number) => Promise<void>
  countOutside: () => Promise<void>
  putAside: () => void
  believe: () => Promise<void>
  correct: () => void
  takeBack: () => Promise<void>
  show: (code: string, picture: Blob, place?: Whereabouts) => Promise<void>
}

interface Place {
  /** Told of codes that are no goods: true when it knew the code. */
  elsewhere: (code: string) => boolean
  /** The one thing that a recount is of. */
  only: () => string | undefined
  /** Whether a thing does not belong to what is counted here. */
  isOutside: (skuId: string) => Promise<boolean>
}

export function useCounting({ elsewhere, only, isOutside }: Place): Counting {
  const { t, name, unit } = useWords()
  const choice = reactive<{ does: ScanDoes }>({ does: localStorage.getItem(DOES_KEY) === 'ask' ? 'ask' : 'one' })
  watch(choice, ({ does }) => localStorage.setItem(DOES_KEY, does))
  const asked = shallowRef<Asked>()
  const outside = shallowRef<Outside>()
  const doubted = shallowRef<Doubted>()
  /** Finds that she wants counted: asked about once each. */
  const found = new Set<string>()
  const wanted = computed(() => catalogue.value.get(only() ?? ''))
  const last = computed(() => placeCounted.value[0] ?? (wanted.value && { ...thingOf(wanted.value), key: wanted.value.id, quantity: 0, lines: 0, at: 0 }))
  const busy = ref(false)

  /** A scan counts when it is written down, so the beep comes after it. */
  async function write(thing: Thing, quantity: number, mode: 'ADD' | 'REPLACE', sound: 'scanned' | 'done' | 'refused'): Promise<void> {
    if (wanted.value && thing.skuId !== wanted.value.id) {
      signal('refused')
      return say({ tone: 'refused', text: t('stocktakes.onlyThis', { item: name(wanted.value) }) })
    }
    try {
      await countLine(thing, quantity, mode)
      signal(sound)
    } catch (error) {
      console.error(error)
      signal('refused')
      say({ tone: 'refused', text: t('common.notKept') })
    }
  }

  /** A scan that counted somewhere behind it, or took its place, would be a surprise: she scans it once more. */
  const questionStands = (): boolean => (asked.value ?? outside.value ?? doubted.value) !== undefined

  async function scan(code: string): Promise<void> {
    if (elsewhere(code)) return
    if (questionStands()) return signal('refused')
    const store = myStore.value
    if (!store) return
    const read = await readCode(code, store.id)
    if (questionStands()) return signal('refused')
    if (!read) return write(unknownThing(code), 1, 'ADD', 'refused')
    await whenItBelongs(thingOf(read.item), async () => {
      if (read.weighed) understood(read, read.weighed)
      // What the scale has weighed needs no asking: the label says how much it is.
      else if (choice.does === 'ask') return ask(thingOf(read.item), read.units)
      await write(thingOf(read.item), read.units, 'ADD', 'scanned')
    })
  }

  /** Water in a count of tea is said at once, not at the end: she counts it as a find, or puts it aside. */
  async function whenItBelongs(thing: Thing, goOn: () => Promise<void>): Promise<void> {
    const { skuId } = thing
    const known = skuId === null || found.has(skuId) || placeCounted.value.some((counted) => counted.skuId === skuId)
    if (known || only() !== undefined || !(await isOutside(skuId))) return goOn()
    signal('refused')
    if (!questionStands()) outside.value = { thing, goOn }
  }

  async function countOutside(): Promise<void> {
    const question = outside.value
    outside.value = undefined
    if (question?.thing.skuId) found.add(question.thing.skuId)
    await question?.goOn()
  }

  function choose(item: CatalogueItem): Promise<void> {
    const thing = thingOf(item)
    return whenItBelongs(thing, async () => (choice.does === 'ask' ? ask(thing, 1) : write(thing, 1, 'ADD', 'scanned')))
  }

  function understood({ item, units }: Read, { measure, value }: NonNullable<Read['weighed']>): void {
    const words = { item: name(item), n: units, unit: unit(item.unit, units) }
    const text = measure === 'GRAMS' ? t('stocktakes.weighed', { ...words, grams: value }) : t('stocktakes.priced', { ...words, price: yuan(value) })
    say({ tone: 'plain', text })
  }

  function ask(thing: Thing, start: number): void {
    if (questionStands()) return signal('refused')
    signal('scanned')
    asked.value = { thing, mode: 'ADD', start }
  }

  async function answer(quantity: number): Promise<void> {
    const question = asked.value
    asked.value = undefined
    if (!question) return
    const { thing, mode } = question
    const before = placeCounted.value.find(({ skuId, code }) => skuId === thing.skuId && code === thing.code)?.quantity ?? 0
    const far = mode === 'ADD' ? leadsFar(before, quantity, thing.unit) : isFar(quantity, thing.unit)
    if (!far) return write(thing, quantity, mode, 'done')
    signal('refused')
    doubted.value = { ...question, quantity }
  }

  async function believe(): Promise<void> {
    const figure = doubted.value
    doubted.value = undefined
    if (figure) await write(figure.thing, figure.quantity, figure.mode, 'done')
  }

  function correct(): void {
    const figure = doubted.value
    doubted.value = undefined
    if (figure) asked.value = { thing: figure.thing, mode: figure.mode, start: figure.quantity }
  }

  async function add(by: number): Promise<void> {
    const thing = last.value
    if (!thing || thing.quantity + by < 0) return
    if (by > 0) await write(bare(thing), by, 'ADD', 'scanned')
    else await write(bare(thing), thing.quantity + by, 'REPLACE', 'scanned')
  }

  async function takeBack(): Promise<void> {
    if (busy.value) return
    busy.value = true
    const line = await keep(takeBackLine(), t('common.notKept'))
    busy.value = false
    if (!line) return
    // No deed has taken it: nobody will ever ask for its picture.
    if (line.photo && !stocktakeLines.value.some(({ id }) => id === line.id)) await forgetPhoto(line.photo.id)
    say({ tone: 'plain', text: t('stocktakes.tookBack', { item: line.skuId ? name(line) : (line.code ?? '') }) })
  }

  /** A picture of what an unknown code is on: a line that adds nothing brings it to headquarters, now or when there is a network. */
  async function show(code: string, picture: Blob, place?: Whereabouts): Promise<void> {
    let photo: PhotoInput
    try {
      photo = await keepPhoto(picture, place)
    } catch (error) {
      console.warn(error)
      signal('refused')
      return say({ tone: 'refused', text: error instanceof DeviceFull ? t('photos.full') : t('photos.notAPicture') })
    }
    // Without its line nobody would ever ask for the picture.
    if (!(await keep(countLine(unknownThing(code), 0, 'ADD', { photo }), t('common.notKept')))) await forgetPhoto(photo.id)
  }

  let stop = (): void => {}
  onMounted(() => (stop = listenForScanner((code) => void scan(code))))
  onBeforeUnmount(() => stop())

  return {
    scanning: useScanning((code) => void scan(code)),
    choice,
    asked,
    outside,
    doubted,
    last,
    scan,
    choose,
    add,
    askFor: (counted) => (asked.value = { thing: bare(counted), mode: 'REPLACE', start: counted.quantity }),
    answer,
    countOutside,
    putAside: () => (outside.value = undefined),
    believe,
    correct,
    takeBack,
    show,
  }
}

const thingOf = ({ id, name, nameEn, unit }: CatalogueItem): Thing => ({ skuId: id, code: null, name, nameEn, unit })
const unknownThing = (code: string): Thing => ({ skuId: null, code, name: '', nameEn: '', unit: '' })
const bare = ({ skuId, code, name, nameEn, unit }: Thing): Thing => ({ skuId, code, name, nameEn, unit })
