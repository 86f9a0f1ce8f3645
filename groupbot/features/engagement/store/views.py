"""The views over what happened. Their names and columns are a promise: docs/data.md tells of each."""

from __future__ import annotations

from groupbot.engine.views import view

view(
    "v_chat",
    "one row a chat: its Telegram id, title, kind, state, profile and how many members Telegram counts",
    """SELECT c.id AS chat_id, c.telegram_id, c.title, c.type, c.state, p.tier, p.region, p.aim, p.parent_id,
      p.members
    FROM chat c LEFT JOIN chat_profile p ON p.chat_id = c.id
    WHERE c.type <> 'private' AND c.state <> 'merged'""",
)
view(
    "v_event",
    "everything recorded, one row a thing that happened; no text",
    """SELECT id, chat_id, at, person_id, kind, units, message_id, topic, staff, reply_to, medium
    FROM event""",
)
view(
    "v_hired",
    "one row a person whose join looks bought, until they speak or react: how many came within sixty seconds",
    """SELECT chat_id, person_id, at, crowd FROM hired_join""",
)
view(
    "v_act",
    "qualifying acts: of people who are no staff nor hired, not removed;"
    " organic FALSE for presses, votes and words asked for",
    """SELECT e.id, e.chat_id, e.at, e.person_id, e.kind, e.units, e.message_id, e.topic, e.reply_to,
      e.kind NOT IN ('tap', 'vote', 'asked') AS organic, e.medium
    FROM event e
    WHERE e.kind IN ('message', 'reply', 'reaction', 'tap', 'vote', 'asked') AND NOT e.staff
      AND (e.kind NOT IN ('message', 'reply') OR NOT EXISTS (
        SELECT 1 FROM event r
        WHERE r.chat_id = e.chat_id AND r.message_id = e.message_id AND r.kind = 'removed'))
      AND (e.kind NOT IN ('tap', 'vote', 'asked') OR NOT EXISTS (
        SELECT 1 FROM hired_join h WHERE h.chat_id = e.chat_id AND h.person_id = e.person_id))""",
)
view(
    "v_mention",
    "one row a member mentioned by another and local day, at: the first time; of messages that stand",
    """SELECT m.chat_id, m.day, m.at, m.person_id, m.whom, m.staff, m.of_staff, m.message_id FROM mention m
    WHERE NOT EXISTS (SELECT 1 FROM event r
        WHERE r.chat_id = m.chat_id AND r.message_id = m.message_id AND r.kind = 'removed')
      AND EXISTS (SELECT 1 FROM membership s WHERE s.chat_id = m.chat_id AND s.person_id = m.whom)
      AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = m.whom AND p.is_bot)""",
)
view(
    "v_hour",
    "one row a chat and UTC hour: what was said, pressed, who came and went (staff included)",
    """SELECT chat_id, hour, messages, reactions, taps, joined, gone FROM chat_hour""",
)
view(
    "v_member_day",
    "one row a member and day on the chat's wall clock",
    """SELECT chat_id, day, person_id, staff, messages, replies, reactions, taps FROM member_day""",
)
view(
    "v_day",
    "one row a chat and local day: sums over members who are not staff; organic = spoke or reacted",
    """SELECT chat_id, day, messages, replies, reactions, taps, active, organic FROM chat_day""",
)
view(
    "v_member_week",
    "one row a member and week from its Monday: days they opened talk, answered, spoke or reacted, took part",
    """SELECT chat_id, week, person_id, opened, answered, organic, active FROM member_week""",
)
view(
    "v_topic_day",
    "one row a chat, topic and UTC day; topic NULL is the general one",
    """SELECT chat_id, topic, {utc_day} AS utc_day, COUNT(*) AS messages,
      COUNT(DISTINCT person_id) AS people
    FROM v_act WHERE kind IN ('message', 'reply') GROUP BY chat_id, topic, {utc_day}""",
)
view(
    "v_topic",
    "one row a topic of a forum whose name is known; at: since when it is called so",
    """SELECT chat_id, topic, title, at FROM topic""",
)
view(
    "v_member",
    "one row a stay of a member in a chat; joined_at NULL: was here before the bot",
    """SELECT m.chat_id, m.person_id, p.first_name, p.last_name, p.username, m.joined_at, m.left_at,
      m.removed, m.evidence, m.link_name, m.added_by
    FROM membership m LEFT JOIN person p ON p.id = m.person_id
    WHERE COALESCE(p.is_bot, FALSE) = FALSE""",
)
view(
    "v_staff",
    "one row an administrator of a chat, as Telegram told last",
    """SELECT chat_id, person_id, status FROM staff WHERE status IN ('creator', 'administrator')""",
)
view(
    "v_wish",
    "one row a wish of a person, given or taken back:"
    " optout, quiet, blocked (the bot), bridge, scenes, offers",
    """SELECT person_id, kind, given, at FROM consent""",
)
view(
    "v_join",
    "one row a join seen with the grade of its evidence: exact, request, adder, token, link, none; hired;"
    " of who had opted out none",
    """SELECT m.chat_id, m.person_id, m.joined_at AS at, m.left_at,
      CASE WHEN substr(m.link_name, 1, 4) = 'ref-' THEN 'referral' ELSE m.link_name END AS source,
      CASE WHEN m.evidence = 'request' THEN 'request'
        WHEN m.link_name IS NOT NULL AND m.link_name <> '' THEN 'exact'
        WHEN m.evidence = 'added' THEN 'adder'
        WHEN EXISTS (SELECT 1 FROM link_visit v WHERE v.person_id = m.person_id AND v.at <= m.joined_at
          AND v.at >= {week_before}) THEN 'token'
        WHEN EXISTS (SELECT 1 FROM invite_start v WHERE v.person_id = m.person_id AND v.at <= m.joined_at
          AND v.at >= {week_before}) THEN 'token'
        WHEN m.evidence = 'link' THEN 'link' ELSE 'none' END AS grade,
      EXISTS (SELECT 1 FROM hired_join h WHERE h.chat_id = m.chat_id AND h.person_id = m.person_id
        AND h.at = m.joined_at) AS hired
    FROM membership m WHERE m.joined_at IS NOT NULL
      AND COALESCE((SELECT c.given FROM consent c WHERE c.person_id = m.person_id AND c.kind = 'optout'
        AND c.at <= m.joined_at ORDER BY c.id DESC LIMIT 1), FALSE) = FALSE""",
)
view(
    "v_post",
    "one row a post of the bot in a group, by the feature that made it",
    """SELECT p.chat_id, p.message_id, p.at, p.ref, {feature} AS feature FROM posted p WHERE NOT p.private""",
)
view(
    "v_post_result",
    "one row a post with what followed on it: presses, replies, reactions, and how many people",
    """SELECT p.chat_id, p.message_id, p.at, p.ref, p.feature, COALESCE(r.presses, 0) AS presses,
      COALESCE(r.replies, 0) AS replies, COALESCE(r.reactions, 0) AS reactions,
      COALESCE(r.people, 0) AS people
    FROM v_post p LEFT JOIN (
      SELECT chat_id, COALESCE(reply_to, message_id) AS message_id,
        SUM(CASE WHEN kind IN ('tap', 'vote') THEN 1 ELSE 0 END) AS presses,
        SUM(CASE WHEN kind = 'reply' THEN 1 ELSE 0 END) AS replies,
        SUM(CASE WHEN kind = 'reaction' THEN 1 ELSE 0 END) AS reactions,
        COUNT(DISTINCT person_id) AS people
      FROM v_act WHERE kind <> 'message' GROUP BY chat_id, COALESCE(reply_to, message_id)
    ) r ON r.chat_id = p.chat_id AND r.message_id = p.message_id""",
)
view(
    "v_slot",
    "one row a planned post: when it was due, and whether it was said, skipped (and why) or waits",
    """SELECT s.chat_id, s.plan_id, s.due, s.state, s.reason, s.kind, s.at, p.name AS plan
    FROM plan_slot s JOIN plan p ON p.id = s.plan_id""",
)
view(
    "v_case",
    "one row a case of the rules: what was done and whether it was taken back; no evidence text",
    """SELECT chat_id, number, rule, at, actor AS person_id, action, shadow, appeal, decided_at, undone_at
    FROM verdict""",
)
view(
    "v_decision",
    "one row a decision of a person about a case or a report; by_member: of one who is no administrator",
    """SELECT d.chat_id, d.at, NOT EXISTS (SELECT 1 FROM staff s WHERE s.chat_id = d.chat_id
      AND s.person_id = d.person_id AND s.status IN ('creator', 'administrator')) AS by_member
    FROM (SELECT chat_id, decided_at AS at, decided_by AS person_id FROM verdict WHERE decided_by IS NOT NULL
      UNION ALL SELECT chat_id, decided_at, decided_by FROM report WHERE decided_by IS NOT NULL) d""",
)
