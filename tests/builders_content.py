"""A small, sound set of content files, as plain data that a test can spoil before it is written as YAML.

content = small_content()
content["entries/education.yaml"]["entries"]["kindergarten"]["body"] = "smms"
files = written(content)
line_of(files, "entries/education.yaml", "kindergarten:", "body:")
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.content.check import check
from bot.content.findings import Finding, Severity
from bot.content.model import MAIN_LANGUAGES, Command, DangerKind, Language, SmallTalkKind
from bot.content.read import read
from bot.matching.evidence import Writer

TODAY = date(2026, 11, 21)

Content = dict[str, Any]
"""What each file says; Any because a test reaches into YAML of every shape, and spoils it."""

_NAMES = {
    "kindergarten": {
        "lt": "Vieta darželyje",
        "en": "Place in kindergarten",
        "ru": "Место в детском саду",
        "uk": "Місце в дитячому садку",
    },
    "deposit": {"lt": "Užstatas", "en": "Deposit", "ru": "Залог", "uk": "Застава"},
}
_QUESTIONS = {
    "kindergarten": {
        "lt": "Kaip užrašyti vaiką į darželį?",
        "en": "How do I register my child for kindergarten?",
        "ru": "Как записать ребёнка в детский сад?",
        "uk": "Як записати дитину в дитячий садок?",
    },
    "deposit": {
        "lt": "Kada grąžinamas užstatas?",
        "en": "When do I get the deposit back?",
        "ru": "Когда возвращают залог?",
        "uk": "Коли повертають заставу?",
    },
}
_SHORT = {
    "kindergarten": {
        "lt": "Kreipkitės į savivaldybę.",
        "en": "Apply to your municipality.",
        "ru": "Обратитесь в самоуправление.",
        "uk": "Зверніться до самоврядування.",
    },
    "deposit": {
        "lt": "Paklauskite nuomotojo.",
        "en": "Ask your landlord first.",
        "ru": "Спросите арендодателя.",
        "uk": "Запитайте орендодавця.",
    },
}
_DETAILS = {
    "kindergarten": {
        "lt": "Vaikui turi būti {from_age} metai.\n- Mokestis: {fee}.\n- Klauskite čia: {office.name}, {office.phone}.",
        "en": "The child must be {from_age}.\n- Fee: {fee}.\n- Ask here: {office.name}, {office.phone}.",
        "ru": "Ребёнку должно быть {from_age} года.\n- Плата: {fee}.\n- Спросите здесь: {office.name}, {office.phone}.",
        "uk": "Дитині має бути {from_age} роки.\n- Плата: {fee}.\n- Запитайте тут: {office.name}, {office.phone}.",
    },
    "deposit": {
        "lt": "Terminas: {term}.\n- Skambinkite {line}.",
        "en": "Term: {term}.\n- Call {line}.",
        "ru": "Срок: {term}.\n- Позвоните {line}.",
        "uk": "Термін: {term}.\n- Зателефонуйте {line}.",
    },
}
_PHRASINGS = {
    "kindergarten": {
        "lt": [
            "darželis registracija",
            "kur kreiptis del vietos mazyliui",
            "sūnui treji, nežinau, ką daryti",
            "ar priima vidury metų",
            "kokių dokumentų reikia auklėtojai",
            "žmona nori dirbti, o vaiko nėra kur palikti",
            "eilė į lopšelį",
            "kiek kainuoja ikimokyklinis",
        ],
        "en": [
            "kindergarten registration",
            "My son is three soon and I don't know where to sign him up",
            "darželis how to apply",
            "what papers does the nursery want",
            "nobody to stay with my small daughter",
            "is there a waiting list",
            "can we start in the middle of the year",
            "who gives out places for toddlers",
        ],
        "ru": [
            "садик запись",
            "куда подать заявление на место",
            "сыну скоро три, не знаю что делать",
            "какие бумаги просит воспитатель",
            "жене надо работать, а малыша не с кем оставить",
            "очередь в ясли",
            "берут ли посреди года",
            "сколько стоит дошкольное",
        ],
        "uk": [
            "садочок запис",
            "куди подати заяву на місце",
            "синові скоро три, що робити",
            "які папери просить вихователька",
            "дружині треба працювати, а малюка нема з ким лишити",
            "черга до ясел",
            "чи беруть посеред навчального року",
            "скільки коштує дошкілля",
        ],
    },
    "deposit": {
        "lt": [
            "užstato grąžinimas",
            "šeimininkas neatiduoda pinigų",
            "išsikraustėme prieš mėnesį ir tyla",
            "ar turi teisę pasilikti depozitą",
            "raktus atidavem, o avansas dingo",
            "po kiek laiko perveda",
            "sako, kad sugadinome sieną",
            "kas yra uzstatas nuomojant buta",
        ],
        "en": [
            "deposit return",
            "the landlord keeps our money",
            "we moved out a month ago and hear nothing",
            "may he take it for old paint",
            "užstatas negrąžina",
            "gave the keys, no transfer",
            "how long does the owner have",
            "they say we broke the wall",
        ],
        "ru": [
            "возврат залога",
            "хозяин не отдаёт деньги",
            "съехали месяц назад и тишина",
            "имеет ли право удержать за ремонт",
            "ключи отдали, перевода нет",
            "через сколько возвращают депозит",
            "говорит, что мы испортили стену",
            "uzstatas не вернули",
        ],
        "uk": [
            "повернення застави",
            "власник не віддає гроші",
            "виїхали місяць тому і мовчанка",
            "чи може забрати собі за шпалери",
            "ключі віддали, переказу немає",
            "за який час повертають",
            "каже, що ми зіпсували стіл",
            "орендодавець тримає депозит",
        ],
    },
}


def small_content() -> Content:
    """Return all files of a sound catalogue of two entries."""
    content: Content = {
        "topics.yaml": {"topics": {"education": topic("Mokykla"), "housing": topic("Būstas")}},
        "routing.yaml": {"default": "support", "teams": {"support": {"name": named("komanda")}}},
        "institutions.yaml": {"institutions": {"smsm": {"name": named("ministerija"), "url": "https://smsm.lrv.lt"}}},
        "helplines.yaml": {
            "helplines": {
                "hl-112": helpline("112", danger=[str(kind) for kind in DangerKind], hours="always", holidays="same"),
                "hl-rent": helpline("+370 600 00000", hours={"mon": ["09:00-12:00", "13:00-17:00"], "sun": []}),
            }
        },
        "municipalities.yaml": {
            "municipalities": {
                f"place-{n:02}": {"name": f"{n} savivaldybė", "town": named(f"Vieta {n}"), "county": "Šiauliai"}
                for n in range(60)
            }
        },
        "services/national.yaml": {
            "services": {
                "office": {
                    "name": named("biuras"),
                    "kind": "housing",
                    "helpline": "hl-rent",
                    "url": "https://www.renkuosilietuva.lt",
                    "confidence": "high",
                    "sources": [source()],
                    "checked": "2026-11-01",
                }
            }
        },
        "checklists.yaml": {
            "checklists": {
                "first-week": {
                    "name": named("savaitė"),
                    "steps": {
                        "place": {"text": named("darželis"), "entry": "kindergarten"},
                        "rent": {"text": named("užstatas"), "entry": "deposit"},
                    },
                }
            }
        },
        "entries/education.yaml": {
            "entries": {
                "kindergarten": facts(
                    {
                        "from_age": {"number": 3},
                        "fee": {"amount": 129.5, "currency": "EUR", "year": 2026},
                        "office": {"service": "office"},
                    }
                )
            }
        },
        "entries/housing.yaml": {
            "entries": {
                "deposit": facts({"term": {"duration": 30, "unit": "day"}, "line": {"helpline": "hl-rent"}}),
            }
        },
    }
    for language in MAIN_LANGUAGES:
        content[f"{language}/education.yaml"] = {"entries": {"kindergarten": text("kindergarten", language)}}
        content[f"{language}/housing.yaml"] = {"entries": {"deposit": text("deposit", language)}}
        content[f"{language}/danger.yaml"] = danger(language)
        content[f"{language}/signs.yaml"] = signs(language)
        content[f"{language}/talk.yaml"] = talk(language)
    return content


def named(word: str) -> dict[str, str]:
    """Return one word as the name in all main languages."""
    return dict.fromkeys(MAIN_LANGUAGES, word)


def topic(word: str) -> Content:
    """Return a topic of the only team."""
    return {"name": named(word), "sensitive": False, "team": "support", "target": {"working_days": 2}}


def source(day: str = "2026-01-15") -> Content:
    """Return a source of a day."""
    return {"url": "https://www.e-tar.lt/portal/lt/legalAct/1", "date": day}


def facts(values: Content) -> Content:
    """Return the facts of a published entry."""
    return {
        "status": "published",
        "owner": "education-editor",
        "body": "smsm",
        "checked": "2026-11-01",
        "review_by": "2027-05-01",
        "confidence": "high",
        "sources": [source()],
        "values": values,
    }


def text(entry_id: str, language: Language) -> Content:
    """Return one of the two entries in one language."""
    return {
        "question": _QUESTIONS[entry_id][language],
        "label": _NAMES[entry_id][language],
        "short": _SHORT[entry_id][language],
        "details": _DETAILS[entry_id][language],
        "phrasings": list(_PHRASINGS[entry_id][language]),
        "review": {"state": "unreviewed"},
    }


def helpline(number: str, **changes: object) -> Content:
    """Return a published helpline."""
    return {
        "number": number,
        "name": named("linija"),
        "for": named("Pagalba."),
        "audience": "everyone",
        "hours": "unknown",
        "languages": ["lt"],
        "cost": "free",
        "checked": "2026-11-01",
        "confidence": "high",
        "publish": True,
        "sources": [source()],
        **changes,
    }


def guide_card(**changes: object) -> Content:
    """Return a sound guide card about no culture, in the two languages of specialists."""
    words = {
        "title": "First meeting",
        "audience": "Everyone",
        "points": ["Trust takes time."],
        "do": ["Say your name first."],
        "dont": ["Do not hurry."],
        "phrases": ["Please sit down."],
    }
    return {
        "topics": ["housing"],
        "checked": "2026-11-01",
        "confidence": "high",
        "sources": [source()],
        "texts": {"en": words, "lt": {**words, "title": "Pirmas susitikimas"}},
        **changes,
    }


def danger(language: Language) -> Content:
    """Return words of danger that no other language shares."""
    return {
        "kinds": {
            str(kind): {
                "red": [f"danger{language}{n} now"],
                "amber": [f"danger{language}{n} * once"],
                "must_match": [
                    {"text": f"danger{language}{n} now, {case}", "level": "red"}
                    for case in ("one", "two", "three", "four", "five", "six", "seven")
                ]
                + [{"text": f"danger{language}{n} maybe at once", "level": "amber"}],
            }
            for n, kind in enumerate(DangerKind)
        },
        "must_not_match": [f"danger{language}{n} never" for n in range(15)],
    }


def signs(language: Language) -> Content:
    """Return signs of who writes that no other language shares."""
    return {
        **{
            str(writer): {
                "patterns": [f"{writer}{language} here"],
                "must_match": [f"{writer}{language} here, {n}" for n in range(8)],
                "must_not_match": [f"no{writer}{language} there, {n}" for n in range(8)],
            }
            for writer in Writer
        },
        "strain": {
            "prototypes": [f"strain{language} {n}" for n in range(8)],
            "near_misses": [f"ease{language} {n}" for n in range(8)],
        },
    }


def talk(language: Language) -> Content:
    """Return small talk that no other language shares."""
    return {
        "human": [f"{language} person {n}" for n in range(25)],
        "small_talk": {str(kind): [f"{language} {kind} {n}" for n in range(12)] for kind in SmallTalkKind},
        "commands": {str(command): [f"{language} command {command}"] for command in Command},
        "background": {theme: [f"{language} {theme} {n}" for n in range(6)] for theme in ("weather", "pets")},
    }


def written(content: Content) -> dict[str, str]:
    """Return the files as YAML text, in the style of `faq/`."""
    return {
        path: yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120) for path, data in content.items()
    }


def write(folder: Path, content: Content) -> Path:
    """Write the files of content to a folder, and return it."""
    for name, text in written(content).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def line_of(files: dict[str, str], path: str, *marks: str) -> int:
    """Return the line, from 1, of the last mark, each looked for after the one before."""
    lines, at = files[path].splitlines(), -1
    for mark in marks:
        at = next(n for n in range(at + 1, len(lines)) if mark in lines[n])
    return at + 1


def findings(content: Content, *, today: date = TODAY) -> list[Finding]:
    """Return what the check finds in content whose form is sound."""
    reading = read(written(content))
    assert reading.findings == ()
    return check(reading, today=today)


def assert_one_finding(content: Content, place: Sequence[str], fact: str, severity: Severity = Severity.ERROR) -> None:
    """Assert that the check finds this and nothing else; `place` is a file and the marks of `line_of`."""
    (found,) = findings(content)

    file, *marks = place
    assert (found.file, found.line) == (file, line_of(written(content), file, *marks) if marks else 1)
    assert fact in found.fact
    assert found.severity is severity
