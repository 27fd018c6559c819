/** Where somebody works, in words: their stores as far as the reader sees them, and until when. */
import type { StaffAssignment } from '@/data/office/people.ts'
import { myStores } from '@/data/session.ts'
import { useWords } from '@/ui/words.ts'

export interface Places {
  placeOf: (assignment: StaffAssignment) => string
  untilOf: (assignment: StaffAssignment) => string
}

export function usePlaces(): Places {
  const { t, name, day, clock } = useWords()

  function placeOf({ chainWide, storeIds, regionIds }: StaffAssignment): string {
    if (chainWide) return t('people.chainWide')
    const stores = myStores.value.filter(({ id }) => storeIds.includes(id)).map(name)
    const regions = new Map(myStores.value.filter(({ region }) => regionIds.includes(region.id)).map(({ region }) => [region.id, name(region)]))
    return [...regions.values(), ...stores].join(t('people.and')) || t('people.elsewhere')
  }

  function untilOf({ validUntil }: StaffAssignment): string {
    if (validUntil === null) return ''
    // What ends at midnight ends, as people say it, with the day before.
    const time = clock(validUntil) === '00:00' ? day(Date.parse(validUntil) - 1) : `${day(validUntil)} ${clock(validUntil)}`
    return t('people.until', { time })
  }

  return { placeOf, untilOf }
}
