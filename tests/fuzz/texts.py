"""What people may write, and what nobody should: questions, commands, personal things, markup, links, broken text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from bot.content.model import Catalogue

MARK = "qvxj"
"""Part of every name, link, number's neighbour and word that must turn up in no log."""
PHONE = "+3706990"
"""How the phones of this run begin."""

MARKUP = (
    f"<b>{MARK}</b> <i>x</i> <u>", f'<a href="https://{MARK}.example/x">here</a>', f"</b></blockquote>{MARK}<code>",
    f'<a href="tg://user?id=1">{MARK}</a>', f'<tg-spoiler>{MARK}</tg-spoiler><span class="tg-spoiler">',
    f"<pre><code class='language-python'>{MARK}", f"&lt;b&gt;{MARK}&lt;/b&gt; &amp;amp; &#60;i&#62; &quot; &nbsp;",
    f"[{MARK}](https://{MARK}.example) *bold* _it_ ~s~ ||spoiler|| `code` ```pre```", f"<!-- {MARK} --> <![CDATA[<b>]]>",
    f"<blockquote expandable>{MARK}</blockquote", "<", ">", "&", "<<b>>", "</", "<b", '<a href="', "&#0;&#x110000;&#xd800;",
    f"<script>alert('{MARK}')</script><img src=x onerror={MARK}>", f'<tg-emoji emoji-id="1">{MARK}</tg-emoji>',
    "{0.__class__} %s %(x)s ${y} {number} {family}", f"'; DROP TABLE inbox; -- {MARK}", "<?php", "]]>",
)  # fmt: skip
LINKS = (
    f'https://{MARK}.example/a?b=<c>&d="e"', f"http://www.{MARK}.example", f"www.{MARK}.example/x", f"{MARK}.example",
    f"tg://resolve?domain={MARK}", f"tg://user?id=5880412{MARK}", f"javascript:alert('{MARK}')", f"t.me/{MARK}",
    f"@{MARK}_name", f"@{MARK}", f"/{MARK}", f"/close@{MARK}_bot", f"(/{MARK})", f"#{MARK}", f"${MARK.upper()}",
    f"{MARK}@example.com", f"x /{MARK} /note /release /claim y", f"https://xn--{MARK}-80a.рф/", f"ton://{MARK}",
)  # fmt: skip
PERSONAL = (
    f"my name is Olena {MARK}", f"{PHONE}123", f"tel {PHONE}1234, code 39001011234", f"LT121000011101001000 {MARK}",
    f"@{MARK}olena is me", f"{MARK}@mail.example", f"FB123456 {MARK}", f"I live in {MARK} street 5-12",
)  # fmt: skip
COMMANDS = (
    "/start", "/start x", "/language", "/topics", "/help", "/human", f"/human help me {MARK}", "/questions", "/checklists",
    "/privacy", "/duty on", "/duty off", f"/duty {MARK}", f"/{MARK}", "/", "//", "/human@tiltas_bot", "/START", "/note x",
    "/connect ABCDEFGH23", f"/connect {MARK}", "/claim", "/work", "/starт", "/start@", "/duty 99999999999999999999",
    "/hide", "/hide", "/hide x", "/unhide", f"/hide {MARK}",
)  # fmt: skip
ORDERS = (
    "/claim", "/release", "/transfer", "/close", "/close helped", "/close referred", "/insert", "/guide", "/guide all",
    f"/note {MARK} secret", f"note: {MARK}", f"/name {MARK} Rasa", "/name", f"/name <b>{MARK}</b> @{MARK} {MARK}.lt",
    "/language ru", f"/language {MARK}", "/level red he came back", "/level none", "/level", f"/level amber {MARK}",
    "/duty on", "/duty off", "/duty 1", "/duty 8-17", "/duty 99:99-1", "/duty lead", "/duty ²", "/duty ٣", "/help", f"/{MARK}",
    "/work", "/transfer legal", "/transfer support", f"/transfer {MARK}", "/connect ABCDEFGH23", "/тщеу x", f"/note@{MARK} x", "\\note y",
    f"/bar 3 {MARK} threats", "/bar threats", "/bar 1 x", "/bar 99 x", "/bar", "/unbar",
)  # fmt: skip
_BLOCKS = (
    (0x20, 0x7E), (0x20, 0x7E), (0x400, 0x4FF), (0x600, 0x6FF), (0x900, 0x97F), (0x10A0, 0x10FF), (0x4E00, 0x4FFF),
    (0x1F300, 0x1F64F), (0x300, 0x36F), (0x00, 0x1F), (0x7F, 0x9F), (0x2000, 0x206F), (0xD800, 0xDFFF), (0xE000, 0xE0FF),
    (0xFDD0, 0xFDFF), (0xFFF0, 0xFFFF), (0xFB50, 0xFB9F), (0x1D400, 0x1D4FF), (0xE0000, 0xE01EF), (0x110, 0x24F),
)  # fmt: skip
_SIGNS = (
    "\u202e\u202d\u2066\u2069\u200b\u200d\u200e\u200f\ufeff\u00ad\u2060\u034f\u3164\x00\r\n\t\u2028\ufdfa\u0130\u0131ß"
)


