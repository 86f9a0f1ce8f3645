"""The words of the trade: what adverts talk about, by subject, in Russian, English and Chinese.

Stems; alphabetic ones match from the beginning of a word, Han ones anywhere. They stand in the folded
spelling (small letters, simplified characters, ё as е). A `-` in front makes a whole word of it.
"""

from __future__ import annotations

import ahocorasick

SUBJECTS: dict[str, str] = {
    "earning": """
заработ|заработк|подработ|доход|прибыл|зараб|зп от|зарплат|ежедневные выплат|выплаты кажд|выплаты ежедн
|оплата кажд|оплата ежедн|оплата сразу|от 1000$|в день от|$ в день|$ в неделю|долларов в|рублей в день
|руб в день|₽ в день|р/день|тысяч в день|пассивн|лям|кэш|поднять денег|легкие деньги|быстрые деньги
|живые деньги|профит|usd в|в сутки|earn|-income|passive income|daily pay|per day|per week|a day from home
|make money|extra cash|salary|profit|payout|weekly pay|side hustle|-roi|usd/day|$/day|日赚|日结|月入|月赚
|躺赚|稳赚|赚钱|赚米|佣金|返利|返现|高薪|日薪|时薪|收益|副业|兼职|回本|盈利|工资|一单一结|提成|分红""",
    "hiring": """
ищу людей|ищем людей|набор в команд|набираем|набираю|требуются|требуется|нужны водител|нужны курьер
|нужны сотрудн|нужны люди|нужны партнер|ищу партнер|ищем партнер|в команду|возьму люд|возьмем|удаленн
|удаленк|на дому|дистанционн|без опыта|опыт не|обучаем|обучим|научим|обучение бесплатн|свободный график
|гибкий график|совмещ|занятость|вакансия|вакансии|пару человек|пара человек|несколько человек
|2-3 человека|ответственных|сотрудничеств|от 18 лет|от 20 лет|18+|21+|от 21 года|смартфон|с телефона
|hiring|we are looking for|looking for people|looking for partners|join our team|remote work
|work from home|remote job|-vacancy|no experience|flexible hours|part-time|full training|candidates
|recruit|only a phone|18 years|招聘|招人|急招|诚招|招代理|招募|代理加盟|加盟|宝妈|在家可做|在家就能
|时间自由|无需经验|手机操作|一部手机|长期稳定|刷单|打字员|客服专员|带你|带队|上车|跟单|招兼职""",
    "contact": """
в личк|в лс|-лс|в личные|в личн|пишите мне|пиши мне|пишите +|пиши +|ставь +|ставьте +|жми +|напиши +
|плюс в|+ в лс|+ в личк|за подробностями|подробности в|детали в|подробнее в|инфо в|кому интересно
|кого интересует|если интересно|заинтересова|заинтересован|интересно пишите|пишите в|пиши в|обращайтесь
|обращайся|ссылка в профил|в описании профил|в шапке профил|в био|в закреп|по ссылке|переходи|жми на
|жми сюда|тык|кликай|подпишись|подписывайт|вступай|залетай|заходи в|заходите в|оставь заявк
|оставить заявк|свяжитесь|связывайтесь|звоните|позвоните|закажите|в телеграм|dm me|-dm|-pm|inbox me
|message me|text me|write me|contact me|contact us|send me a|hit me up|more info|for details
|if interested|interested?|join now|join our|join us|join the|link in bio|click here|click the
|click below|-click|sign up|subscribe|apply now|register now|call now|whatsapp|order now|visit our
|reply to|加我|私聊|私信|联系我|联系客服|咨询|加微|加薇|加v|加徽|加威|加威信|微信号|扫码|扫描二维码|进群
|加群|入群|点击链接|点击下方|戳链接|添加好友|飞机号|电报号|扣扣|q群|薇信|徽信|卫星号|威信|加好友|主页
|简介|看头像|看简介|找我|滴滴我|详询|来聊""",
    "crypto": """
крипт|биткоин|-btc|-usdt|-eth|-ton|трейд|арбитраж|p2p|связк|бирж|инвестиц|инвестир|инвестор|вложени
|сигнал|airdrop|токен|майнинг|обменник|обмен валют|кошелек|стейкинг|памп|иксы|альткоин|binance|bybit|-okx
|trust wallet|дроп|bitcoin|crypto|trading|-trader|invest|forex|-signals|token|presale|wallet|staking
|blockchain|defi|-nft|claim your|-pump|mining|-stock|stocks|shares|-otc|比特币|虚拟币|数字货币|合约|炒币
|交易所|空投|投资|理财|外汇|股票|牛股|荐股|内幕|涨停|u商|换汇|承兑|泰达币|搬砖|挖矿""",
    "gambling": """
казин|ставки на|ставок на|ставка на спорт|букмекер|фриспин|рулетк|джекпот|прогноз на|1xbet|1win|вулкан
|выигр|бонус за регистр|бонус на депоз|фрибет|промокод|розыгрыш|casino|betting|-bet|jackpot|free spins
|-slots|poker|roulette|sportsbook|lottery|you have won|winner|赌|博彩|娱乐城|棋牌|百家乐|彩票|下注|投注
|体彩|六合彩|开奖|真人视讯|电子游艺|首存|彩金|捕鱼|上分|下分|老虎机|时时彩|赛车|pc28|中奖""",
    "adult": """
интим|секс|порно|эротик|голые|голых|голая|нюдс|сливы|слив |18 плюс|девушк|шлюх|проститут|эскорт
|знакомства|трах|пенис|виагр|раздева|обнажен|мжм|минет|оргазм|импотен|потенц|эрекц|сперм|-sex|sexy|porn
|-nude|nudes|escort|onlyfans|-xxx|horny|viagra|cialis|penis|erect|hot girls|dating|-adult|约炮|裸聊
|上门服务|同城|小姐姐|看片|成人|色情|激情|伟哥|壮阳|包养|外围|楼凤|嫩模|学生妹|陪聊|全套|茶叶|喝茶|品茶
|春药|黄片|av资源|车牌|资源群""",
    "money": """
кредит|займ|заем|ипотек|долг|рефинанс|карта с|дебетов|кэшбэк|кешбэк|перевод на карт|на карту|обнал|налич
|без отказ|без проверок|без вложен|безплатн|без предоплат|предоплат|страхов|выплат|перечисл|вывод средств
|банковск|счет в банк|миллион|депозит|грант|наследств|-loan|loans|credit|mortgage|debt|refinanc|-cash
|deposit|bank account|transfer of|million|inheritance|-fund|funds|-insurance|cheque|-cvv|paypal|贷款|借钱
|借款|套现|信用卡|花呗|借呗|网贷|下款|黑户|征信|额度|提额|放款|秒批|资金周转|垫资|过桥|pos机|洗钱|跑分
|收卡|四件套|银行卡|代还|刷卡""",
    "selling": """
продам|продаю|продаж|куплю|купить|скидк|акция|распродаж|цена от|цены от|оптом|опт |доставк|заказ|недорого
|дешев|дешевл|выгодн|лучшие цены|низкие цены|низкая цена|прайс|в наличии|под ключ|услуги|услуг|гаранти
|качествен|ассортимент|каталог|магазин|бесплатн|подарок|подарк|бонус|предложени|успей|спешите|торопи
|только сегодня|только до|осталось мест|мест осталось|количество мест|ограничен|не упусти|эксклюзив
|уникальн|консультац|запись на|запишись|марафон|вебинар|курс|гайд|чек-лист|сигарет|документы на
|права купить|диплом|накрут|продвижен|реклам|рассылк|раскрут|клиент|веб-сайт|интернет-магаз|сэкономь
|экономьт|экономи |рецептурн|лекарств|препарат|генерик|пробная верс|оформи|подключ|подписк|промо|код:
|отпис|распрода|пополам|образц|логотип|программное обесп|похуд|таблетк|крем |виниры|сертификат на|розниц
|-buy|cheap|discount|-sale|-sell|selling|wholesale|delivery|shipping|best price|low price|-offer|offers
|limited|hurry|last chance|only today|free gift|-bonus|guarantee|order|-promo|promotion|best quality
|marketing|-seo|followers|advertis|software|-oem|logo|rolex|replica|watches|pills|pharmac|medication
|weight loss|代开|发票|办证|刻章|文凭|学历|毕业证|驾照|a货|高仿|复刻|精仿|原单|批发|货源|一件代发|清仓
|特价|优惠|折扣|免费领|免费送|秒杀|限时|名额|仅限|烟|香烟|外烟|茅台|减肥|祛斑|丰胸|代购|外挂|破解|脚本
|账号出售|卖号|出售|出号|接码|群发|引流|涨粉|粉丝|刷粉|代刷|代写|代考|包过|清关|走私|机场|翻墙|梯子|推广
|广告位""",
    "drugs": """
закладк|кладмен|-меф|мефедрон|гашиш|марихуан|кокаин|амфетамин|наркот|спайс|курьер|weed|cocaine|mdma
|cannabis|-thc|drugs|大麻|冰毒|飞叶子|上头电子烟|笑气|听话水|迷药|催情|蒙汗""",
}

