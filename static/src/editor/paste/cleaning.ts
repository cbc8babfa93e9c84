/**
 * HTML of other programs, made such that the rules of dom.ts read it: what Word, Google Docs and
 * Notion mean by it is said with HTML's own elements, and what says nothing goes. Knows no editor.
 */

const BLOCKS =
  'p,div,ul,ol,li,h1,h2,h3,h4,h5,h6,blockquote,pre,table,figure,hr,details,section,article,aside'
const NOTHING =
  'script,style,meta,link,title,base,noscript,template,iframe,object,embed,svg,xml,button,select,' +
  'textarea,audio,video,canvas,.Apple-interchange-newline,[aria-hidden=true],[hidden]'

type Styles = ReadonlyMap<string, string>

/** Return HTML that says the same as what another program copied. */
export function cleaned(html: string): string {
  const { body } = new DOMParser().parseFromString(withoutStyles(html), 'text/html')
  const isGoogles = body.querySelector('[id^="docs-internal-guid"]') !== null
  for (const each of body.querySelectorAll(NOTHING)) each.remove()
  for (const item of body.querySelectorAll('p,h1,h2,h3,h4,h5,h6')) listItem(item)
  for (const item of body.querySelectorAll<HTMLElement>('li')) checkable(item)
  for (const item of body.querySelectorAll<HTMLElement>('li')) levelled(item)
  for (const each of body.querySelectorAll<HTMLElement>(`[${STYLE}]`)) marked(each, isGoogles)
  for (const each of body.querySelectorAll('pre')) program(each)
  for (const each of body.querySelectorAll('blockquote,details,aside,li:has(> p)'))
    paragraphs(each)
  for (const each of body.querySelectorAll('details')) inside(each)
  for (const each of body.querySelectorAll('aside')) each.className = 'callout'
  for (const each of body.querySelectorAll('br')) if (isBetweenBlocks(each)) each.remove()
  for (const each of body.querySelectorAll('p')) nothingWritten(each)
  for (const each of body.querySelectorAll('img')) pictured(each)
  return body.innerHTML
}

// Styles are read as text: the page's policy forbids to have any, even where nothing is shown.

const STYLE = 'data-styled'

function withoutStyles(html: string): string {
  return html.replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/(\s)style(?=\s*=)/gi, `$1${STYLE}`))
}

function stylesOf(element: Element): Styles {
  const declared = (element.getAttribute(STYLE) ?? '').split(';')
  return new Map(
    declared.map((each) => {
      const at = each.indexOf(':')
      return [
        each.slice(0, at).trim().toLowerCase(),
        each
          .slice(at + 1)
          .trim()
          .toLowerCase()
      ]
    })
  )
}

/** Say with elements what the style of an element says. */
function marked(element: HTMLElement, isGoogles: boolean): void {
  const styles = stylesOf(element)
  element.removeAttribute(STYLE)
  const weight = styles.get('font-weight')
  if (element.tagName === 'B' && (weight === 'normal' || weight === '400')) {
    element.replaceWith(...element.childNodes)
    return
  }
  if (element.closest('pre')) return
  for (const tag of marksOf(styles, element, isGoogles)) {
    const mark = element.ownerDocument.createElement(tag)
    mark.append(...element.childNodes)
    element.append(mark)
  }
}

function marksOf(styles: Styles, element: Element, isGoogles: boolean): string[] {
  const tags: string[] = []
  const lines = `${styles.get('text-decoration') ?? ''} ${styles.get('text-decoration-line') ?? ''}`
  const raised = styles.get('vertical-align')
  const ground = styles.get('background-color') ?? 'transparent'
  const isBold = /^(?:bold|bolder|[6-9]00)$/.test(styles.get('font-weight') ?? '')
  // A heading is bold as it is, and a link underlined.
  if (isBold && !element.closest('h1,h2,h3,h4,h5,h6,th')) tags.push('strong')
  if (styles.get('font-style') === 'italic') tags.push('em')
  if (/\bunderline\b/.test(lines) && !element.closest('a')) tags.push('u')
  if (/\bline-through\b/.test(lines)) tags.push('s')
  if (raised === 'super') tags.push('sup')
  if (raised === 'sub') tags.push('sub')
  if (styles.has('mso-highlight') || (isGoogles && ground !== 'transparent')) tags.push('mark')
  return tags
}

// Lists.

const IGNORED = `[${STYLE}*="mso-list:Ignore" i], [${STYLE}*="mso-list: Ignore" i]`

