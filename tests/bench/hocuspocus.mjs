// @hocuspocus/server as its documentation starts it, with its SQLite extension.
//
//     node hocuspocus.mjs PORT DATABASE

import { SQLite } from '@hocuspocus/extension-sqlite'
import { Server } from '@hocuspocus/server'

const [port, database] = process.argv.slice(2)

await new Server({
  port: Number(port),
  address: '127.0.0.1',
  quiet: true,
  extensions: [new SQLite({ database })],
}).listen()
