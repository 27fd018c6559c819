/** Today as a date field writes it, where the reader is. */
export function localDate(moment = new Date()): string {
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`
}
