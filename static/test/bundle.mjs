// Bundles TypeScript for Node, beside what it needs from node_modules, and takes it away again.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'

export const HERE = dirname(fileURLToPath(import.meta.url))

/** Hand the bundled files to `use`, which may take its time. */
export async function bundled(names, use) {
  const folder = mkdtempSync(join(HERE, '..', 'node_modules', '.tests-'))
  try {
    await esbuild.build({
      absWorkingDir: HERE,
      entryPoints: names,
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      external: ['jsdom'],
      logLevel: 'warning'
    })
    await use(readdirSync(folder).map((name) => join(folder, name)))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