@dataclass(frozen=True)
class Texts:
    """Makes texts; what is real in them comes from the content that the bot answers with."""

    real: Sequence[str]

    def any(self, r: Random) -> str:
        """Return what somebody might write, or nobody would."""
        make = r.choices(_MAKERS, _WEIGHTS)[0]
        text = make(self, r)
        while r.random() < 0.25:
            text = r.choice((" ", "\n", ". ", ", ", "", "\u200b")).join(
                (text, r.choices(_MAKERS, _WEIGHTS)[0](self, r))
            )
        return f"{text} {MARK}" if r.random() < 0.3 else text

    def question(self, r: Random) -> str:
        """Return words that the content knows, sometimes with slips."""
        text = r.choice(self.real)
        for _ in range(r.choice((0, 0, 0, 1, 3))):
            at = r.randrange(len(text) + 1)
            text = text[:at] + r.choice(("", " ", "a", "е", text[at : at + 1] * 2)) + text[at + 1 :]
        return text

    def broken(self, r: Random) -> str:
        """Return characters of all kinds."""
        length = r.choice((1, 3, 10, 40, 200))
        chars = [chr(r.randint(*r.choice(_BLOCKS))) for _ in range(length)]
        return "".join(c if r.random() < 0.8 else r.choice(_SIGNS) for c in chars)

    def huge(self, r: Random) -> str:
        """Return far too much."""
        piece = r.choice(
            (self.question(r) + " ", "a", "😀", "ї", "\ufdfa", "a\u0301", "<b>", "&", "@", "/x ", "\u200b", "1 ")
        )
        return (piece * 4096)[: r.choice((1000, 4096, 4096, 20_000))]

    def signed(self, r: Random) -> str:
        """Return a question full of signs that nobody sees."""
        return "".join(c + (r.choice(_SIGNS) if r.random() < 0.2 else "") for c in self.question(r))

    def order(self, r: Random) -> str:
        """Return what a specialist writes: an order, a reply, anything."""
        return r.choice(ORDERS) if r.random() < 0.6 else self.any(r)


def _one_of(choices: Sequence[str]) -> Callable[[Texts, Random], str]:
    return lambda _, r: r.choice(choices)


_MAKERS: Sequence[Callable[[Texts, Random], str]] = (
    Texts.question, _one_of(MARKUP), _one_of(LINKS), _one_of(PERSONAL), _one_of(COMMANDS), Texts.broken, Texts.signed,
    Texts.huge,
)  # fmt: skip
_WEIGHTS = (40, 10, 10, 6, 10, 10, 6, 1)


def texts_of(catalogue: Catalogue) -> Texts:
    """Return a maker of texts with all that the content knows: questions, small talk, buttons, towns, danger."""
    entries = [
        phrase for entry in catalogue.entries.values() for text in entry.texts.values() for phrase in text.phrasings
    ]
    talk = [phrase for one in catalogue.talk.values() for kind in one.small_talk.values() for phrase in kind]
    words = [word for one in catalogue.talk.values() for kind in one.commands.values() for word in (*kind, *one.human)]
    towns = [name for town in catalogue.municipalities.values() for name in town.town.values()]
    calm = [text for words in catalogue.danger.values() for text in words.must_not_match]
    amber = [x.text for d in catalogue.danger.values() for k in d.kinds.values() for x in k.must_match]
    return Texts([*entries, *talk, *words, *words, *towns, *calm, *amber])
