// Prints what the editor makes of corpus.json: each document as an update, and as it looks.

import { bundled } from './bundle.mjs'

await bundled(['parity.ts'], async ([file]) => {
  const { shown } = await import(file)
  await new Promise((resolve) => process.stdout.write(JSON.stringify(shown()), resolve))
})
process.exit(0)
