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
|躺赚|稳赚|赚钱|赚米|佣金|返利|返现|高薪|日薪|时薪|收益|副业|兼职|回本|盈利|工资|一单一结|提成|分红|日入
|日收|秒结|现结|当天结|结给你|一单|做单|多劳多得|稳定八千|躺着|拉新|返点|返佣|分三成|提现|变现|瓜分|领钱
|一天两|一天一百|一天三|日领|领现""",
    "hiring": """
ищу людей|ищем людей|набор в команд|набираем|набираю|требуются|требуется|нужны водител|нужны курьер
|нужны сотрудн|нужны люди|нужны партнер|ищу партнер|ищем партнер|в команду|возьму люд|возьмем|удаленн
|удаленк|на дому|дистанционн|без опыта|опыт не|обучаем|обучим|научим|обучение бесплатн|свободный график
|гибкий график|совмещ|занятость|вакансия|вакансии|пару человек|пара человек|несколько человек
|2-3 человека|ответственных|сотрудничеств|от 18 лет|от 20 лет|18+|21+|от 21 года|смартфон|с телефона
|hiring|we are looking for|looking for people|looking for partners|join our team|remote work
|work from home|remote job|-vacancy|no experience|flexible hours|part-time|full training|candidates
|recruit|only a phone|18 years|招聘|招人|急招|诚招|招代理|招募|代理加盟|加盟|宝妈|在家可做|在家就能
|时间自由|无需经验|手机操作|一部手机|长期稳定|刷单|打字员|客服专员|带你|带队|上车|跟单|招兼职|辅助注册
|扫码即结|合伙人|招商|城市代理|总代|要求女生|无押金|不露脸|包吃住|包机票|缺三个人|还剩两个|还差两位
|跟我一起做|带你做|带徒|导师|操盘|训练营|出国劳务|护照我们办""",
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
|简介|看头像|看简介|找我|滴滴我|详询|来聊|头像|签名|懂的来|要的扣|要的私|要的快|密我|私谈|私飞机|加赖
|加line|红娘|助教|客服薇|扣一|扣1|同号|电薇|进来看|暗号|邀请码|填码|滴我|空间|直播间|扫这个码|同步|留电话
|报号码|加老师|加助理|加工|速来|速进|速加|速联""",
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
|体彩|六合彩|开奖|真人视讯|电子游艺|首存|彩金|捕鱼|上分|下分|老虎机|时时彩|赛车|pc28|中奖|特码|九肖|一码
|滚球|竞猜|斗地主|德州扑克|房卡|俱乐部|庄家|水位|返水|红单|百倍|翻倍|三倍|运彩|博弈""",
    "adult": """
интим|секс|порно|эротик|голые|голых|голая|нюдс|сливы|слив |18 плюс|девушк|шлюх|проститут|эскорт
|знакомства|трах|пенис|виагр|раздева|обнажен|мжм|минет|оргазм|импотен|потенц|эрекц|сперм|-sex|sexy|porn
|-nude|nudes|escort|onlyfans|-xxx|horny|viagra|cialis|penis|erect|hot girls|dating|-adult|约炮|裸聊
|上门服务|同城|小姐姐|看片|成人|色情|激情|伟哥|壮阳|包养|外围|楼凤|嫩模|学生妹|陪聊|全套|茶叶|喝茶|品茶
|春药|黄片|av资源|车牌|资源群|妹妹|少妇|空姐|公主|寂寞|空虚|偷拍|泄密|泄露门|自拍|约拍|男公关|富婆|外约
|找茶|外送茶|直播福利|情趣|无色无味|听话|同城交友|求子|陪睡|夜场|酒托|ktv""",
    "money": """
кредит|займ|заем|ипотек|долг|рефинанс|карта с|дебетов|кэшбэк|кешбэк|перевод на карт|на карту|обнал|налич
|без отказ|без проверок|без вложен|безплатн|без предоплат|предоплат|страхов|выплат|перечисл|вывод средств
|банковск|счет в банк|миллион|депозит|грант|наследств|-loan|loans|credit|mortgage|debt|refinanc|-cash
|deposit|bank account|transfer of|million|inheritance|-fund|funds|-insurance|cheque|-cvv|paypal|贷款|借钱
|借款|套现|信用卡|花呗|借呗|网贷|下款|黑户|征信|额度|提额|放款|秒批|资金周转|垫资|过桥|pos机|洗钱|跑分
|收卡|四件套|银行卡|代还|刷卡|流水|走账|收款码|代付|四方|资质|包装|强开|停息|挂账|逾期|债务|垫付|免押
|信用修复|抵押|掌柜|急用钱|到账|配资|补贴|定金|退款未领|理赔|停用|认证|失效|截止""",
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
|广告位|代办|代发|代充|代挂|代抢|代练|代孕|包生|包录取|包入职|低价|厂家|直销|一手|贴牌|货到付款|先验后付
|先办后付|先试后付|先测后付|先看后|先做后付|验证后付|办好付|过了再付|办成付|先開後付|先开后付|税点|点数
|開票|发漂|开票|fa票|发票代|票要|专票普票|可查|可验证|免税店|到付|隐私发货|隐蔽发货|匿名|三折|两折|五折
|八折|九折|半价|正品|假一|回收|高价收|激活码|破解版|防封|解封|封号|爆粉|群控|获客|精准|名单|轰炸|刷票
|刷赞|好评返|追款|取证|查档|定位|监听|办理|落户|签证|移民|挂靠|征集|加盟|试听|免费诊|免费装|免费设计
|免费检查|免费测|免费寄|免费试|免费入群|下载|注册就送|注册即送|注册送|会员19|永久会员|永久更新|自动发货
|厂家价|拿货|货主|尾单|库存清|亏本|限量""",
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
