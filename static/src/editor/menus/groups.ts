/** A group of things to choose from, under its name. */

export function groupOf(name: string, ...members: HTMLElement[]): HTMLElement {
  const group = document.createElement('div')
  group.setAttribute('role', 'group')
  group.setAttribute('aria-label', name)
  const heading = document.createElement('div')
  heading.className = 'group'
  heading.setAttribute('aria-hidden', 'true')
  heading.textContent = name
  group.append(heading, ...members)
  return group
}