/** Word's items are paragraphs that say how deep they are, and bring their bullets as text. */
function listItem(paragraph: Element): void {
  const level = /\blevel(\d+)/.exec(stylesOf(paragraph).get('mso-list') ?? '')?.[1]
  const before = paragraph.previousElementSibling
  let bullet = ''
  for (const ignored of paragraph.querySelectorAll(IGNORED)) {
    bullet += ignored.textContent ?? ''
    ignored.remove()
  }
  // A heading that is numbered stays one.
  if (level === undefined || paragraph.tagName !== 'P') return
  const number = /^\s*\(?(?:(\d{1,9})|[a-z]{1,5})[.)]/i.exec(bullet)
  const list = paragraph.ownerDocument.createElement(number ? 'ol' : 'ul')
  const item = paragraph.ownerDocument.createElement('li')
  const goesOn = before?.matches('ul[data-indent], ol[data-indent]') ?? false
  if (!goesOn && Number(number?.[1] ?? 1) !== 1) list.setAttribute('start', number?.[1] ?? '')
  list.dataset.indent = String(Number(level) - 1)
  item.append(...paragraph.childNodes)
  list.append(item)
  paragraph.replaceWith(list)
}

/** An item says that it can be checked with a box, drawn in one way or another. */
function checkable(item: HTMLElement): void {
  const drawn = item.querySelector(':scope > .checkbox')
  const input = item.querySelector<HTMLInputElement>(
    ':scope > p:first-child > input[type=checkbox]'
  )
  const checked =
    item.getAttribute('aria-checked') ?? input?.checked ?? drawn?.matches('.checkbox-on')
  if (checked === undefined || checked === null) return
  item.dataset.checked = String(checked)
  drawn?.remove()
  item.querySelector(':scope > img')?.remove()
}

/** An item may say how deep it is, whatever list it stands in. */
function levelled(item: HTMLElement): void {
  const level = Number(item.getAttribute('aria-level') ?? item.dataset.ariaLevel)
  if (!(level >= 1)) return
  let deep = -1
  for (let each = item.parentElement; each; each = each.parentElement) {
    if (each.matches('ul, ol')) deep += 1
    deep += Number(each.dataset.indent ?? 0) || 0
  }
  if (level - 1 > deep) item.dataset.indent = String(level - 1 - deep)
}

// Blocks.

function isBlock(node: Node | null): boolean {
  return node instanceof Element && node.matches(BLOCKS)
}

function program(pre: Element): void {
  for (const each of pre.querySelectorAll('br')) each.replaceWith('\n')
  if (pre.querySelector('code[class*="language-"]')) return
  const said = `${pre.className} ${pre.parentElement?.className ?? ''}`
  const language = /(?:^|\s)(?:lang|language|highlight-source)-([\w+#-]+)/.exec(said)?.[1]
  const code = pre.ownerDocument.createElement('code')
  code.textContent = pre.textContent
  if (language) code.className = `language-${language}`
  pre.replaceChildren(code)
}

/** Put what stands between the blocks of an element into paragraphs. */
function paragraphs(element: Element): void {
  let paragraph: Element | null = null
  for (const child of [...element.childNodes]) {
    if (isBlock(child) || (child instanceof Element && child.matches('summary'))) {
      paragraph = null
    } else if (paragraph || child.textContent?.trim()) {
      paragraph ??= element.insertBefore(element.ownerDocument.createElement('p'), child)
      paragraph.append(child)
    }
  }
}

/** What is folded stands deeper, behind what it is folded under. */
function inside(details: Element): void {
  const summary = details.querySelector(':scope > summary')
  for (const child of details.children) {
    if (child instanceof HTMLElement && child !== summary) {
      child.dataset.indent = String(Number(child.dataset.indent ?? 0) + 1)
    }
  }
}

function isBetweenBlocks(br: Element): boolean {
  return isBlock(br.previousElementSibling) || isBlock(br.nextElementSibling)
}

/** Word keeps lines that are empty with a space that does not break. */
function nothingWritten(paragraph: Element): void {
  if (paragraph.textContent === '\u00a0' && !paragraph.querySelector('img,br')) {
    paragraph.textContent = ''
  }
}

/** A picture that nobody can reach is none; one that stands alone is a figure. */
function pictured(image: HTMLImageElement): void {
  const parent = image.parentElement
  if (!/^(?:https?:|data:image\/|\/)/i.test(image.getAttribute('src') ?? '')) {
    image.remove()
  } else if (parent?.matches('p, body, div') && isAlone(image)) {
    const figure = image.ownerDocument.createElement('figure')
    image.replaceWith(figure)
    figure.append(image)
    if (parent.tagName === 'P') parent.replaceWith(figure)
  }
}

function isAlone(image: Element): boolean {
  return image.parentElement?.children.length === 1 && !image.parentElement.textContent?.trim()
}
