// The middle column: messages of one chat, as one person sees them.

import { avatar, h, icon, rich } from './dom.js';
import { isBot, nameOf, now, store } from './store.js';
import { clock, day, t } from './words.js';

const SHOWN = 300;
let cache = new Map();

/** Why the bot did something to a message: notes that name it, or the act's own words. */
export function reasons(chat, messageId) {
  return [...new Set(store.acts.filter(a => a.chat === chat && a.message_id === messageId && a.text).map(a => t().why(a.text)))];
}

export function plain(m) {
  return m.text || m.caption || service(m) || (m.photo ? t().photoWord : carried(m) || t().other);
}

/** What a message holds that is neither text nor a photo, as one line; '' for nothing. */
function carried(m) {
  const flat = x => (typeof x === 'string' ? x : Array.isArray(x) ? x.map(flat).join('') : flat(x?.text ?? ''));
  if (m.sticker) return m.sticker.emoji || '🖼';
  if (m.poll) return `📊 ${m.poll.question}`;
  if (m.dice) return `${m.dice.emoji} ${m.dice.value}`;
  if (m.contact) return `👤 ${m.contact.first_name} ${m.contact.phone_number}`;
  if (m.venue) return `📍 ${m.venue.title}`;
  if (m.location) return '📍';
  if (m.story) return '📖';
  if (m.game) return `🎮 ${m.game.title}`;
  if (m.checklist) return `☑ ${m.checklist.title}\n` + m.checklist.tasks.map(x => x.text).join('\n');
  if (m.rich_message) return m.rich_message.blocks.map(flat).join('\n');
  const file = m.animation || m.video || m.document || m.audio;
  if (file) return `📎 ${file.file_name || ''}`;
  return m.voice || m.video_note ? '🎤' : '';
}

function person(user) {
  return nameOf(store.users.get(user?.id) || user);
}

export function service(m) {
  const w = t().service, who = m.sender_chat ? m.sender_chat.title : person(m.from);
  if (m.new_chat_members) {
    const names = m.new_chat_members.map(person).join(', ');
    return m.new_chat_members.every(u => u.id === m.from.id) ? w.joined(names) : w.added(who, names);
  }
  if (m.left_chat_member) return m.left_chat_member.id === m.from.id ? w.left(who) : w.out(who, person(m.left_chat_member));
  if (m.migrate_from_chat_id || m.migrate_to_chat_id) return w.upgraded;
  if (m.pinned_message) return w.pinned(who);
  if (m.forum_topic_created) return w.topic(who, m.forum_topic_created.name);
  if (m.forum_topic_edited) return w.topicNew(who, m.forum_topic_edited.name);
  if (m.forum_topic_closed) return w.topicShut(who);
  if (m.forum_topic_reopened) return w.topicOpen(who);
  if (m.boost_added) return w.boosted(who);
  if (m.gift) return w.gift(who, m.gift.gift.sticker.emoji, m.gift.gift.star_count);
  return '';
}

/** Fill `feed` with the chat's messages; nodes of unchanged messages stay. `view` has me, menu and handlers. */
export function drawFeed(feed, chat, view) {
  const nodes = [], next = new Map();
  let before = null, lastDay = '';
  const list = chat ? [...chat.messages.values()].slice(-SHOWN) : [];
  for (const m of list) {
    const today = day(m.date);
    if (today !== lastDay) nodes.push(h('p', { class: 'day' }, (lastDay = today)));
    const said = service(m);
    if (said && m.gone) continue;
    const follows = !said && before && sender(before).id === sender(m).id && m.date - before.date < 300;
    const key = `${chat.id}:${m.message_id}`;
    const why = reasons(chat.id, m.message_id);
    const sign = JSON.stringify([m, follows, why, view.me, view.menu === key, t().sandbox, chat.type, view.can(m)]);
    const old = cache.get(key);
    const made = old?.sign === sign ? old : { sign, node: said ? h('p', { class: 'service' }, said) : bubble(m, chat, view, { follows, why, key }) };
    next.set(key, made);
    nodes.push(made.node);
    before = said ? null : m;
  }
  cache = next;
  if (!list.length) nodes.push(h('p', { class: 'empty' }, t().noMessages));
  const near = feed.scrollHeight - feed.scrollTop - feed.clientHeight < 120;
  feed.replaceChildren(...nodes);
  return near;
}

function sender(m) {
  return m.sender_chat || m.from;
}

