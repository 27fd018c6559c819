/** What the check shows while its sheet is not there. */
import type { Contact } from '@/data/connection.ts'

export interface Looking {
  /** Lines of this device could not be sent. */
  away: boolean
  problem: string
  found: boolean
  contact: Contact
}

/** Without a network nothing will come: that is said at once, not after everything that was tried has failed. */
export function showingOf({ away, problem, found, contact }: Looking): 'away' | 'problem' | 'waiting' | 'sheet' {
  if (away || (!found && contact === 'offline')) return 'away'
  if (problem) return 'problem'
  return found ? 'sheet' : 'waiting'
}
