// Runs the tests with Node's test runner.

import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { bundled, HERE } from './bundle.mjs'

const tests = readdirSync(HERE).filter((name) => name.endsWith('.test.ts'))
await bundled(tests, (files) => {
  const { status } = spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit' })
  process.exitCode = status ?? 1
})
