// A link from the editor names a block by its id, which stays when its words change.

// Goes to the block that the address names, now and whenever it names another.
export function followAddress(text) {
  const go = () => {
    const id = new URLSearchParams(location.hash.slice(1)).get('block')
    const block = id && text.querySelector(`[data-block="${CSS.escape(id)}"]`)
    if (!block) return
    for (let around = block; around; around = around.parentElement) {
      if (around.localName === 'details') around.open = true
    }
    block.scrollIntoView()
  }
  addEventListener('hashchange', go)
  go()
}
