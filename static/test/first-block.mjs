// Prints what yjs and the editor's binding make of the update that a page begins with.

import { bundled } from './bundle.mjs'

await bundled(['first-block.ts'], async ([file]) => {
  const { seen } = await import(file)
  const update = new Uint8Array(Buffer.from(process.argv[2], 'hex'))
  process.stdout.write(JSON.stringify(seen(update)))
})
process.exit(0)
