// Makes the children of one element like those of another, touching only what differs: nodes that
// stay keep their selection, focus and scrolling, and characters that stay keep their place in
// them. Knows nothing of documents.

// What a reader may have changed, or a script for the reader.
const KEPT = new Set(['open', 'tabindex'])

export function morph(parent, wanted) {
  const old = [...parent.childNodes]
  const young = [...wanted.childNodes]
  let start = 0
  while (start < old.length && start < young.length && old[start].isEqualNode(young[start]))
    start++
  let oldEnd = old.length
  let youngEnd = young.length
  while (oldEnd > start && youngEnd > start && old[oldEnd - 1].isEqualNode(young[youngEnd - 1])) {
    oldEnd--
    youngEnd--
  }
  replace(parent, old.slice(start, oldEnd), young.slice(start, youngEnd), old[oldEnd] ?? null)
}

function replace(parent, old, young, after) {
  const partners = matches(old, young)
  const spoken = new Set(partners.values())
  let next = 0
  for (const node of young) {
    const partner = partners.get(node)
    if (partner) {
      while (old[next] !== partner) old[next++].remove()
      change(old[next++], node)
    } else if (next < old.length && !spoken.has(old[next]) && alike(old[next], node)) {
      change(old[next++], node)
    } else {
      parent.insertBefore(node, old[next] ?? after)
    }
  }
  while (next < old.length) old[next++].remove()
}

// Which old node is which young one, for those that can be told: by the block's or the element's id
// or, without one, by being the same. In order, so that none has to be moved.
function matches(old, young) {
  const places = new Map()
  old.forEach((node, place) => {
    const name = nameOf(node)
    if (name) places.set(name, places.has(name) ? -1 : place)
  })
  const partners = new Map()
  let last = -1
  for (const node of young) {
    const place = places.get(nameOf(node)) ?? -1
    if (place > last && alike(old[place], node)) {
      partners.set(node, old[place])
      last = place
    }
  }
  return partners
}

function nameOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return ''
  return node.dataset.block || node.id || node.outerHTML
}

function alike(one, other) {
  return one.nodeName === other.nodeName
}

function change(node, wanted) {
  if (node.nodeType !== Node.ELEMENT_NODE) {
    rewrite(node, wanted.data)
    return
  }
  for (const { name } of [...node.attributes]) {
    if (!wanted.hasAttribute(name) && !KEPT.has(name)) node.removeAttribute(name)
  }
  for (const { name, value } of wanted.attributes) {
    if (node.getAttribute(name) !== value && !KEPT.has(name)) node.setAttribute(name, value)
  }
  morph(node, wanted)
}

function rewrite(text, wanted) {
  const shorter = Math.min(text.length, wanted.length)
  let start = 0
  while (start < shorter && text.data[start] === wanted[start]) start++
  let same = 0
  while (same < shorter - start && text.data.at(-1 - same) === wanted.at(-1 - same)) same++
  text.replaceData(start, text.length - same - start, wanted.slice(start, wanted.length - same))
}
