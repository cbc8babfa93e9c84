/**
 * ProseMirror's schema, made from schema.json, which the server's readers and writers share.
 *
 * It is lenient. What it does not know, the binding would delete from the document by merely
 * opening it: unknown nodes and marks are shown as such, and content that does not fit is let be.
 */

import {
  type Attrs,
  Fragment,
  type Mark,
  type MarkType,
  type Node,
  type NodeSpec,
  type NodeType,
  Schema
} from 'prosemirror-model'
import source from '../../schema.json'
import { MARKS, NODES } from './dom'

interface Described {
  readonly content?: string
  readonly group?: string
  readonly excludes?: string
  readonly attrs?: Record<string, { readonly default: null }>
}

type Contents = Fragment | Node | readonly Node[] | null | undefined

function attributesOf(described: Described): Record<string, { default: null }> {
  const names = Object.keys(described.attrs ?? {})
  return Object.fromEntries(names.map((name) => [name, { default: null }]))
}

function nodeSpecs(): Record<string, NodeSpec> {
  const described = Object.entries(source.nodes as Record<string, Described>)
  return Object.fromEntries(
    described.map(([name, each]) => [
      name,
      {
        ...(each.content ? { content: each.content } : {}),
        ...(each.group ? { group: each.group, inline: each.group === 'inline' } : {}),
        ...(name === 'text' ? {} : { attrs: attributesOf(each) }),
        ...NODES[name]
      }
    ])
  )
}

function markSpecs() {
  const described = Object.entries(source.marks as Record<string, Described>)
  return Object.fromEntries(
    described.map(([name, each]) => [
      name,
      {
        attrs: attributesOf(each),
        ...(each.excludes === undefined ? {} : { excludes: each.excludes }),
        ...MARKS[name]
      }
    ])
  )
}

export class LenientSchema extends Schema {
  override node(
    type: string | NodeType,
    attrs?: Attrs | null,
    content?: Contents,
    marks?: readonly Mark[]
  ): Node {
    const known = typeof type === 'string' ? this.nodes[type] : type
    if (known === undefined) return this.#unknown(String(type), content)
    const fragment = known.inlineContent ? this.#inline(content) : Fragment.from(content)
    return known.create(attrs, fragment, marks)
  }

  override mark(type: string | MarkType, attrs?: Attrs | null): Mark {
    if (typeof type === 'string' && this.marks[type] === undefined) {
      return super.mark('unknown', { name: type })
    }
    // Other editors write a mark without attributes as `true`.
    return super.mark(type, typeof attrs === 'object' ? attrs : null)
  }

  #unknown(name: string, content: Contents): Node {
    const fragment = Fragment.from(content)
    const words = fragment.textBetween(0, fragment.size, ' ', ' ')
    return this.node('unknown_block', { name }, words ? this.text(words) : null)
  }

  /** What is a block, and unknown, was inline here. */
  #inline(content: Contents): Fragment {
    const nodes: Node[] = []
    Fragment.from(content).forEach((node) => {
      if (node.isInline) nodes.push(node)
      else nodes.push(this.node('unknown_inline', { name: node.attrs.name ?? node.type.name }))
    })
    return Fragment.from(nodes)
  }
}

export const schema = new LenientSchema({ nodes: nodeSpecs(), marks: markSpecs() })

function named<Type>(types: Record<string, Type>, name: string): Type {
  const type = types[name]
  if (type === undefined) throw new Error(`schema.json has no ${name}`)
  return type
}

/** Return a node type by its name in schema.json. */
export const nodeType = (name: string): NodeType => named(schema.nodes, name)

/** Return a mark type by its name in schema.json. */
export const markType = (name: string): MarkType => named(schema.marks, name)

export const BLOCK = nodeType('block')
export const CODE = nodeType('code_block')
export const INDENT_MAX = source.nodes.block.attrs.indent.maximum

/** Tell whether elements of that name are ours. */
export function knows(name: string): boolean {
  return name in source.nodes
}
