// The chat page: be anybody, and watch the bot live.

import { avatar, h, icon } from './dom.js';
import { drawFeed, plain, until } from './feed.js';
import { chatsOf, drawActs, drawChats, drawDeeds, drawMe, drawPeople, titleOf } from './sides.js';
import { act, bot, connect, isBot, listen, load, nameOf, now, store } from './store.js';
import { clock, keep, language, recall, t, toggle } from './words.js';

const $ = id => document.getElementById(id);
const asked = new URLSearchParams(location.search);
let me = Number(recall('me')) || 0, open = Number(recall('chat')) || 0;
let menu = '', context = null, anonymous = false, people = false, due = false, jump = true;

const chat = () => store.chats.get(open);
const standing = () => chat()?.members.get(me)?.status || 'left';
const staff = () => ['creator', 'administrator'].includes(standing());

async function attempt(body) {
  try { return await act(body); } catch (e) { toast(e.message, 'bad'); return undefined; }
}

// --- choosing
function settle() {
  const groups = [...store.chats.values()].filter(c => c.type !== 'private');
  if (asked.get('chat')) open = groups.find(c => c.title.includes(asked.get('chat')))?.id || open;
  if (asked.get('me')) me = [...store.users.values()].find(u => nameOf(u) === asked.get('me'))?.id || me;
  asked.delete('me');
  asked.delete('chat');
  if (!store.users.has(me) || isBot(me)) {
    const shown = store.chats.get(open) || chatsOf(0)[0];
    const first = shown && [...shown.members.values()].find(m => m.status === 'member' && !isBot(m.user.id));
    me = first?.user.id || [...store.users.keys()].find(id => !isBot(id)) || 0;
  }
  if (!chatsOf(me).some(c => c.id === open)) open = chatsOf(me)[0]?.id || 0;
}

function enter(id) {
  open = id;
  jump = true;
  context = null;
  menu = '';
  keep('chat', id);
  panel('none');
  draw();
}

function become(id) {
  me = id;
  people = anonymous = false;
  context = null;
  keep('me', id);
  settle();
  draw();
}

function panel(name) {
  document.body.dataset.panel = name;
}

// --- what people do
const view = {
  get me() { return me; },
  get menu() { return menu; },
  can: m => ({ edit: m.from.id === me && !m.sender_chat && !!m.text, delete: m.from.id === me || staff() }),
  choose(key) { menu = menu === key ? '' : key; draw(); },
  goto: go,
  reply(m) { context = { kind: 'reply', message: m }; menu = ''; draw(); $('text').focus(); },
  edit(m) { context = { kind: 'edit', message: m }; menu = ''; $('text').value = m.text; draw(); $('text').focus(); },
  remove(m) { menu = ''; attempt({ do: 'delete', user: me, chat: open, message_id: m.message_id }); },
  like(m) { menu = ''; const had = m._reactions?.[me]?.length; attempt({ do: 'react', user: me, chat: open, message_id: m.message_id, emoji: had ? [] : ['👍'] }); },
  vote: (m, c, i) => attempt({ do: 'vote', user: me, chat: c.id, message_id: m.message_id, options: [i] }),
  command: text => attempt({ do: 'say', user: me, chat: open, text }),
  link: started,
  button(m, c, b) {
    if (b.url) return h('a', { class: 'key', href: b.url, target: '_blank', rel: 'noopener noreferrer', onclick: e => { if (started(b.url)) e.preventDefault(); } }, b.text, ' ↗');
    return h('button', { type: 'button', class: 'key', onclick: e => press(e.currentTarget, m, c, b) }, b.text);
  },
};

async function press(el, m, c, b) {
  el.classList.add('busy');
  setTimeout(() => el.classList.remove('busy'), 1500);
  await attempt({ do: 'press', user: me, chat: c.id, message_id: m.message_id, data: b.callback_data });
}

/** A link that starts the bot: press Start there. True when it was one. */
function started(url) {
  const found = /^(?:https:\/\/)?t\.me\/(\w+)\?start=([\w-]*)$/i.exec(url);
  if (!found || found[1].toLowerCase() !== bot()?.username.toLowerCase()) return false;
  begin(found[2]);
  return true;
}

