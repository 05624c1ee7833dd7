"""Every Russian word that the conversation says, in one place.

The tone: «Вы», short, calm, no blame, no exclamation marks. A question names its field by one
of the contract's words: «описание», «адрес», «версию», «шаги»; no other question uses that word.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from babel import Locale
from babel.dates import format_datetime

from triage.policy.pack import Policy

_RUSSIAN = Locale("ru")
_ZONES = {"MSK": "МСК"}


def plural(n: int, one: str, few: str, many: str) -> str:
    """Return the number with the noun in its form: 1 письмо, 2 письма, 5 писем."""
    return f"{n} { {'one': one, 'few': few}.get(_RUSSIAN.plural_form(n), many) }"


def hours(n: int) -> str:
    return plural(n, "час", "часа", "часов")


def moment(at: datetime) -> str:
    """Return the date, hour and zone of an aware moment in its own zone."""
    zone = at.strftime("%Z")
    return f"{format_datetime(at, 'd MMMM y, HH:mm', locale='ru')} {_ZONES.get(zone, zone)}"


# Consent and the beginning -----------------------------------------------------------------------

NOTICE_TITLE = "Как обращаются с Вашими данными"


def notice(policy: Policy) -> str:
    kept = plural(policy.dialogue.consent_hours, "часа", "часов", "часов")
    return (
        "Чтобы подготовить обращение, здесь хранятся Ваши сообщения, картинки и эл. почта. "
        "Пароли и ключи скрываются до записи. Письмо уходит в поддержку только после Вашего подтверждения. "
        f"Без согласия написанное удаляется в течение {kept}. "
        "Посмотреть свои данные: /my_data, удалить: /delete_me."
    )


NOTICE_WAITING = "Написанное уже ждёт: повторять не нужно, разбор начнётся сразу после «Понятно»."
NOTICE_ASK = "Если согласны, нажмите «Понятно»."


def greeting(policy: Policy) -> str:
    return (
        f"Это помощник поддержки «{policy.pack.product}». Он проверит обращение по Регламенту, подскажет "
        f"готовый ответ, если он есть, и подготовит письмо на {policy.addresses.mailbox}."
    )


def working_hours(policy: Policy) -> str:
    return f"{policy.quote('2.1')} (п. 2.1)."


IDLE = (
    "Опишите, что случилось или что нужно узнать, одним или несколькими сообщениями. "
    "Можно приложить картинки и журналы."
)
NOTHING_TO_SAY = (
    "Здесь понятен текст, картинки JPG, GIF, PNG и файлы .txt, .log, .json, .yml, .md. Напишите, пожалуйста, текстом."
)
STALE = "Эта кнопка от прежнего шага, она уже не действует. Текущий шаг:"
WORD_WITHOUT_BUTTON = "Сейчас такой кнопки нет. Текущий шаг:"
NO_DRAFT = "Черновика сейчас нет."
CANCELLED = "Черновик удалён, ничего не отправлено."
REPLACED = "Прежний черновик удалён, начнём заново."

# The draft ---------------------------------------------------------------------------------------

SECRET_KINDS: Mapping[str, str] = {
    "password": "пароль",
    "api_key": "ключ API",
    "token": "токен",
    "private_key": "закрытый ключ",
    "connection_string": "строка подключения с паролем",
    "card": "номер карты",
}


def exposed(kinds: tuple[str, ...], *, deleting: bool) -> str:
    names = sorted({SECRET_KINDS.get(kind, "секретные данные") for kind in kinds})
    deleted = " Сообщение будет удалено из чата, если это возможно." if deleting else ""
    return (
        f"В сообщении были секретные данные ({', '.join(names)}). Они скрыты и никуда не попадут."
        f"{deleted} Чат их уже видел, поэтому отзовите или смените их."
    )


def refused_file(name: str, problem: str, quote: str) -> str:
    if problem == "too_many":
        return f"Файл «{name}» не вошёл: файлов уже много. Остальные сохранены."
    if problem == "too_big":
        return f"Файл «{name}» слишком большой, поэтому в письмо он не войдёт. Подойдёт его часть или снимок экрана."
    if problem == "binary":
        return (
            f"Файл «{name}» не удалось прочитать как текст, в письмо он не войдёт. "
            "Подойдёт текстовый файл или снимок экрана."
        )
    if problem == "no_text":
        return f"{name[:1].upper()}{name[1:]} в письмо не войдёт (п. 4.6). Напишите, пожалуйста, главное текстом."
    if problem == "secret":
        return (
            f"На картинке «{name}» видны секретные данные, закрасить их не получилось, поэтому в письмо она не "
            "войдёт. Подойдёт снимок без них."
        )
    if problem == "picture":
        return (
            f"Файл «{name}» не открывается как картинка, поэтому в письмо не войдёт (п. 4.6). "
            "Подойдёт снимок в JPG, GIF или PNG."
        )
    return (
        f"Файл «{name}» в письмо не войдёт (п. 4.6): «{quote}». Подойдут JPG, GIF или PNG, "
        "а журналы и настройки .txt, .log, .json, .yml, .md читаются как текст. Остальное сохранено."
    )


def files_added(names: tuple[str, ...]) -> str:
    return f"Добавлено: {', '.join(names)}."


DRAFT_FULL = "Черновик уже очень большой, последнее сообщение в него не вошло. Главное, пожалуйста, коротко."
EDITED_TOO_LATE = (
    "Изменённое сообщение не относится к текущему черновику. Если нужно дополнить, напишите новым сообщением."
)

# The summary -------------------------------------------------------------------------------------

SUMMARY_TITLE = "Что понято из обращения"
ESSENCE = "Суть"
TOPIC = "Тема"
PRIORITY = "Приоритет"
SITE = "Адрес сайта"
VERSION = "Версия продукта"
STEPS = "Шаги воспроизведения"
FILES = "Файлы"
NUMBER = "Номер обращения"
STEPS_FOUND = "описаны"
UNSURE = "Оценка предварительная: её проверит сотрудник поддержки."


def priority_line(name: str, until: datetime, sla_hours: int, clause: str) -> str:
    return f"{name}, срок до {moment(until)} ({hours(sla_hours)}, п. {clause} и 5.2)"


def past_support(version: str, until: date) -> str:
    return f"Поддержка версии {version} закончилась {until:%d.%m.%Y}: возможно, сначала предложат обновиться (п. 4.8)."


def in_scope(clause: str) -> str:
    return f"Поддержка это решает, п. {clause}: "


def out_of_scope(clause: str) -> str:
    return f"По Регламенту поддержка этого не делает, п. {clause}: "


def redirected(clause: str) -> str:
    return f"Этим занимаются другие специалисты, п. {clause}: "


def dismissed(clause: str) -> str:
    return f"Пока не видно вопроса к поддержке, п. {clause}: "


def continues(clause: str, number: str) -> str:
    known = f" {number}" if number else ""
    return f"Это продолжение обращения{known}, п. {clause}: "


DISAGREE_HINT = "Если это не так, нажмите «Не согласен»: письмо уйдёт с такой отметкой."
SEND_HINT = "Если всё верно, нажмите «Отправить». Можно просто дописать."
SEND_AND_ASK_HINT = "Нажмите «Отправить»: недостающее будет спрошено по одному."
REDIRECT_HINT = "Если письмо всё же нужно отправить отсюда, нажмите «Не согласен»: оно уйдёт с отметкой."
DISMISS_HINT = "Напишите, что случилось, или нажмите «Не согласен»: письмо уйдёт с отметкой."
FIELD_GENITIVE: Mapping[str, str] = {
    "problem": "описания",
    "site": "адреса сайта",
    "version": "версии",
    "steps": "шагов",
}


def missing(fields: tuple[str, ...]) -> str:
    return f"Не хватает: {', '.join(FIELD_GENITIVE[field] for field in fields)}."


def several(quote: str, parts: tuple[str, ...]) -> str:
    letters = plural(len(parts), "письмо", "письма", "писем")
    offer = (
        f"«Разделить» сделает {letters} по очереди: {', '.join(f'«{part}»' for part in parts)}."
        if parts
        else "«Разделить» поможет написать их по очереди."
    )
    return f"Похоже, здесь несколько разных вопросов (п. 2.4): «{quote}». {offer} Можно отправить и так."


FAQ_TITLE = "Возможно, ответ уже есть"
FAQ_MORE = "Подробнее"
FAQ_HINT = "Помог ли этот ответ? Если нет, «Не помогло» продолжит подготовку письма."
FAQ_GLAD = "Хорошо, что помогло. Письмо не понадобилось, ничего не отправлено."
FAQ_GLAD_ONLY = "Хорошо, что помогло."
FAQ_GLAD_ASIDE = "Хорошо, что помогло. Черновик остаётся. Текущий шаг:"
FAQ_SORRY = "Жаль, что не помогло. Опишите вопрос своими словами, и подготовим письмо."


def faq_sorry(query: str) -> str:
    return f"Жаль, что не помогло. Подготовим письмо; вопрос «{query}» уже взят, повторять его не нужно."


# News of requests ----------------------------------------------------------------------------------


def advised(number: str) -> str:
    return f"Сотрудник поддержки отвечает на обращение {number}:"


ADVICE_HINT = "Помог ли этот ответ? «Помогло» и «Не помогло» можно нажать или написать, сотрудник увидит отметку."
ADVICE_JUDGED = "Этот ответ уже отмечен, спасибо."


def advice_judged(number: str, *, helped: bool) -> str:
    if helped:
        return f"Хорошо, что помогло. Это отмечено в обращении {number}, сотрудник увидит."
    return (
        f"Жаль, что не помогло. Это отмечено в обращении {number}, оно остаётся у поддержки. "
        "Если есть что добавить, напишите здесь, назвав номер."
    )


def moved(number: str, status: str, resolution: str) -> str:
    outcome = f", решение: {resolution}" if resolution else ""
    return f"Обращение {number}, состояние: {status}{outcome} (п. 5.1)."


COMMENT = "Сотрудник пишет:"


def clarify(number: str) -> str:
    return (
        f"Чтобы дополнить обращение, ответьте на письмо поддержки, сохранив номер в теме (п. 4.4), "
        f"или напишите здесь, назвав номер {number}."
    )


def closed(number: str) -> str:
    return f"Если вопрос остался, обращение можно открыть повторно (п. 6): напишите здесь, назвав номер {number}."


# Foul language -----------------------------------------------------------------------------------


def rephrase(quote: str) -> str:
    return f"В тексте есть слова, с которыми поддержка может отказать (п. 4.2): «{quote}». Они отмечены:"


REPHRASE_HINT = "Напишите, пожалуйста, то же другими словами. «Не согласен» отправит как есть: эти слова будут скрыты."

# Missing fields ----------------------------------------------------------------------------------

QUESTIONS: Mapping[str, str] = {
    "problem": "Дайте, пожалуйста, описание: что именно происходит или что нужно получить?",
    "site": "Укажите, пожалуйста, адрес сайта, на котором видна проблема.",
    "version": "Укажите, пожалуйста, версию программного продукта.",
    "steps": "Перечислите, пожалуйста, шаги: что сделать по порядку, чтобы проблема повторилась?",
}
EXPLANATIONS: Mapping[str, str] = {
    "problem": (
        "Чтобы начать работу, нужно описание поточнее: что делали и что увидели. "
        "Например: «При сохранении API консоль отвечает ошибкой 500»."
    ),
    "site": (
        "Не похоже на адрес. Он выглядит так: https://api.example.ru или 10.0.0.5:8083. "
        "Напишите ещё раз или нажмите «Не знаю»."
    ),
    "version": (
        "Не похоже на версию. Она выглядит так: 4.2.1, её видно внизу меню консоли. "
        "Напишите ещё раз или нажмите «Не знаю»."
    ),
    "steps": (
        "Нужны хотя бы два действия, тогда шаги можно повторить. "
        "Например: «1. Открыть консоль. 2. Нажать Save. 3. Появляется ошибка»."
    ),
}
WHY_ASKED: Mapping[str, str] = {
    "problem": "Без этого трудно начать (п. 4.2).",
    "site": "Так быстрее найдут причину (п. 4.2).",
    "version": "Так быстрее найдут причину (п. 4.2).",
    "steps": "Так проблему смогут воспроизвести (п. 4.2).",
}
FIELD_BUTTONS: Mapping[str, str] = {
    "problem": "Описание",
    "site": "Адрес",
    "version": "Версия",
    "steps": "Шаги",
}

NUMBER_QUESTION = "Назовите, пожалуйста, номер обращения, которое продолжаете: он есть в теме писем поддержки."


def number_example(example: str) -> str:
    return f"Не похоже на номер обращения. Он выглядит так: {example}. Напишите ещё раз или нажмите «Не знаю»."


def urgency_question(high: str, condition: str) -> str:
    return f"Приоритет станет «{high}», если {condition}. Это так?"


def urgency_why(clause: str) -> str:
    return f"От этого зависит срок (п. {clause} и 5.2). Ответ войдёт в письмо по Вашим словам."


# Changing and dividing ---------------------------------------------------------------------------

EDIT_TITLE = "Изменение черновика"
EDIT_HINT = (
    "Пришлите новый текст целиком, он заменит прежний; файлы и ответы останутся. «Отправить» оставит всё как есть."
)
EDIT_FIELDS = "Ответ на вопрос можно изменить кнопкой."
EDIT_CURRENT = "Сейчас:"
DIVIDE_HINT = (
    "Пришлите текст только первого вопроса, он заменит прежний. "
    "После отправки напишите второй, для него будет своё письмо. «Отправить» оставит всё как есть."
)


FILES_WITH_FIRST = " Файлы уйдут с первым."


def divided(parts: int, *, files: bool) -> str:
    count = plural(parts, "обращение", "обращения", "обращений")
    return f"Получилось {count}. Сначала первое, затем остальные.{FILES_WITH_FIRST if files else ''}"


def part_cancelled(*, files: bool) -> str:
    dropped = "Эта часть и её файлы удалены" if files else "Эта часть удалена"
    return f"{dropped}, ничего не отправлено. Если и остальные не нужны, /new удалит их."


NEXT_PART = "Теперь следующая часть."

# The letter on the screen ------------------------------------------------------------------------

PREVIEW_TITLE = "Письмо целиком"
SUBJECT = "Тема"
ATTACHED = "Вложения"
PREVIEW_HINT = "«Через бота»: письмо уйдёт отсюда, ответ придёт на Вашу эл. почту. «Письмо самому»: готовое письмо Вам."
WHOLE_IN_FILE = "… Письмо длинное, целиком оно в файле."
LETTER_FILE = "pismo.txt"
NOT_OFFICIAL = "Переписка здесь не является официальным обращением (п. 4.5), им станет письмо."


def preview_to(mailbox: str) -> str:
    return f"Кому: {mailbox}"


def answer_to(address: str) -> str:
    return f"Ответ придёт на {address}."


MAIL_QUESTION = (
    "Нужна Ваша эл. почта: на неё придёт код подтверждения, а потом ответ поддержки. Это спрашивается один раз."
)
MAIL_EXAMPLE = "Не похоже на почтовый ящик. Нужна эл. почта такого вида: ivanov@example.ru."


def code_question(address: str) -> str:
    return f"На {address} отправляется письмо с кодом. Введите шесть цифр из него."


CODE_EXAMPLE = "Код состоит из шести цифр, например 123456. Он есть в письме; проверьте и папку «Спам»."


def wrong_code(left: int) -> str:
    tries = plural(left, "попытка", "попытки", "попыток")
    return f"Код не подошёл, осталось: {tries}."


CODE_SPENT = "Код не подошёл и больше не действует. Укажите почту ещё раз, придёт новый код."


def code_limit(per_day: int) -> str:
    sent = plural(per_day, "код", "кода", "кодов")
    return (
        f"За сутки можно отправить только {sent}, новый будет доступен завтра. "
        "Письмо готово: «Отправить», как и «Письмо самому», передаст его Вам, и его можно послать из своей почты."
    )


LAST_CODE = "Последний отправленный код ещё действует, его можно ввести здесь."
CONFIRMED = "Почта подтверждена."


def on_its_way(mailbox: str, address: str) -> str:
    return (
        f"Письмо отправляется на {mailbox}. Ответ с номером обращения придёт на {address}; "
        "сохраняйте номер в теме переписки (п. 4.4)."
    )


def what_next(policy: Policy) -> str:
    return (
        f"Официальным обращением считается письмо, а не эта переписка (п. 4.5). {working_hours(policy)} "
        "Список обращений: /my. Следующее сообщение начнёт новое обращение."
    )


def by_person(mailbox: str) -> str:
    return (
        f"Готово. Отправьте это письмо со своей почты на {mailbox}: файл .eml с вложениями придёт следом, "
        "текст для копирования ниже."
    )


COPY_SUBJECT = "Тема:"
COPY_TEXT = "Текст:"
MAILTO_CUT = "(Полный текст скопируйте, пожалуйста, из чата или файла .eml.)"

# The letter itself -------------------------------------------------------------------------------

LETTER_PROBLEM = "Описание проблемы"
LETTER_TEXT = "Текст обращения"
UNKNOWN = "не указано"
UNCHECKED = "(со слов пользователя)"
LETTER_SCOPE = "Тема по Регламенту"
LETTER_PRIORITY = "Приоритет (предварительно)"
LETTER_MARKS = "Отметки"
LETTER_FAQ = "Показанные ответы FAQ"
FAQ_FAILED = "не помогло"
FAQ_OPENED = "показан"
FAQ_OFFERED = "предложен, не открыт"
FORWARDED = "[пересланное сообщение]"
PICTURES_ONLY = "Текста нет, только файлы."
STEPS_IN_TEXT = "в описании проблемы"
MARKS: Mapping[str, str] = {
    "disagreed": "пользователь не согласен с оценкой по Регламенту и просит рассмотреть",
    "incomplete": "часть сведений неизвестна",
    "foul": "грубые слова скрыты",
    "human": "пользователь просит ответа сотрудника",
    "review": "программа не уверена в оценке, нужна проверка сотрудником",
    "raised": "приоритет повышен по словам автора",
}
SUBJECT_WITHOUT_WORDS = "обращение без описания"


def letter_priority(name: str, until: datetime, sla_hours: int, clause: str) -> str:
    return f"{name}, {hours(sla_hours)}, до {moment(until)} (п. {clause}, 5.2)"


def more_entries(n: int) -> str:
    return f"и ещё {n}"


def raised(suggested: str) -> str:
    return f"по словам автора; программа предложила «{suggested}»"


def letter_scope(category: str, rule: str, clause: str) -> str:
    return f"{category}, «{rule}» (п. {clause})"


def file_heading(name: str, *, picture: bool = False) -> str:
    return f"Прочитано с картинки «{name}», возможны ошибки:" if picture else f"Файл «{name}»:"


# Commands ----------------------------------------------------------------------------------------

COMMANDS: Mapping[str, str] = {
    "start": "что умеет помощник",
    "new": "начать новое обращение",
    "faq": "вопросы и ответы; /faq слово ищет",
    "my": "мои обращения",
    "status": "состояние обращений и черновика",
    "cancel": "удалить черновик",
    "human": "позвать сотрудника",
    "privacy": "что хранится и зачем",
    "my_data": "мои данные файлом",
    "delete_me": "удалить мои данные",
    "help": "эта справка",
}
HELP_TITLE = "Команды"


def until(at: datetime) -> str:
    return f"до {moment(at)}"


def unknown_command(name: str) -> str:
    return f"Команды /{name} нет. Все команды: /help. Чтобы написать в поддержку, просто опишите вопрос."


NO_REQUESTS = "Обращений пока нет."
MY_TITLE = "Ваши обращения"


def no_such_request(number: str) -> str:
    return f"Среди Ваших обращений нет номера {number}. Все обращения: /my."


LETTER_STATES: Mapping[str, str] = {
    "waiting": "письмо отправляется",
    "sent": "письмо отправлено",
    "failed": "письмо пока не принято почтой",
    "refused": "почта не приняла письмо",
    "by_person": "письмо отправляете Вы",
}
_NOT_TAKEN = ("failed", "refused")


def letter_state(state: str, *, agents: bool) -> str:
    """Return how the letter stands; where it was not taken, also who knows or what can be done."""
    said = LETTER_STATES.get(state, state)
    if state not in _NOT_TAKEN:
        return said
    return f"{said}, {'сотрудники предупреждены' if agents else 'его можно отправить со своей почты'}"


DRAFT_STATES: Mapping[str, str] = {
    "collecting": "черновик собирается",
    "rephrase": "черновик ждёт другой формулировки",
    "summary": "черновик разобран и ждёт «Отправить»",
    "question": "черновик ждёт ответа на вопрос",
    "number": "черновик ждёт номера обращения",
    "urgency": "черновик ждёт ответа на вопрос",
    "preview": "письмо готово и ждёт подтверждения",
    "address": "письмо ждёт подтверждения почты",
    "code": "письмо ждёт кода из почты",
    "edit": "черновик ждёт нового текста",
}


def human_called(mailbox: str, *, agents: bool) -> str:
    if agents:
        return "Сотрудники получили просьбу ответить лично. Они отвечают на письмо, поэтому его осталось отправить."
    return f"Просьба ответить лично отмечена в письме. Сотрудники читают {mailbox}, поэтому его осталось отправить."


def human_ask(mailbox: str, *, agents: bool) -> str:
    said = (
        "Сотрудники получили просьбу." if agents else f"Сотрудники отвечают на письма, которые приходят на {mailbox}."
    )
    letter = "письмо" if agents else "письмо с просьбой ответить лично"
    return f"{said} Опишите вопрос одним сообщением: {letter} будет готово сразу, без вопросов."


def human_again(*, agents: bool) -> str:
    return "Просьба сотрудникам уже передана." if agents else "Просьба ответить лично уже отмечена в письме."


def human_later(*, agents: bool) -> str:
    follows = "будет передана после «Понятно»" if agents else "войдёт в письмо"
    return f"Просьба позвать сотрудника запомнена, она {follows}."


MY_DATA = "Всё, что хранится о Вас в этой переписке, в файле."
FORGET_ASK = (
    "Удалить всё, что хранится о Вас здесь: согласие, почту, переписку и черновик? "
    "Письма, которые уже отправлены в поддержку, останутся у неё."
)
FORGOTTEN = "Данные удалены. Если понадобится помощь, просто напишите."
KEPT = "Хорошо, всё осталось как было."
SECTIONS_TITLE = "Вопросы и ответы"
SECTIONS_HINT = "Выберите раздел или напишите /faq и слово."


def found(query: str, n: int) -> str:
    if not n:
        return f"По запросу «{query}» ничего не нашлось. Разделы ниже; можно просто описать вопрос."
    return f"По запросу «{query}»: {plural(n, 'ответ', 'ответа', 'ответов')}."