HONEST: dict[str, str] = {
    "thanks": """
спасибо|благодарю|благодарн|-спс|-thanks|thank you|-thx|谢谢|感谢|辛苦了|多谢|收到|好的|-ок|-ok|okay""",
    "asking": """
подскажите|подскажи|кто знает|кто-нибудь|кто нибудь|как быть|почему|зачем|есть у кого|может кто|а как
|а где|а что|что такое|разве|does anyone|anyone know|how do i|how to|why|what is|-what|怎么|如何|请问
|有没有|为什么|什么时候|吗|呢|能不能|几点""",
    "talk": """
-я|-мы|-он|-она|-они|-это|-так|-вот|-ну|-да|-нет|-же|-ли|-бы|думаю|кажется|согласен|понял|наверно|конечно
|вообще|кстати|короче|просто|тоже|блин|ахах|хаха|-лол|-мне|-нас|-тебе|-i think|-i don't|-i'm|-yeah|-nope
|-lol|-haha|-maybe|actually|agree|probably|-btw|-imo|哈哈|觉得|可能|应该|我们|大家|昨天|刚才|真的|不错
|是的|对啊|好吃|我家|孩子|嗯""",
}

CATEGORIES = (*SUBJECTS, *HONEST)


def _automaton() -> ahocorasick.Automaton:
    made = ahocorasick.Automaton()
    words: dict[str, tuple[int, int, bool, bool]] = {}
    for n, stems in enumerate([*SUBJECTS.values(), *HONEST.values()]):
        for stem in stems.replace("\n", "").split("|"):
            whole = stem.startswith("-") and len(stem) > 1
            word = stem[1:] if whole else stem
            if word.strip():
                han = "\u3400" <= word[-1] <= "\u9fff" or "\u3400" <= word[0] <= "\u9fff"
                words.setdefault(word, (n, len(word), whole, han))
    for word, value in words.items():
        made.add_word(word, value)
    made.make_automaton()
    return made


_WORDS = _automaton()


def subjects(folded: str) -> dict[str, str]:
    """The subjects a folded text speaks of, each with the first word that says so."""
    found: dict[str, str] = {}
    end = len(folded) - 1
    for last, (n, size, whole, han) in _WORDS.iter(folded):
        name = CATEGORIES[n]
        if name in found:
            continue
        if not han:
            start = last - size
            if start >= 0 and folded[start].isalnum() and folded[start + 1].isalnum():
                continue
            if whole and last < end and folded[last + 1].isalnum():
                continue
        found[name] = folded[last + 1 - size : last + 1]
    return found