function bubble(m, chat, view, { follows, why, key }) {
  const from = sender(m), mine = m.from.id === view.me && !m.sender_chat, byBot = isBot(m.from.id);
  const name = m.sender_chat ? m.sender_chat.title : person(m.from);
  const classes = ['message', mine && 'mine', follows && 'follows', m.gone && 'gone', byBot && 'by-bot', view.menu === key && 'chosen'];
  const body = [];
  if (!mine && !follows && chat.type !== 'private') {
    body.push(h('div', { class: `name c${Math.abs(from.id) % 8}` }, name, byBot && h('span', { class: 'tag' }, t().bot), !m.sender_chat && chat.members.get(from.id)?.tag && h('span', { class: 'tag' }, chat.members.get(from.id).tag), m.sender_chat && icon('mask')));
  }
  const quoted = m.reply_to_message;
  if (quoted) body.push(h('button', { type: 'button', class: 'quote', onclick: () => view.goto(chat.id, quoted.message_id) }, h('b', {}, person(quoted.from)), h('span', {}, plain(quoted))));
  if (m.photo) {
    const size = m.photo[m.photo.length - 1];
    body.push(h('img', { class: 'photo', src: '/sandbox/photo/' + size.file_id, width: size.width, height: size.height, alt: t().photoWord, loading: 'lazy' }));
  }
  const words = m.text || m.caption || carried(m);
  const when = h('span', { class: 'when' }, m.edit_date ? t().edited + ' ' : '', clock(m.date));
  if (words) body.push(h('div', { class: 'words' }, h('span', { class: 'said' }, rich(words, m.entities || m.caption_entities, view)), when));
  else body.push(when);
  const liked = Object.values(m._reactions || {}).flat();
  if (liked.length) body.push(h('div', { class: 'reactions' }, [...new Set(liked)].map(e => h('span', {}, e, ' ', String(liked.filter(x => x === e).length)))));
  if (m.poll) body.push(poll(m, chat, view));
  const rows = (!m.gone && m.reply_markup?.inline_keyboard) || [];
  const keys = rows.length ? h('div', { class: 'keyboard' }, rows.map(row => h('div', {}, row.map(b => view.button(m, chat, b))))) : null;
  const notes = [];
  if (m.gone && m.by) notes.push(h('b', {}, m.by === m.from.id ? t().removedSelf : t().removedBy(nameOf(store.users.get(m.by)))));
  why.forEach(line => notes.push(h('span', {}, line)));
  return h('article', { class: classes.filter(Boolean).join(' '), id: `m${m.message_id}` },
    mine || chat.type === 'private' ? null : (follows ? h('span', { class: 'avatar blank' }) : avatar(name, from.id, byBot ? 'bot' : '')),
    h('div', { class: 'stack' },
      h('div', { class: 'line' },
        h('div', { class: 'bubble' }, body),
        m.gone ? null : h('button', { type: 'button', class: 'icon more', 'aria-label': t().more, onclick: () => view.choose(key) }, icon('more'))),
      keys,
      view.menu === key ? menu(m, chat, view) : null,
      notes.length ? h('aside', { class: m.gone ? 'why' : 'why calm' }, icon(m.gone ? 'trash' : 'note'), h('div', {}, notes)) : null));
}

/** The options of a poll: to press while it is open, with the counts once I voted or it is over. */
function poll(m, chat, view) {
  const p = m.poll, mine = m._votes?.[view.me], over = p.is_closed || (p.open_period && now() >= m.date + p.open_period);
  const seen = !!mine || over, right = p.correct_option_ids || [];
  const row = (o, i) => {
    const share = p.total_voter_count ? Math.round(100 * o.voter_count / p.total_voter_count) : 0;
    const sign = seen && p.type === 'quiz' && right.includes(i) ? '✓ ' : mine?.includes(i) ? '● ' : '';
    return h('button', { type: 'button', class: 'key', disabled: seen || m.gone, onclick: () => view.vote(m, chat, i) }, `${sign}${o.text}${seen ? ` · ${share}%` : ''}`);
  };
  return h('div', { class: 'poll' }, p.options.map(row), h('span', { class: 'when' }, t().votes(p.total_voter_count)),
    seen && p.explanation ? h('div', { class: 'words' }, p.explanation) : null);
}

function menu(m, chat, view) {
  const item = (name, label, fn) => h('button', { type: 'button', class: 'quiet', onclick: fn }, icon(name), label);
  const can = view.can(m);
  return h('div', { class: 'menu' },
    item('reply', t().reply, () => view.reply(m)),
    item('like', t().like, () => view.like(m)),
    can.edit ? item('edit', t().edit, () => view.edit(m)) : null,
    can.delete ? item('trash', t().delete, () => view.remove(m)) : null);
}

/** Until when, in words; '' when for ever. */
export const until = seconds => (seconds ? clock(seconds, now()) : '');
