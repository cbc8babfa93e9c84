/** The first page comes alive: the server's list is filtered, kept fresh and worked with in place. */

import { bindLetterKeys } from '../app/letterkeys'
import { keepSayingTimes } from './ago'
import { Doing } from './doing'
import { Filter } from './filter'
import { listenToKeys } from './keys'
import { List } from './list'
import { Toast } from './toast'

const element = document.getElementById('list')
const said = document.getElementById('said')
if (element && said) {
  const list = new List(element, said)
  const toast = new Toast()
  const form = document.querySelector<HTMLFormElement>('#find')
  const parts = {
    list,
    toast,
    doing: new Doing(list, toast),
    filter: form && new Filter(form, list)
  }
  listenToKeys(parts)
  list.keepFresh()
  keepSayingTimes(document)
  const box = document.querySelector<HTMLInputElement>('#letter-keys')
  if (box) bindLetterKeys(box)
  document.getElementById('keys')?.removeAttribute('hidden')
}
