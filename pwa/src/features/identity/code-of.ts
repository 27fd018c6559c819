/** What an address may put into a message of ours: a code. Words there would be somebody else's, under our name. */
export function codeOf(given: string): string {
  return /^[A-Z_]{1,40}$/.test(given) ? given : '?'
}