async function begin(payload = '') {
  if (await attempt({ do: 'start', user: me, payload }) !== undefined) {
    await load();
    enter(me);
  }
}

async function send(event) {
  event?.preventDefault();
  const text = $('text').value.trim();
  if (!text) return;
  const where = { user: me, chat: open, text };
  const done = context?.kind === 'edit'
    ? await attempt({ do: 'edit', ...where, message_id: context.message.message_id })
    : await attempt({ do: 'say', ...where, reply_to: context?.message.message_id ?? null, anonymous });
  if (done === undefined) return;
  $('text').value = '';
  context = null;
  jump = true;
  draw();
}

async function sendPhoto() {
  const file = $('file').files[0];
  if (!file) return;
  if (file.size > 10 << 20) { toast(t().pickPhoto, 'bad'); return; }
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (let i = 0; i < bytes.length; i += 32768) binary += String.fromCharCode(...bytes.subarray(i, i + 32768));
  const caption = $('text').value.trim();
  $('text').value = $('file').value = '';
  jump = true;
  await attempt({ do: 'photo', user: me, chat: open, data: btoa(binary), caption, anonymous });
}

function go(where, messageId) {
  if (where !== open && store.chats.has(where) && chatsOf(me).some(c => c.id === where)) enter(where);
  panel('none');
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const el = messageId && document.getElementById('m' + messageId);
    if (!el) return;
    el.scrollIntoView({ block: 'center' });
    el.classList.remove('flash');
    void el.offsetWidth;
    el.classList.add('flash');
  }));
}

// --- drawing
function draw() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => { due = false; drawNow(); });
}

function drawNow() {
  const c = chat(), feed = $('feed');
  if (c) c.unread = 0;
  document.documentElement.lang = language() === 'zh' ? 'zh-Hans' : 'en';
  for (const el of document.querySelectorAll('[data-word]')) el.textContent = t()[el.dataset.word];
  for (const el of document.querySelectorAll('[data-label]')) { el.title = t()[el.dataset.label]; el.setAttribute('aria-label', el.title); }
  $('lang').textContent = language() === 'zh' ? 'EN' : '中文';
  $('search').placeholder = t().search;
  $('text').placeholder = t().write;
  drawChats($('chats'), me, open, enter);
  $('title').textContent = c ? titleOf(c) : '';
  $('subtitle').textContent = c ? about(c) : '';
  $('face').replaceChildren(c ? avatar(titleOf(c), c.type === 'private' ? bot()?.id : c.id, c.type === 'private' ? 'bot' : '') : '');
  $('who').replaceChildren(store.users.has(me) ? avatar(nameOf(store.users.get(me)), me) : '');
  drawPin(c);
  const near = drawFeed(feed, c, view);
  if (near || jump) feed.scrollTop = feed.scrollHeight;
  jump = false;
  drawWrite(c);
  drawMe($('me'), me, c, people);
  $('people').hidden = !people;
  if (people) drawPeople($('found'), me, c, $('search').value, become);
  drawDeeds($('deeds'), me, c, {
    join: () => attempt({ do: 'join', user: me, chat: open }),
    leave: () => attempt({ do: 'leave', user: me, chat: open }),
    boost: async () => { if (await attempt({ do: 'boost', user: me, chat: open }) !== undefined) toast(t().boosted); },
    upgrade: () => attempt({ do: 'upgrade', by: me, chat: open }),
    start: () => (store.chats.has(me) ? enter(me) : begin()),
  });
  drawActs($('acts'), go);
  $('lost').hidden = store.live;
  drawClock();
}

function about(c) {
  if (c.type === 'private') return t().bot;
  const inside = [...c.members.values()].filter(m => !['left', 'kicked'].includes(m.status) && m.is_member !== false);
  return `${t().members(inside.length)} · ${t()[c.type]}`;
}

