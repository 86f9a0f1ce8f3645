// What the page knows: the whole state once a connection, then only changes.

export const store = { now: 0, skew: 0, movable: false, users: new Map(), chats: new Map(), acts: [], bots: [], live: false };
const listeners = [];
export const listen = fn => listeners.push(fn);
const tell = (kind, body = {}) => listeners.forEach(fn => fn(kind, body));

export const now = () => Date.now() / 1000 + store.skew;
export const isBot = id => store.bots.some(b => b.user === id);
export const bot = () => store.users.get(store.bots[0]?.user);

export function nameOf(user) {
  return user ? [user.first_name, user.last_name].filter(Boolean).join(' ') : '?';
}

function room(chat) {
  let found = store.chats.get(chat.id);
  if (!found) store.chats.set(chat.id, found = { ...chat, pinned: [], messages: new Map(), members: new Map(), unread: 0 });
  return found;
}

function take(state) {
  store.skew = state.now - Date.now() / 1000;
  store.movable = state.movable;
  store.users = new Map(state.users.map(u => [u.id, u]));
  store.acts = state.acts;
  store.bots = state.bots;
  const unread = new Map([...store.chats.values()].map(c => [c.id, c.unread]));
  store.chats = new Map();
  for (const c of state.chats) {
    const made = room({ id: c.id, type: c.type, title: c.title, first_name: c.first_name });
    made.unread = unread.get(c.id) || 0;
    made.pinned = c.pinned;
    made.members = new Map(c.members.map(m => [m.user.id, m]));
    const all = [...c.messages, ...c.removed.map(m => ({ ...m, gone: true, by: m._by }))];
    made.messages = new Map(all.sort((a, b) => a.message_id - b.message_id).map(m => [m.message_id, m]));
  }
}

const CHANGES = {
  user: b => store.users.set(b.user.id, b.user),
  message(b) {
    if (b.message.migrate_to_chat_id) { store.chats.delete(b.message.chat.id); return; }  // nothing stands there any more
    const made = room(b.message.chat);
    made.messages.set(b.message.message_id, b.message);
    made.unread += 1;
    const from = b.message.from;
    if (from && !store.users.has(from.id) && !b.message.sender_chat) store.users.set(from.id, from);
  },
  edited: b => room(b.message.chat).messages.set(b.message.message_id, b.message),
  removed(b) {
    const c = store.chats.get(b.chat), found = c?.messages.get(b.message_id);
    if (!found) return;
    c.messages.set(b.message_id, { ...found, gone: true, by: b.by });
    c.pinned = c.pinned.filter(id => id !== b.message_id);
  },
  pinned(b) { const c = store.chats.get(b.chat); if (c) c.pinned = b.pinned; },
  member: b => store.chats.get(b.chat)?.members.set(b.member.user.id, b.member),
  reaction(b) {
    const m = store.chats.get(b.chat)?.messages.get(b.message_id);
    if (m) store.chats.get(b.chat).messages.set(b.message_id, { ...m, _reactions: { ...m._reactions, [b.user]: b.emoji } });
  },
  act(b) {  // told while the state was read, it may stand in both
    const told = JSON.stringify(b.act);
    if (!store.acts.some(a => JSON.stringify(a) === told)) store.acts.push(b.act);
  },
  clock: b => { store.skew = b.now - Date.now() / 1000; },
};

let loading = false, early = [];

export async function load() {
  loading = true;
  try {
    const answer = await fetch('/sandbox/state');
    take(await answer.json());
    store.live = true;
    for (const change of early) CHANGES[change.kind]?.(change);
    tell('state');
  } catch {
    store.live = false;
    tell('lost');
  } finally {
    loading = false;
    early = [];
  }
}

export function connect() {
  const stream = new EventSource('/sandbox/events');
  stream.onopen = load;
  stream.onerror = () => { store.live = false; tell('lost'); };
  stream.onmessage = event => {
    const change = JSON.parse(event.data);
    if (change.kind === 'chat') {  // rare: a new group or an upgraded one
      tell('chat', change);  // first: who looks at the old one looks at the new one when it is there
      load();
      return;
    }
    if (loading) early.push(change);
    CHANGES[change.kind]?.(change);
    tell(change.kind, change);
  };
}

/** Do something as a person; the refusal's text is thrown. */
export async function act(body) {
  const answer = await fetch('/sandbox/act', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const found = await answer.json();
  if (!found.ok) throw new Error(found.error);
  return found.result;
}
