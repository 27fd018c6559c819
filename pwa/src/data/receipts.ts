/** Numbers of receipts: which texts look like one, how they are written, and the code that a customer shows. */

/** At least two parts with a hyphen between them, a digit among them: no barcode, no name, and no item that we know. */
const LOOKS_LIKE = /^(?=.*\d)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+$/
const LEAST = 6
/** Those of our phones; a thumb writes them small. */
const OF_A_PHONE = /^p\d{4}-[0-9a-f]{6}$/i

export function isReceipt(text: string): boolean {
  const number = plain(text)
  return number.length >= LEAST && LOOKS_LIKE.test(number)
}

/** As it was printed, whatever the keyboard made of it, or a copy of what we wrote (`unbroken`). */
export function tidyReceipt(text: string): string {
  const number = plain(text)
  return OF_A_PHONE.test(number) ? number.toUpperCase() : number
}

/** One hyphen for all dashes, and half width: a Chinese keyboard writes neither. */
function plain(text: string): string {
  return text.normalize('NFKC').replace(/[\u2010-\u2015\u2212]/g, '-')
}

/** The number by which the customer can bring something back: the day, and enough of the request to be nobody else's. */
export function receiptOf(requestId: string, occurredAt: string): string {
  return `P${occurredAt.slice(5, 7)}${occurredAt.slice(8, 10)}-${requestId.slice(-6).toUpperCase()}`
}

/** To be read in a sentence: a hyphen at the end of a line would part it. */
export function unbroken(number: string): string {
  return number.replaceAll('-', '\u2011')
}
