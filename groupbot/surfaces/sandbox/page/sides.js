// The outer columns: chats on the left; who I am and what the bot did on the right.

import { avatar, h, icon } from './dom.js';
import { plain, until } from './feed.js';
import { bot, isBot, nameOf, now, store } from './store.js';
import { clock, t } from './words.js';

export const titleOf = chat => (chat.type === 'private' ? nameOf(bot()) : chat.title);

/** Chats this person may look at: all groups, and their own talk with the bot. */
export function chatsOf(me) {
  const newest = c => [...c.messages.values()].at(-1)?.date || 0;
  return [...store.chats.values()].filter(c => c.type !== 'private' || c.id === me).sort((a, b) => newest(b) - newest(a));
}

export function drawChats(nav, me, open, pick) {
  const items = chatsOf(me).map(c => {
    const last = [...c.messages.values()].filter(m => !m.gone).at(-1);
    const who = last && c.type !== 'private' && (last.text || last.caption || last.photo) ? (last.sender_chat?.title || nameOf(store.users.get(last.from.id) || last.from)) + ': ' : '';
    return h('button', { type: 'button', class: 'chat', 'aria-current': c.id === open ? 'true' : null, onclick: () => pick(c.id) },
      avatar(titleOf(c), c.type === 'private' ? bot()?.id : c.id, c.type === 'private' ? 'bot' : ''),
      h('span', { class: 'grow' },
        h('span', { class: 'first' }, h('b', {}, titleOf(c)), last ? h('time', {}, clock(last.date, now())) : null),
        h('span', { class: 'second' }, h('span', {}, last ? who + plain(last) : t()[c.type]), c.unread ? h('i', {}, String(c.unread)) : null)));
  });
  nav.replaceChildren(...(items.length ? items : [h('p', { class: 'empty' }, t().noChats)]));
}

const BADGE = { creator: ['crown', 'owner'], administrator: ['star', 'administrator'], restricted: ['mute', 'restricted'], kicked: ['ban', 'kicked'], member: [null, 'member'], left: [null, 'left'] };

/** [icon name, word] of a person's standing in a chat. */
function standing(chat, id) {
  if (!chat || chat.type === 'private') return [null, ''];
  const m = chat.members.get(id), known = BADGE[m?.status || 'left'];
  const over = m?.until_date && m.until_date <= now();
  return over ? BADGE[m.status === 'restricted' ? 'member' : 'left'] : known;
}

function card(id, chat) {
  const user = store.users.get(id), [badge, word] = standing(chat, id);
  return [avatar(nameOf(user), id), h('span', { class: 'grow' }, h('b', {}, nameOf(user)), h('small', {}, badge ? icon(badge) : null, word ? t()[word] : ''))];
}

export function drawMe(el, me, chat, openPeople) {
  el.replaceChildren(...(store.users.has(me) ? card(me, chat) : []), icon('chevron'));
  el.setAttribute('aria-expanded', String(openPeople));
}

const ORDER = ['creator', 'administrator', 'member', 'restricted', 'kicked', 'left'];

export function drawPeople(el, me, chat, wanted, pick) {
  const rank = id => ORDER.indexOf(chat?.members.get(id)?.status || 'left');
  const match = u => !isBot(u.id) && (nameOf(u) + ' ' + (u.username || '')).toLowerCase().includes(wanted.trim().toLowerCase());
  const found = [...store.users.values()].filter(match).sort((a, b) => rank(a.id) - rank(b.id));
  el.replaceChildren(...(found.length ? found.map(u => h('button', { type: 'button', role: 'option', 'aria-selected': String(u.id === me), onclick: () => pick(u.id) }, card(u.id, chat))) : [h('p', { class: 'empty' }, t().nobody)]));
}

/** Big buttons for what a person can do now besides writing. */
export function drawDeeds(el, me, chat, on) {
  const deed = (label, fn, kind = '') => h('button', { type: 'button', class: 'deed ' + kind, onclick: fn }, label);
  const status = chat && chat.type !== 'private' ? chat.members.get(me)?.status || 'left' : '';
  const inside = ['creator', 'administrator', 'member', 'restricted'].includes(status);
  const items = [];
  if (status && !inside) items.push(deed(t().join, on.join));
  if (!chat || chat.type !== 'private') items.push(deed(t().startChat, on.start));
  if (status === 'creator' && chat.type === 'group') items.push(deed(t().upgrade, on.upgrade));
  if (inside && chat.type === 'supergroup') items.push(deed(t().boost, on.boost, 'soft'));
  if (inside && status !== 'creator') items.push(deed(t().leave, on.leave, 'soft'));
  el.replaceChildren(...items);
}

const ICONS = { removed: 'trash', delete: 'trash', muted: 'mute', restrict: 'mute', banned: 'ban', ban: 'ban', freed: 'free', send: 'send', answer: 'reply', edit: 'edit', pin: 'pin' };

const SANCTIONS = { restrict: ['muted', 'freed'], ban: ['banned', 'freed'] };

/** The bot's acts as [act, reasons]: a note about a message or a sanction joins the act it explains, the first
 * that has no reason yet: they are told in the order of the acts. */
function told() {
  const lines = [];
  for (const a of store.acts) {
    const same = ([l]) => l.user && l.chat === a.chat && (a.message_id ? l.message_id === a.message_id : (SANCTIONS[a.kind] || []).includes(l.kind) && Math.abs(l.at - a.at) < 5);
    const fit = a.user ? [] : lines.filter(same);
    const act = fit.find(([, why]) => !why.length) || fit.at(-1);
    if (act) act[1].push(a.text);
    else lines.push([a, []]);
  }
  return lines.slice(-100).reverse();
}

export function drawActs(el, go) {
  const items = told().map(([a, why]) => {
    const who = nameOf(store.users.get(a.user)), chat = store.chats.get(a.chat);
    const did = a.user ? t().act[a.kind](who, a.kind === 'removed' ? a.said : until(a.until)) : t().did[a.kind];
    const reasons = (a.user ? why : did ? [a.text] : []).map(t().why);
    return h('li', { class: a.kind },
      h('button', { type: 'button', onclick: () => go(a.chat, a.message_id) },
        h('span', { class: 'sign' }, icon(ICONS[a.kind] || 'note')),
        h('span', { class: 'grow' }, h('span', { class: 'deed-text' }, did || t().why(a.text)), reasons.map(w => h('span', { class: 'reason' }, w)),
          h('small', {}, [chat && titleOf(chat), clock(a.at, now())].filter(Boolean).join(' · ')))));
  });
  el.replaceChildren(...(items.length ? items : [h('li', { class: 'empty' }, t().silentActs)]));
}
