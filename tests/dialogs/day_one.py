"""What an administrator who comes from Rose or Alita types on the first day, and what it must do, in a word.
The sayings are those of their documentation; each must be said in a dialog test (test_day_one.py looks)."""

from __future__ import annotations

# as typed, its arguments included: another argument is another saying
DAY_ONE = {
    # greetings and rules
    "/setwelcome": "own words for who comes",
    "/cleanwelcome": "only the newest greeting stays",
    "/setrules": "own rules",
    "/privaterules": "rules in private",
    "/setrulesbutton": "label of the rules' button",
    # notes and filters
    "/save": "a note",
    "#": "a note is said",
    "/filter": "an answer to words",
    "/stop": "an answer less",
    # what is not said here
    "/lock": "a kind of message is put away",
    "/locktypes": "the kinds there are",
    "/allowlist": "what passes all the same",
    "/addblocklist": "words put away",
    "/blocklistmode": "what follows them",
    # floods
    "/setflood": "so many in a row",
    "/setfloodtimer": "so many in a time",
    "/setfloodmode": "what follows a flood",
    # warnings
    "/warnlimit": "so many warnings",
    "/warnmode": "what follows the last one",
    "/setwarnlimit": "the same, as Alita spells it",
    "/setwarnmode": "the same, as Alita spells it",
    # raids
    "/antiraid 3h": "newcomers are kept out for three hours",
    "/raidactiontime": "for how long each is kept out",
    "/autoantiraid 15": "by itself at fifteen joins a minute",
    # the captcha
    "/captcha": "newcomers show that they are people",
    "/captchamode": "how",
    "/captcharules": "with the rules",
    "/captchakick": "or they go",
    # people
    "/approve": "no limits for somebody",
    "/report": "staff are asked to look",
    "@admin": "the same in a word",
    "/reports off": "no reports",
    # the log
    "/setlog": "where the log goes",
    "/nolog": "a category less",
    "/logcategories": "the categories",
    "/silentactions": "acts without a word",
    # tidying
    "/cleanservice join leave": "Telegram's own lines go",
    "/cleancommand": "messages with commands go",
    "/disable": "a command is off",
    "/disableadmin": "for staff too",
    "/disabledel": "and its message goes",
    "/adminerror off": "members hear nothing of staff's commands",
    "/anonadmin": "who posts as the group is believed",
    # from private, in and out
    "/connect": "run the group from private",
    "/reconnect": "once more",
    "/export notes filters": "two modules as a file",
    "/import": "a file of settings",
    "/reset": "as it was at first",
    # messages
    "/purge": "all since this one",
    "/spurge": "without a word",
    "/purgefrom": "from here",
    "/purgeto": "to here",
    "/pin loud": "on top, and everybody is told",
    "/permapin": "words of the bot on top",
    "/antichannelpin": "the channel's posts are not on top",
    "/cleanlinked": "the channel's posts are not here",
    "/setactiontopic": "the topic of the bot's own words",
    # federations
    "/newfed": "a list shared by groups",
    "/joinfed": "a group follows it",
    "/fban": "banned in all of them",
    "/quietfed": "without a line in the group",
    # acts by hand: plain, with the message (d), silent (s), for a time (t)
    "/ban": "for good",
    "/dban": "and the message goes",
    "/sban": "without a word",
    "/tban": "for a time",
    "/unban": "may come again",
    "/mute": "says nothing",
    "/dmute": "and the message goes",
    "/smute": "without a word",
    "/tmute": "for a time",
    "/unmute": "speaks again",
    "/kick": "out, and may come again",
    "/dkick": "and the message goes",
    "/skick": "without a word",
    "/warn": "a warning",
    "/dwarn": "and the message goes",
    "/swarn": "without a word",
}
