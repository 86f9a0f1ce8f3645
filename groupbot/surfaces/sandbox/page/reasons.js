// The bot's reasons, which it writes in English, said in Chinese. What is not known here stays as it is.

const RULES = {
  phrases: '约定不说的词', contact: '站外联系方式', invites: '别的群的链接', links: '站外链接', forwards: '转发', flood: '刷屏', locks: '锁定的类型',
  blocklist: '屏蔽清单', newcomer: '新人慢一点', spam: '像广告', unknown: '不认识的内容', reports: '多人举报', raid: '防刷群',
};
const ACTS = {
  send: '发言', edit: '改消息', delete: '收起', restrict: '调整发言权限', ban: '移出', pin: '置顶', pinmessage: '置顶', unpin: '取消置顶', leave: '离开', answer: '回答',
  permit: '调整群权限', admit: '入群申请', promote: '调整管理员', topic: '话题',
};
const PARTS = {
  promos: '内容计划', redpacket: '红包', lottery: '抽奖', checkin: '签到', quiz: '问答', contest: '评选', coupons: '优惠券', shop: '积分商店', gathering: '活动',
  notices: '通知', entry: '进群', entry_captcha: '进群验证', entry_greetings: '欢迎', greetings: '欢迎', captcha: '进群验证', guarding: '防刷群', rules: '群规', moderation: '群管', reports: '举报',
  engagement: '数据', setup: '设置', help: '帮助', members: '成员', people: '成员', privacy: '隐私', ledger: '积分', invites: '邀请', referral: '邀请', care: '关怀', campaigns: '专案',
  experts: '专家答疑', scenes: '场景卡', market: '市场反馈', theme: '主题', attitude: '月度问题', orders: '订单', log: '日志', commands: '命令', locks: '锁定', blocklist: '屏蔽清单',
  flood: '刷屏', approvals: '免检', cleaning: '清理', operations: '运行', planning: '审批', library: '素材库', bridges: '搭桥', lifecycle: '群的阶段', federation: '联盟', topics: '话题',
  notes: '笔记', filters: '自动回复', links: '链接', menu: '菜单', ranks: '头衔', roles: '角色', segments: '分类', settings: '设置', staff: '值班', stores: '门店', spam: '垃圾识别', moving: '搬迁', keeping: '隐私',
};
const SAID = [
  [/^answer to a button$/, '回应按钮'], [/^answer to (\/\S+)$/, '回应 $1'], [/^a polite no to (\S+)$/, '婉拒 $1'], [/^its time was up$/, '到时间收起'],
  [/^card brought up to date$/, '更新数字'], [/^added to a group: one silent line$/, '刚进群:静音说一句'], [/^rule (\w+) v\d+(?: by \d+)?/, (_, r) => `群规「${RULES[r] || r}」`],
  [/ matched「/, ' 命中「'], [/, same flood$/, ',同一次刷屏'], [/^by \d+: (\/\S+)$/, '管理员发了 $1'], [/^by \d+/, '管理员处理'], [/, (?:case|antiraid) (\d+)$/, ',第 $1 号'], [/, case (\d+)(?=:|,|$)/, ',第 $1 号'],
  [/^case (\d+) still holds$/, '第 $1 号还在生效'], [/^undo of case (\d+) by \d+$/, '撤销第 $1 号'], [/^case (\d+) now ends at (.+?)(?:, by \d+)?$/, '第 $1 号改到 $2 结束'],
  [/^plan (.+), its next$/, '计划「$1」,换下一条'], [/^plan (.+)$/, '计划「$1」'], [/^recipe (.+), step (\d+)$/, '关怀「$1」第 $2 步'], [/^scene (.+)$/, '场景卡「$1」'], [/^report (\d+)$/, '举报 $1'], [/^task (\d+)$/, '任务 $1'],
  [/^captcha: (\d+) (?:did not answer|were not asked)$/, '进群验证:$1 人没答'], [/^captcha: (\d+) not yet answered$/, '进群验证:$1 人待答'], [/^captcha: not yet answered$/, '进群验证:待答'], [/^captcha passed$/, '通过验证'],
  [/^approved$/, '申请通过'], [/^let in by staff$/, '管理员放行'], [/^welcome of (\d+)$/, '欢迎 $1 人'], [/^goodbye of (\d+)$/, '送别 $1 人'], [/^(\d+) joins in a minute$/, '一分钟进来 $1 人'],
  [/^antiraid (\d+) is on$/, '防刷群 $1 开着'], [/^antiraid (\d+): (\w+)$/, '防刷群 $1'], [/^lockdown$/, '封群'], [/^set up$/, '设置好了'], [/^all rights are here$/, '权限都齐了'], [/^a note$/, '笔记'], [/^lacks (.+)$/, '缺权限:$1'],
  [/^(\/\S+) is disabled here$/, '$1 在本群关了'], [/^(\/\S+) is silent$/, '$1 静音'], [/^the month's question.*$/, '月度问题'], [/^rank by points$/, '按积分的头衔'], [/^replaced by the next$/, '换下一条'],
  [/^(?:a newer (?:question|one) replaces it|said anew|pinned anew)$/, '换成新的'], [/^service messages$/, '系统消息'], [/^the passphrase of a packet$/, '口令红包'], [/^reports are not for all to see$/, '举报不给大家看'],
  [/^posts that a limit held, together$/, '被限额留住的帖子一起发'], [/^most of the talk is off the theme$/, '多数聊天不在主题上'], [/^answered(?: or over)?$/, '已回答'], [/^closed$/, '已结束'], [/^nobody is waited for$/, '没有人要等'],
  [/^it names a secret$/, '里面有密钥'], [/^retired$/, '群已告别'], [/^open again.*$/, '重新开放'], [/^closed again$/, '又关上了'], [/^the week in shadow is over$/, '试运行一周到了'],
  [/^posts of the linked channel are (?:cleaned|not pinned)$/, '关联频道的帖子'], [/^\/cleancommand.*$/, '清理命令'], [/^(\d+) messages, by \d+$/, '$1 条消息,管理员处理'],
];
const STATES = [[/^would (\w+)(?=:|$)/, a => `试运行,会${a}`], [/^(\w+) not possible(?=:|$| \()/, a => `${a}没做成`], [/^(\w+) may or may not have arrived(?=:|$| \()/, a => `${a}不知到没到`]];

function reason(s) {
  const part = s.match(/^(\w+) \([^)]*\)$/);
  if (part && PARTS[part[1]]) return PARTS[part[1]];
  return SAID.reduce((said, [what, by]) => said.replace(what, by), s);
}

/** A line of the bot's in Chinese: what was done, where it did not work, and why. */
export function chinese(line) {
  for (const [what, by] of STATES) {
    const found = line.match(what);
    if (found) return by(ACTS[found[1]] || found[1]) + line.slice(found[0].length).replace(/^: (.*?)( \(.*\))?$/, (_, s, error) => `:${reason(s)}${error || ''}`);
  }
  return ACTS[line] || reason(line);
}
