// What the page says, in Chinese and English.

const WORDS = {
  zh: {
    sandbox: '沙盒', iam: '我是谁', acts: '机器人做了什么', ok: '好', close: '关闭', chats: '聊天', people: '我和机器人',
    photo: '发图片', send: '发送', anonymous: '以群身份发言(匿名管理员)', lost: '连接断开,正在重连…', write: '写点什么…',
    search: '找人:名字', nobody: '没有这个人', owner: '群主', administrator: '管理员', member: '成员',
    restricted: '已禁言', kicked: '已移出', left: '不在群里', bot: '机器人', start: '开始', startChat: '和机器人私聊',
    join: '加入群', leave: '退出群', upgrade: '升级为超级群', boost: '给群助力', boosted: '已助力 30 天', private: '私聊', group: '普通群', supergroup: '超级群',
    members: n => `${n} 位成员`, edited: '已编辑', reply: '回复', edit: '编辑', delete: '删除', like: '点赞', more: '更多',
    replyTo: n => `回复 ${n}`, editing: '编辑消息', removedBy: n => `${n}收起了这条`, removedSelf: '本人撤回', pinned: '置顶',
    silentActs: '还没有动作。机器人每做一件事,原因都写在这里。', noMessages: '还没有消息。说句话试试。', noChats: '还没有聊天。',
    startHint: '按「开始」后,机器人才能给你发消息。', mutedUntil: t => `禁言中,${t} 自动恢复`, mutedEver: '禁言中', bannedUntil: t => `已被移出,${t} 后可再加入`,
    bannedEver: '已被移出本群', notHere: n => `${n}不在这个群里`, you: '我', today: '今天',
    act: { removed: (w, s) => `收起了${w}的消息${s ? '「' + s + '」' : ''}`, muted: (w, t) => `${w}禁言${t ? '到 ' + t : ''}`, banned: (w, t) => `移出了${w}${t ? ',到 ' + t : ''}`, freed: w => `解除了对${w}的限制` },
    did: { send: '发言', edit: '改了一条消息', delete: '收起了一条消息', restrict: '调整发言权限', ban: '移出', pin: '置顶', leave: '离开', answer: '回答' },
    service: { joined: n => `${n} 加入了群`, added: (a, n) => `${a} 添加了 ${n}`, left: n => `${n} 离开了群`, out: (a, n) => `${a} 移出了 ${n}`, upgraded: '已升级为超级群', pinned: n => `${n} 置顶了一条消息`, topic: (n, x) => `${n} 开了话题「${x}」`, topicNew: (n, x) => `${n} 把话题改名为「${x}」`, topicShut: n => `${n} 关闭了话题`, topicOpen: n => `${n} 重新开放了话题`, boosted: n => `${n} 给群助力了`, gift: (n, x, s) => `${n} 送来礼物 ${x}(${s} Stars)` },
    why: s => s.replace(/^answer to a button$/, '回应按钮').replace(/^answer to (\/\S+)$/, '回应 $1').replace(/^a polite no to (\S+)$/, '婉拒 $1').replace(/^its time was up$/, '到时间收起').replace(/^card brought up to date$/, '更新数字'),
    votes: n => `${n} 人投票`,
    photoWord: '[图片]', pickPhoto: '图片最大 10 MB', other: '[消息]',
  },
  en: {
    sandbox: 'sandbox', iam: 'Who am I', acts: 'What the bot did', ok: 'OK', close: 'Close', chats: 'Chats', people: 'Me and the bot',
    photo: 'Send a photo', send: 'Send', anonymous: 'Write as the group (anonymous admin)', lost: 'Connection lost, trying again…', write: 'Message',
    search: 'Find a person', nobody: 'Nobody of that name', owner: 'owner', administrator: 'admin', member: 'member',
    restricted: 'muted', kicked: 'removed', left: 'not in this group', bot: 'bot', start: 'Start', startChat: 'Talk to the bot',
    join: 'Join the group', leave: 'Leave the group', upgrade: 'Upgrade to supergroup', boost: 'Boost the group', boosted: 'Boosted for 30 days', private: 'private', group: 'basic group', supergroup: 'supergroup',
    members: n => `${n} member${n === 1 ? '' : 's'}`, edited: 'edited', reply: 'Reply', edit: 'Edit', delete: 'Delete', like: 'Like', more: 'More',
    replyTo: n => `Reply to ${n}`, editing: 'Edit message', removedBy: n => `removed by ${n}`, removedSelf: 'taken back by the author', pinned: 'Pinned',
    silentActs: 'Nothing yet. Whatever the bot does appears here, with its reason.', noMessages: 'No messages yet. Say something.', noChats: 'No chats yet.',
    startHint: 'The bot can write to you once you press Start.', mutedUntil: t => `Muted, free again at ${t}`, mutedEver: 'Muted', bannedUntil: t => `Removed, may come back after ${t}`,
    bannedEver: 'Removed from this group', notHere: n => `${n} is not in this group`, you: 'me', today: 'Today',
    act: { removed: (w, s) => `removed ${w}’s message${s ? ' “' + s + '”' : ''}`, muted: (w, t) => `muted ${w}${t ? ' until ' + t : ''}`, banned: (w, t) => `removed ${w}${t ? ' until ' + t : ''}`, freed: w => `lifted the limits of ${w}` },
    did: { send: 'spoke', edit: 'edited a message', delete: 'removed a message', restrict: 'changed who may write', ban: 'removed a member', pin: 'pinned', leave: 'left', answer: 'answered' },
    service: { joined: n => `${n} joined`, added: (a, n) => `${a} added ${n}`, left: n => `${n} left`, out: (a, n) => `${a} removed ${n}`, upgraded: 'became a supergroup', pinned: n => `${n} pinned a message`, topic: (n, x) => `${n} opened the topic “${x}”`, topicNew: (n, x) => `${n} named the topic “${x}”`, topicShut: n => `${n} closed the topic`, topicOpen: n => `${n} opened the topic again`, boosted: n => `${n} boosted the group`, gift: (n, x, s) => `${n} sent a gift ${x} (${s} Stars)` },
    why: s => s,
    votes: n => `${n} vote${n === 1 ? '' : 's'}`,
    photoWord: '[photo]', pickPhoto: 'A photo may have 10 MB', other: '[message]',
  },
};

let lang = recall('lang') || ((navigator.language || '').toLowerCase().startsWith('zh') ? 'zh' : 'en');

export const t = () => WORDS[lang];
export const language = () => lang;

export function toggle() {
  lang = lang === 'zh' ? 'en' : 'zh';
  keep('lang', lang);
}

/** Time of day, with the date when it is not the day of `now`; both Unix seconds. */
export function clock(seconds, now = seconds) {
  const at = new Date(seconds * 1000), today = new Date(now * 1000).toDateString() === at.toDateString();
  const day = today ? {} : { month: 'numeric', day: 'numeric' };
  return new Intl.DateTimeFormat(lang, { ...day, hour: '2-digit', minute: '2-digit', hour12: false }).format(at);
}

export const day = seconds => new Intl.DateTimeFormat(lang, { month: 'long', day: 'numeric', weekday: 'short' }).format(new Date(seconds * 1000));

export function recall(key) {
  try { return localStorage.getItem('groupbot.' + key); } catch { return null; }
}

export function keep(key, value) {
  try { localStorage.setItem('groupbot.' + key, value); } catch { /* private windows may refuse; nothing depends on it */ }
}
