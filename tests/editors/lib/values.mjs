// What applications keep in Yjs beside text: maps and arrays.

import * as Y from 'yjs'

export function values(doc) {
  const settings = doc.getMap('settings')
  doc.transact(() => {
    settings.set('title', 'A board')
    settings.set('count', 3)
    settings.set('ratio', 1.5)
    settings.set('open', true)
    settings.set('nothing', null)
    settings.set('big', 2n ** 60n)
    settings.set('bytes', new Uint8Array([1, 2, 255]))
    settings.set('nested', { list: [1, { deep: 'value' }] })
    settings.set('gone', 1)
    settings.delete('gone')
    const note = new Y.Text('a note')
    settings.set('note', note)
    const rich = new Y.Text()
    settings.set('rich', rich)
    rich.insert(0, 'bold', { bold: true })
    rich.insert(4, ' and not', { bold: null })
    const page = new Y.XmlFragment()
    settings.set('page', page)
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.setAttribute('level', 2)
    paragraph.insert(0, [new Y.XmlText('inside')])
    page.insert(0, [paragraph])
  })
  const cards = doc.getArray('cards')
  for (const name of ['second', 'first']) {
    const card = new Y.Map()
    cards.insert(0, [card])
    card.set('name', name)
    card.set('tags', Y.Array.from(['a', 'b']))
  }
  doc.getArray('names').push(['Ann', 'Bob', 7])
  doc.getMap('emptied').set('key', 'value')
  doc.getMap('emptied').delete('key')
}
