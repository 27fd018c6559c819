/** What a browser says of a field that must be filled in, said in the words and the language of the shop. */
import { t } from './language.ts'

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

const isField = (target: EventTarget | null): target is Field => target !== null && 'setCustomValidity' in target

function say({ target }: Event): void {
  if (!isField(target)) return
  // What was said before would count as a fault of its own.
  target.setCustomValidity('')
  if (target.validity.valid) return
  target.setCustomValidity(target.validity.valueMissing ? t('common.fillIn') : t('common.notFit'))
}

function takeBack({ target }: Event): void {
  if (isField(target)) target.setCustomValidity('')
}

/** Neither event of these rises, so they are heard on their way down. */
export function speakOfFields(page: Pick<Document, 'addEventListener'>): void {
  page.addEventListener('invalid', say, true)
  for (const change of ['input', 'change']) page.addEventListener(change, takeBack, true)
}