function drawPin(c) {
  const m = c && c.messages.get(c.pinned.at(-1));
  $('pin').hidden = !m || m.gone;
  if (m) {
    $('pin').replaceChildren(icon('pin'), h('span', {}, h('b', {}, t().pinned), h('span', {}, plain(m))));
    $('pin').onclick = () => go(c.id, m.message_id);
  }
}

function drawWrite(c) {
  const [text, label, fn] = instead(c);
  $('row').hidden = !!text || !c;
  $('instead').hidden = !text;
  $('instead').replaceChildren(h('p', {}, text || ''), label ? h('button', { type: 'button', class: 'main', onclick: fn }, label) : '');
  $('anonymous').hidden = !staff() || c?.type === 'private';
  $('anonymous').setAttribute('aria-pressed', String(anonymous));
  $('context').hidden = !context;
  if (context) {
    const title = context.kind === 'edit' ? t().editing : t().replyTo(nameOf(context.message.from));
    const close = () => { if (context.kind === 'edit') $('text').value = ''; context = null; draw(); };
    $('context').replaceChildren(icon(context.kind), h('span', {}, h('b', {}, title), h('span', {}, plain(context.message))), h('button', { type: 'button', class: 'icon', 'aria-label': t().close, onclick: close }, icon('close')));
  }
}

/** What stands where one would write, when one may not: [text, button, act]. */
function instead(c) {
  if (!c) return [];
  if (c.type === 'private') return [];
  const m = c.members.get(me), over = m?.until_date && m.until_date <= now();
  switch (over ? '' : m?.status || 'left') {
    case 'restricted':
      if (m.is_member === false) break;
      return m.can_send_messages ? [] : [m.until_date ? t().mutedUntil(until(m.until_date)) : t().mutedEver];
    case 'kicked': return [m.until_date ? t().bannedUntil(until(m.until_date)) : t().bannedEver];
    case 'left': break;
    default: return m?.status === 'kicked' ? [t().notHere(nameOf(m.user)), t().join, join] : [];
  }
  return [t().notHere(nameOf(store.users.get(me))), t().join, join];
}

const join = () => attempt({ do: 'join', user: me, chat: open });

function drawClock() {
  $('clock').hidden = !store.movable;
  $('clock').querySelector('time').textContent = `${clock(now(), 0)}`;
}

function toast(text, kind = '') {
  const el = h('p', { class: kind }, text);
  $('toasts').append(el);
  setTimeout(() => el.remove(), 4500);
}

// --- wiring
listen((kind, body) => {
  if (kind === 'state') settle();
  if (kind === 'chat' && body.was === open) enter(body.chat.id);
  if (kind === 'toast' && body.user === me) {
    if (body.url) started(body.url);
    else if (body.alert) { $('alert').querySelector('p').textContent = body.text; $('alert').showModal(); }
    else if (body.text) toast(body.text);
  }
  draw();
});
$('write').addEventListener('submit', send);
$('text').addEventListener('keydown', e => { if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) send(e); });
$('text').addEventListener('input', () => { $('text').rows = Math.min(6, $('text').value.split('\n').length); });
$('attach').addEventListener('click', () => $('file').click());
$('file').addEventListener('change', sendPhoto);
$('anonymous').addEventListener('click', () => { anonymous = !anonymous; draw(); });
$('lang').addEventListener('click', () => { toggle(); draw(); });
$('me').addEventListener('click', () => { people = !people; $('search').value = ''; draw(); if (people) requestAnimationFrame(() => requestAnimationFrame(() => $('search').focus())); });
$('search').addEventListener('input', draw);
for (const el of document.querySelectorAll('button[data-panel]')) el.addEventListener('click', () => panel(el.dataset.panel));
for (const el of document.querySelectorAll('#clock button')) el.addEventListener('click', () => attempt({ do: 'clock', seconds: Number(el.dataset.seconds) }));
document.addEventListener('keydown', e => { if (e.key === 'Escape') { panel('none'); menu = ''; people = false; draw(); } });
setInterval(() => { if (store.movable) drawClock(); }, 1000);
connect();
