/** Formulas: what is one and what is money, and what of TeX is shown. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TEX_LENGTH_MAX, typeset } from '../src/editor/formulas/typesetting'
import { text, Writer } from './scene'

const empty = () => new Writer(text(['block', '', { id: 'a' }]))

/** Return the TeX of the formulas in a text. */
function formulas(writer: Writer): string[] {
  const found: string[] = []
  writer.view.state.doc.descendants(({ type, attrs }) => {
    if (type.name.startsWith('math')) found.push(attrs.tex ?? '')
  })
  return found
}

for (const [typed, tex] of [
  ['$x^2$', 'x^2'],
  ['so $a + b$', 'a + b'],
  ['($\\alpha$', '\\alpha']
] as const) {
  test(`${typed} is a formula`, () => {
    assert.deepEqual(formulas(empty().type(typed)), [tex])
  })
}

for (const typed of [
  '$5 and $6',
  '$5$',
  'US$ and A$',
  'from $HOME to $PATH',
  '$ a $',
  '$$',
  '\\$a$',
  'in `echo $a$',
  'in `echo` and `$a$`'
]) {
  test(`there is no formula in ${typed}`, () => {
    const writer = empty().type(typed)
    assert.deepEqual(formulas(writer), [])
  })
}

test('no TeX, however it is meant, holds up the page or becomes more than a formula', () => {
  const hostile = [
    '\\def\\a{\\a\\a}\\a',
    '\\def\\a#1{\\b{#1#1}}\\def\\b#1{\\a{#1#1}}\\a{x}',
    `${'{'.repeat(2_400)}${'}'.repeat(2_400)}`,
    '\\frac1'.repeat(TEX_LENGTH_MAX / 6 - 1),
    'x^{'.repeat(1_200) + '}'.repeat(1_200),
    '\\sqrt{'.repeat(700) + '}'.repeat(700),
    '\\href{javascript:alert(1)}{x}',
    '\\url{javascript:alert(1)}',
    '\\includegraphics{http://127.0.0.1/x.png}',
    '\\htmlStyle{position:fixed}{x}',
    '\\class{bar}{x}\\id{main}{y}',
    '\\rule{99999em}{99999em}',
    '\\kern99999em x',
    '\\text{<img src=x onerror=alert(1)>}',
    'x'.repeat(TEX_LENGTH_MAX + 1)
  ]
  for (const tex of hostile) {
    const shown = document.createElement('span')
    const began = performance.now()
    const wrong = typeset(tex, shown, true)
    assert.ok(performance.now() - began < 2_000, tex.slice(0, 30))
    assert.equal(
      shown.querySelector('a, img, script, [href], [src], [id]'),
      null,
      tex.slice(0, 30)
    )
    for (const each of shown.querySelectorAll('*')) {
      for (const { name, value } of each.attributes) {
        assert.ok(!name.startsWith('on'), `${name} by ${tex}`)
        const sizes = [...value.matchAll(/(\d+(?:\.\d+)?)(?:em|pt|px|ex)/g)]
        assert.ok(
          sizes.every(([, size]) => Number(size) <= 100),
          `${value} by ${tex}`
        )
      }
    }
    if (tex.length > TEX_LENGTH_MAX) assert.match(wrong ?? '', /too long/)
  }
})
