// Builds dist/: hashed names, manifest.json, compressed variants, and a stamp of what it was made from.

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'

const HERE = dirname(fileURLToPath(import.meta.url))
const DIST = join(HERE, 'dist')
const COMPRESSED = /\.(js|css|svg|map)$/

/** What the stamp is of: adapters/web/stamp.py reads the same. */
const SOURCES = ['build.mjs', 'package-lock.json', 'schema.json', 'src']

const OPTIONS = {
  absWorkingDir: HERE,
  entryPoints: {
    app: 'src/app/main.tsx',
    'app-style': 'src/styles/app.css',
    library: 'src/library/main.ts'
  },
  outdir: DIST,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['chrome111', 'firefox113', 'safari16.4'],
  minify: true,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  legalComments: 'linked',
  metafile: true,
  write: false,
  logLevel: 'warning'
}

/** The service worker: one file, at an address of its own, so its name has no digest. */
const WORKER = {
  ...OPTIONS,
  entryPoints: { sw: 'src/sw/worker.ts' },
  splitting: false,
  format: 'iife',
  entryNames: '[name]',
  metafile: false
}

function filesUnder(path) {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

/** Return the digest of everything that dist/ is made from. */
export function stampOfSources() {
  const paths = SOURCES.flatMap((name) =>
    name.includes('.') ? [join(HERE, name)] : filesUnder(join(HERE, name))
  )
  const lines = paths
    .map((path) => [relative(HERE, path).split(sep).join('/'), readFileSync(path)])
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, content]) => `${name} ${createHash('sha256').update(content).digest('hex')}\n`)
  return createHash('sha256').update(lines.join('')).digest('hex')
}

function write(path, contents) {
  writeFileSync(path, contents)
  if (!COMPRESSED.test(path)) return
  const size = { [constants.BROTLI_PARAM_SIZE_HINT]: contents.length }
  writeFileSync(`${path}.br`, brotliCompressSync(contents, { params: size }))
  writeFileSync(`${path}.gz`, gzipSync(contents, { level: 9 }))
}

/** Return which file an entry became, and what a page loads beside it. */
function manifestOf(outputs) {
  const manifest = { script: '', style: '', shell: [], editor: [], library: [] }
  const imports = (name) =>
    outputs[name].imports
      .filter((each) => each.kind === 'import-statement')
      .map((each) => each.path)
  const closure = (name, found = new Set()) => {
    if (!found.has(name)) for (const each of imports(name)) closure(each, found.add(name))
    return found.add(name)
  }
  const names = (paths) => [...paths].map((path) => relative('dist', path))
  const entry = (source) =>
    Object.keys(outputs).find((name) => outputs[name].entryPoint === source)
  const shell = closure(entry('src/app/main.tsx'))
  const editor = closure(entry('src/editor/main.ts'))
  manifest.script = names([entry('src/app/main.tsx')])[0]
  manifest.style = names([entry('src/styles/app.css')])[0]
  manifest.shell = names(shell)
  const library = entry('src/library/main.ts')
  manifest.library = names(new Set([library, ...closure(library)]))
  manifest.editor = names([...editor].filter((name) => !shell.has(name)))
  return manifest
}

const stamp = stampOfSources()
const result = await esbuild.build(OPTIONS)
const worker = await esbuild.build(WORKER)
rmSync(DIST, { recursive: true, force: true })
mkdirSync(DIST)
for (const file of [...result.outputFiles, ...worker.outputFiles]) write(file.path, file.contents)
writeFileSync(
  join(DIST, 'manifest.json'),
  JSON.stringify(manifestOf(result.metafile.outputs), null, 1)
)
writeFileSync(join(DIST, '.stamp'), stamp)
