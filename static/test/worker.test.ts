/** What the service worker answers itself, and what it lets pass. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answering } from '../src/sw/routes'

const HERE = 'http://127.0.0.1:8000'

function answered(path: string, { method = 'GET', mode = 'cors' } = {}): string {
  return answering(method, mode, new URL(path, HERE), HERE)
}

test('code and styles, whose names have a digest, are kept', () => {
  assert.equal(answered('/static/main-RKH4GOKC.js'), 'kept')
  assert.equal(answered('/assets/0123456789abcdef/page.css'), 'kept')
  assert.equal(answered('/assets/page.css'), 'network')
})

test('what the server says of documents and people is never kept', () => {
  for (const path of ['/api/documents', '/api/documents/x/presence', '/hocuspocus', '/yjs/x']) {
    assert.equal(answered(path), 'network')
  }
  for (const path of ['/documents/x/read', '/documents/x/history', '/admin', '/offline']) {
    assert.equal(answered(path, { mode: 'navigate' }), 'network')
  }
  assert.equal(answered('/documents/x/files/y.png', { mode: 'no-cors' }), 'network')
})

test('the page of a document opens without a network', () => {
  assert.equal(answered('/documents/x', { mode: 'navigate' }), 'page')
  assert.equal(answered('/documents/a%2Fb?min_version=3', { mode: 'navigate' }), 'page')
  assert.equal(answered('/documents/x', { mode: 'navigate', method: 'POST' }), 'network')
  assert.equal(answered('/documents/x'), 'network')
})

test('the library is asked of the server, and without a network it is what is kept', () => {
  assert.equal(answered('/', { mode: 'navigate' }), 'library')
  assert.equal(answered('/?filter=x', { mode: 'navigate' }), 'library')
  assert.equal(answered('/?filter=x'), 'network')
  assert.equal(answered('/', { mode: 'navigate', method: 'POST' }), 'network')
})

test('other sites are none of its business', () => {
  assert.equal(answered('https://example.org/static/main.js'), 'network')
})
