// Building elements; Telegram's entities as elements. Text only ever becomes text nodes.

export function h(tag, props, ...children) {
  const el = document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) el.addEventListener(key.slice(2), value);
    else if (key === 'class') el.className = value;
    else el.setAttribute(key, value === true ? '' : value);
  }
  el.append(...children.flat().filter(c => c !== null && c !== undefined && c !== false));
  return el;
}

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', '#i-' + name);
  svg.append(use);
  svg.setAttribute('aria-hidden', 'true');
  return svg;
}

/** Coloured initials, or a bot's face; `id` picks the colour. */
export function avatar(name, id, kind = '') {
  if (kind === 'bot') return h('span', { class: 'avatar bot', 'aria-hidden': 'true' }, icon('bot'));
  const first = [...(name || '?').trim()];
  const cjk = /\p{Script=Han}/u.test(first[0] || '');
  const words = name.trim().split(/\s+/);
  const text = cjk ? first[0] : words.slice(0, 2).map(w => [...w][0] || '').join('').toUpperCase();
  return h('span', { class: `avatar c${Math.abs(id) % 8} ${kind}`, 'aria-hidden': 'true' }, text || '?');
}

const TAGS = { bold: 'b', italic: 'i', underline: 'u', strikethrough: 's', code: 'code', pre: 'pre', blockquote: 'blockquote', expandable_blockquote: 'blockquote' };
const OPEN = /^(https?:|tg:|mailto:)/i;

/** Text with entities (UTF-16 offsets, as JavaScript counts) as nodes. `on` has link(url) and command(text). */
export function rich(text, entities, on) {
  const marks = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const build = (from, to, list) => {
    const out = [];
    let at = from;
    for (let i = 0; i < list.length; i++) {
      const e = list[i], end = Math.min(to, e.offset + e.length);
      if (e.offset < at) continue;
      if (e.offset > at) out.push(text.slice(at, e.offset));
      const inner = list.slice(i + 1).filter(o => o.offset >= e.offset && o.offset + o.length <= end);
      out.push(mark(e, text.slice(e.offset, end), build(e.offset, end, inner), on));
      at = end;
    }
    if (at < to) out.push(text.slice(at, to));
    return out;
  };
  return build(0, text.length, marks);
}

function mark(e, raw, inner, on) {
  switch (e.type) {
    case 'text_link': return link(e.url, inner, on);
    case 'url': return link(/^[a-z]+:/i.test(raw) ? raw : 'https://' + raw, inner, on);
    case 'email': return link('mailto:' + raw, inner, on);
    case 'text_mention': return h('span', { class: 'mention', title: e.user.first_name }, inner);
    case 'bot_command': return h('button', { type: 'button', class: 'command', onclick: () => on.command(raw) }, inner);
    case 'spoiler': return h('span', { class: 'spoiler', role: 'button', tabindex: '0', onclick: reveal, onkeydown: reveal }, inner);
    case 'expandable_blockquote': return h('blockquote', { class: 'long', onclick: ev => ev.currentTarget.classList.toggle('open') }, inner);
    case 'mention': case 'hashtag': case 'cashtag': return h('span', { class: 'mention' }, inner);
    default: return TAGS[e.type] ? h(TAGS[e.type], {}, inner) : h('span', {}, inner);
  }
}

function reveal(event) {
  if (event.type === 'click' || event.key === 'Enter') event.currentTarget.classList.add('seen');
}

function link(url, inner, on) {
  if (!OPEN.test(url)) return h('span', { class: 'mention' }, inner);
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer', onclick: ev => { if (on.link(url)) ev.preventDefault(); } }, inner);
}
