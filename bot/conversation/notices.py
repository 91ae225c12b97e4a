"""The words of every message we send, and its buttons. All texts come from the catalogues under `locales/`.

Message anatomy (which lines, in which order) follows one rule: what to do first, why second, source last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from gettext import GNUTranslations

from bot.cases.sla import promise_of
from bot.content.messages import Messages
from bot.content.model import (
    Catalogue,
    Confidence,
    Entry,
    EntryId,
    Helpline,
    Hours,
    Language,
    OnHolidays,
    SmallTalkKind,
    Team,
    TeamId,
    TopicId,
    WorkingTime,
    emergency_number,
    is_reviewed,
    newest_source_date,
    working_time,
)
from bot.content.opening import VILNIUS, Door, opening_at
from bot.content.render import (
    format_day,
    format_instant,
    format_partial_date,
    isolated,
    locale_of,
    own_name,
    render,
    words,
)
from bot.conversation.model import (
    Button,
    ButtonSet,
    InboxId,
    Line,
    OutboxId,
    Outgoing,
    OutgoingKind,
    Purpose,
    Token,
    Verb,
)

MAX_NEIGHBOURS = 3
NEIGHBOUR_BUTTONS = 2
"""With the rows for "helped" and "a person" that makes four, the most that stays readable on a small screen."""
CONFIRMED = timedelta(days=2 * 365)
"""So long a dated source counts as confirming what it says; our own choice."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Everything that wording needs: the content, the bot's texts, the reader's language, the present, fresh button tokens."""

    catalogue: Catalogue
    messages: Messages
    language: Language
    now: datetime
    new_token: Callable[[], Token]

    @property
    def today(self) -> date:
        """The day in Lithuania."""
        return self.now.astimezone(VILNIUS).date()

    @property
    def t(self) -> GNUTranslations:
        """The bot's texts in the reader's language."""
        return self.messages.of(self.language)

    @property
    def spoken(self) -> Language:
        """The language the bot's own texts come out in."""
        return self.messages.spoken(self.language)

    def label(self, entry_id: EntryId) -> str:
        """Return an entry's short name for a button."""
        texts = self.catalogue.entries[entry_id].texts
        return words({language: text.label for language, text in texts.items()}, self.language)

    def question(self, entry_id: EntryId) -> str:
        """Return an entry's question with its values put in."""
        entry = self.catalogue.entries[entry_id]
        language = self.language if self.language in entry.texts else next(iter(entry.texts))
        return render(entry.texts[language].question, entry, language, self.catalogue)


def named(v: Voice, alias: str) -> str:
    """Return a specialist's alias; one that only has a number gets it in words."""
    number = alias.removeprefix("#")
    numbered = alias.startswith("#") and number.isdecimal()
    return v.t.gettext("specialist {n}").format(n=number) if numbered else alias


def person_button(v: Voice) -> Button:
    """Return the button that is always there, always worded alike."""
    return Button(v.t.gettext("Talk to a person"), Verb.PERSON)


# Answers --------------------------------------------------------------------------------------------------------------


def answer(
    v: Voice,
    entry_id: EntryId,
    *,
    neighbours: Sequence[EntryId] = (),
    question: InboxId | None = None,
    shown: tuple[EntryId, ...] = (),
    local: Sequence[Line] = (),
    asked: Sequence[EntryId] = (),
    follows: EntryId | None = None,
) -> Outgoing:
    """Return an entry's text with its local part, source, date and review state; it must exist in the reader's language.

    `asked` are other needs of the same message, first among the neighbours; `follows` is what a follow-up went on from.
    """
    entry = v.catalogue.entries[entry_id]
    text = entry.texts[v.language]
    near = tuple(dict.fromkeys((*asked, *neighbours)))[:MAX_NEIGHBOURS]
    lines = [
        Line(render(text.short, entry, v.language, v.catalogue), bold=True),
        Line(render(text.details, entry, v.language, v.catalogue).strip(), quote=True),
        *local,
        *_footing(v, entry),
        *_also(v, near, len(asked)),
    ]
    rows = [
        (Button(v.t.gettext("Helped"), Verb.HELPED), Button(v.t.gettext("Not this"), Verb.NOT_THIS)),
        *((Button(v.label(x), Verb.CHOICE, i),) for i, x in enumerate(near[:NEIGHBOUR_BUTTONS])),
        (person_button(v),),
    ]
    buttons = ButtonSet(
        v.new_token(),
        Purpose.ANSWER,
        tuple(rows),
        question=question,
        entries=near,
        shown=(*shown, entry_id),
        follows=follows,
    )
    return Outgoing(OutgoingKind.ANSWER, v.language, tuple(lines), buttons)


def _footing(v: Voice, entry: Entry) -> list[Line]:
    facts, t = entry.facts, v.t
    source = facts.sources[0]  # editors put the best one first
    body = words(v.catalogue.institutions[facts.body].name, v.language)
    lines = [Line(t.gettext("Source: {address}").format(address=isolated(source.url, v.language)))]
    newest = newest_source_date(facts)
    if newest is None:
        lines.append(Line(t.gettext("The source page has no date.")))
    else:
        dated = format_partial_date(newest, v.language)
        old = newest < (v.today - CONFIRMED).isoformat()[: len(newest)]
        told = t.gettext("Not confirmed since: {date}") if old else t.gettext("Date of the newest source: {date}")
        lines.append(Line(told.format(date=dated)))
    checked = format_day(facts.checked, locale_of(v.language))
    lines.append(Line(t.gettext("{body}. Facts checked: {date}").format(body=body, date=checked)))
    if not is_reviewed(entry.texts[v.language].review, sensitive=v.catalogue.topics[entry.topic].sensitive):
        lines.append(Line(t.gettext("No specialist has read this wording yet.")))
    if facts.confidence in {Confidence.LOW, Confidence.UNVERIFIED}:
        lines.append(Line(t.gettext("Some facts here are not certain. A person can check it for you.")))
    if facts.review_by < v.today or v.language in entry.stale:
        lines.append(Line(t.gettext("This text may be out of date. A person can check it for you.")))
    return lines


def _also(v: Voice, near: Sequence[EntryId], asked: int) -> list[Line]:
    listed = [f"{i}. {v.question(x)}" for i, x in enumerate(near, start=1)]
    parts = (
        (v.t.gettext("You also asked about:"), listed[:asked]),
        (v.t.gettext("Similar questions:"), listed[asked:]),
    )
    return [Line("\n".join((head, *part))) for head, part in parts if part]


def read_together(v: Voice) -> Line:
    """Return the line that tells a follow-up how it was understood."""
    return Line(v.t.gettext("I read this together with your question before."))


def other_language(v: Voice, entry_id: EntryId, question: InboxId | None) -> Outgoing:
    """Offer an answer in the languages that have it; the reader's does not."""
    languages = tuple(v.catalogue.entries[entry_id].texts)
    lines = (
        Line(v.t.gettext("We have an answer to this, but not in your language."), bold=True),
        Line(v.t.gettext("In which language do you want it?")),
    )
    rows = (*((Button(own_name(x), Verb.LANGUAGE, i),) for i, x in enumerate(languages)), (person_button(v),))
    buttons = ButtonSet(v.new_token(), Purpose.OFFER, rows, question=question, entries=(entry_id,), languages=languages)
    return Outgoing(OutgoingKind.CLARIFICATION, v.spoken, lines, buttons)


def clarification(
    v: Voice, choices: Sequence[EntryId], question: InboxId | None, *, follows: EntryId | None = None
) -> Outgoing:
    """Ask which of two or three entries is meant."""
    lines = (Line(v.t.gettext("Which one do you mean?"), bold=True),)
    rows = (
        *((Button(v.label(x), Verb.CHOICE, i),) for i, x in enumerate(choices)),
        (Button(v.t.gettext("Something else"), Verb.SOMETHING_ELSE),),
        (person_button(v),),
    )
    buttons = ButtonSet(
        v.new_token(), Purpose.CLARIFY, rows, question=question, entries=tuple(choices), follows=follows
    )
    return Outgoing(OutgoingKind.CLARIFICATION, v.spoken, lines, buttons)


# People ---------------------------------------------------------------------------------------------------------------


def hand_over(
    v: Voice,
    number: str,
    topic: TopicId | None,
    *,
    asked: bool,
    approval: bool = False,
    opened_by: InboxId | None = None,
    due_at: datetime | None = None,
) -> Outgoing:
    """Tell that a person will answer: who, by when, under which number.

    `approval` says that there is an answer, which a person reads first. `opened_by` is the message that opened the case; with it the family can add to the case or take it back by a press.
    """
    t = v.t
    if approval:
        first = t.gettext("There is an answer to this. A person reads it first, and then you get it here.")
    elif asked:
        first = t.gettext("A person will answer you here.")
    else:
        first = t.gettext("I do not have a published answer to this. A person will answer you here.")
    lines = [
        Line(first, bold=True),
        Line(t.gettext("Who: {team}").format(team=words(team_of(v.catalogue, topic).name, v.language))),
        Line(target_in_words(v, target_of(v.catalogue, topic))),
        by_when(v, due_at or promise_of(v.catalogue).due_at(topic, v.now)),
        Line(t.gettext("Question {number}. It is kept. You can write more at any time.").format(number=number)),
    ]
    buttons = None
    if opened_by is not None:
        rows = ((Button(t.gettext("Add to it"), Verb.ADD),), (Button(t.gettext("Take it back"), Verb.WITHDRAW),))
        buttons = ButtonSet(v.new_token(), Purpose.CASE, rows, question=opened_by)
    return Outgoing(OutgoingKind.HAND_OVER, v.spoken, tuple(lines), buttons, silent=True)


def by_when(v: Voice, due_at: datetime) -> Line:
    """Return the promised instant: weekday, date and hour in Lithuania."""
    return Line(
        v.t.gettext("By: {instant}").format(instant=format_instant(due_at.astimezone(VILNIUS), v.spoken)), bold=True
    )


def ask_for_the_question(v: Voice, number: str, topic: TopicId | None) -> Outgoing:
    """Tell somebody who asked for a person before asking anything that a person will come, and ask what it is about."""
    told = hand_over(v, number, topic, asked=True)
    lines = (*told.lines, Line(v.t.gettext("What is it about? Write it in one message. The person will read it.")))
    return Outgoing(OutgoingKind.HAND_OVER, told.language, lines, silent=True)


def team_of(catalogue: Catalogue, topic: TopicId | None) -> Team:
    """Return who answers a topic; one that content no longer has goes where unknown ones go."""
    return catalogue.teams[team_id_of(catalogue, topic)]


def team_id_of(catalogue: Catalogue, topic: TopicId | None) -> TeamId:
    """Return the id of the team that answers a topic."""
    known = catalogue.topics.get(topic) if topic else None
    return known.team if known else catalogue.default_team


def target_of(catalogue: Catalogue, topic: TopicId | None) -> WorkingTime:
    """Return the promised time of a topic; for an unknown topic the slowest, so that the promise can be kept."""
    if topic is not None and topic in catalogue.topics:
        return catalogue.topics[topic].target
    return max((x.target for x in catalogue.topics.values()), key=working_time)


def target_in_words(v: Voice, target: WorkingTime) -> str:
    """Return "Within 2 working days." in the reader's language."""
    if target.working_hours:
        n = target.working_hours
        return v.t.ngettext("Answer within {n} working hour", "Answer within {n} working hours", n).format(n=n)
    n = target.working_days or 0
    return v.t.ngettext("Answer within {n} working day", "Answer within {n} working days", n).format(n=n)


# Help lines -----------------------------------------------------------------------------------------------------------


def helpline_line(v: Voice, line: Helpline) -> str:
    """Return number, name, hours and languages of a helpline; what is not known is said to be not known."""
    t = v.t
    spoken = ", ".join(language_name(language, v.spoken) for language in line.languages)
    languages = (
        t.gettext("languages: {languages}").format(languages=spoken) if spoken else t.gettext("languages not known")
    )
    contact = isolated(line.number or line.url or "", v.spoken)
    return f"{contact}\n{words(line.name, v.language)}. {hours_in_words(v, line.hours, line.holidays)}, {languages}."


def hours_in_words(v: Voice, hours: Hours, on_holidays: OnHolidays) -> str:
    """Return whether a door is open now and until when, or when it opens; what is not known is said to be not known."""
    t = v.t
    opening = opening_at(hours, on_holidays, v.now)
    if opening.holiday:
        return t.gettext("Hours on a public holiday not known")
    if opening.changes is None:
        return {
            Door.OPEN: t.gettext("Day and night"),
            Door.CLOSED: t.gettext("Closed now"),
            Door.UNKNOWN: t.gettext("Hours not known"),
        }[opening.door]
    instant = format_instant(opening.changes, v.spoken)
    if opening.door is Door.OPEN:
        return t.gettext("Open now, until: {instant}").format(instant=instant)
    return t.gettext("Closed now. Opens: {instant}").format(instant=instant)


def language_name(language: Language, reader: Language) -> str:
    """Return the name of a language in the reader's."""
    return locale_of(language).get_language_name(reader) or language


# Talk and notices -----------------------------------------------------------------------------------------------------


def small_talk(v: Voice, kind: SmallTalkKind) -> Outgoing:
    """Return a short reply to what is no question."""
    t = v.t
    texts = {
        SmallTalkKind.GREETING: t.gettext("Hello. Write your question about life in Lithuania in your own words."),
        SmallTalkKind.THANKS: t.gettext("You are welcome. You can write at any time."),
        SmallTalkKind.GOODBYE: t.gettext("Goodbye. You can write at any time."),
        SmallTalkKind.ABOUT_BOT: t.gettext(
            "I am a program, not a person. I answer with published texts. A person answers what I do not know."
        ),
        SmallTalkKind.INSULT: t.gettext("I may have misunderstood you. Write it in other words, or talk to a person."),
        SmallTalkKind.TEST: t.gettext("It works. Write your question in your own words."),
        SmallTalkKind.OKAY: t.gettext("Good. You can write your next question."),
    }
    buttons = ButtonSet(v.new_token(), Purpose.OFFER, ((person_button(v),),))
    return Outgoing(OutgoingKind.TALK, v.spoken, (Line(texts[kind]),), buttons)


def no_words(v: Voice, question: InboxId) -> Outgoing:
    """Ask for words where a message has none."""
    text = v.t.gettext("I found no words in your message. Write your question in a few words.")
    buttons = ButtonSet(v.new_token(), Purpose.OFFER, ((person_button(v),),), question=question)
    return Outgoing(OutgoingKind.TALK, v.spoken, (Line(text),), buttons)


def in_other_words(v: Voice) -> Outgoing:
    """Ask to write the question in other words, after "something else"."""
    text = v.t.gettext("Write it in other words. If I still have no answer, a person will answer.")
    buttons = ButtonSet(v.new_token(), Purpose.OFFER, ((person_button(v),),))
    return Outgoing(OutgoingKind.TALK, v.spoken, (Line(text),), buttons)


def glad(v: Voice) -> Outgoing:
    """Confirm "helped"."""
    return Outgoing(OutgoingKind.TALK, v.spoken, (Line(v.t.gettext("Good. You can write your next question.")),))


def old_button(v: Voice) -> Outgoing:
    """Tell that a button does nothing any more, and what does."""
    text = v.t.gettext("This button does not work any more. Write your question in your own words.")
    return Outgoing(OutgoingKind.TALK, v.spoken, (Line(text),))


def welcome(v: Voice) -> Outgoing:
    """Return the first words after /start: how to ask, what we keep, the languages."""
    t = v.t
    ask = t.gettext("Write your question about life in Lithuania in your own words, in your language.")
    return _with_picker(v, [Line(ask, bold=True), *notice_lines(v)])


def first_notice(v: Voice) -> Outgoing:
    """Return the notice below somebody's first answer: two lines on privacy, and the languages."""
    return _with_picker(v, notice_lines(v), silent=True)


def notice_lines(v: Voice) -> list[Line]:
    """Return the two lines on privacy."""
    t = v.t
    return [
        Line(
            t.gettext("Please write no names, phone numbers or document numbers. I hide the numbers that I recognise.")
        ),
        Line(t.gettext("Your questions are kept so that people can answer them. More: /privacy")),
    ]


def pick_language(v: Voice) -> Outgoing:
    """Ask for the language, in all languages at once."""
    title = " · ".join(v.messages.of(language).gettext("Language") for language in v.messages.languages)
    return _with_picker(v, [Line(title, bold=True)])


def repicked(v: Voice, buttons: ButtonSet, message: str) -> Outgoing:
    """Move the mark in a language picker to the reader's language."""
    rows = _language_rows(v, buttons.languages)
    return Outgoing(OutgoingKind.EDIT, v.spoken, (), replace(buttons, rows=rows), edits=message)


def _language_rows(v: Voice, languages: Sequence[Language]) -> tuple[tuple[Button, ...], ...]:
    picks = [
        Button(f"✓ {own_name(x)}" if x == v.spoken else own_name(x), Verb.LANGUAGE, i) for i, x in enumerate(languages)
    ]
    return tuple(tuple(picks[i : i + 2]) for i in range(0, len(picks), 2))


def _with_picker(v: Voice, lines: Sequence[Line], *, silent: bool = False) -> Outgoing:
    languages = tuple(sorted(v.messages.languages, key=lambda language: language != v.spoken))
    buttons = ButtonSet(v.new_token(), Purpose.LANGUAGES, _language_rows(v, languages), languages=languages)
    return Outgoing(OutgoingKind.NOTICE, v.spoken, tuple(lines), buttons, silent=silent)


def language_set(v: Voice) -> Outgoing:
    """Confirm the language."""
    text = v.t.gettext("I now write in English. Write your question in your own words.")
    return Outgoing(OutgoingKind.TALK, v.spoken, (Line(text),))


def topics(v: Voice, edits: str | None = None) -> Outgoing:
    """List the topics; a menu, so its rows are as many as there are topics."""
    ids = tuple(x for x in v.catalogue.topics if entries_of(v.catalogue, x, v.language))
    rows = tuple((Button(words(v.catalogue.topics[x].name, v.language), Verb.TOPIC, i),) for i, x in enumerate(ids))
    buttons = ButtonSet(v.new_token(), Purpose.TOPICS, (*rows, (person_button(v),)), topics=ids)
    text = v.t.gettext("What is your question about?")
    return Outgoing(OutgoingKind.NOTICE, v.spoken, (Line(text, bold=True),), buttons, edits=edits)


def topic(v: Voice, topic_id: TopicId, edits: str | None = None) -> Outgoing:
    """List the questions of one topic."""
    ids = entries_of(v.catalogue, topic_id, v.language)
    rows = tuple((Button(v.label(x), Verb.CHOICE, i),) for i, x in enumerate(ids))
    buttons = ButtonSet(v.new_token(), Purpose.TOPIC, (*rows, (person_button(v),)), entries=ids, topics=(topic_id,))
    title = Line(words(v.catalogue.topics[topic_id].name, v.language), bold=True)
    return Outgoing(OutgoingKind.NOTICE, v.spoken, (title,), buttons, edits=edits)


def entries_of(catalogue: Catalogue, topic_id: TopicId, language: Language) -> tuple[EntryId, ...]:
    """Return the entries of a topic that can be read in `language`, else in any language."""
    found = tuple(x.id for x in catalogue.entries.values() if x.topic == topic_id and language in x.texts)
    return found or tuple(x.id for x in catalogue.entries.values() if x.topic == topic_id)


def help_text(v: Voice) -> Outgoing:
    """Tell what the bot does, and 112."""
    t = v.t
    lines = (
        Line(
            t.gettext("In danger, call {number}. Free, day and night.").format(number=emergency_number(v.catalogue)),
            bold=True,
        ),
        Line(t.gettext("Write your question about life in Lithuania in your own words, in your language.")),
        Line(t.gettext("I answer with published texts and their sources. A person answers what I do not know.")),
        Line(
            "\n".join(
                [
                    "/human " + t.gettext("Talk to a person"),
                    "/questions " + t.gettext("My questions"),
                    "/topics " + t.gettext("Browse by topic"),
                    "/checklists " + t.gettext("Checklists"),
                    "/language " + t.gettext("Language"),
                    "/hide " + t.gettext("Hide this chat"),
                    "/privacy " + t.gettext("What we keep about you"),
                ]
            )
        ),
    )
    return Outgoing(OutgoingKind.NOTICE, v.spoken, lines)


def privacy(v: Voice) -> Outgoing:
    """Tell what is kept, for whom, and what is not."""
    t = v.t
    lines = (
        Line(t.gettext("What we keep about you"), bold=True),
        Line(t.gettext("We keep: your messages, your language, and the number of this chat so that we can reply.")),
        Line(t.gettext("We also keep, if you gave them: your town and the ticks in your checklists.")),
        Line(t.gettext("We do not keep: your name, your user name, your phone number.")),
        Line(
            t.gettext(
                "Phone numbers, e-mail addresses and personal codes that we recognise are hidden before we store a message."
            )
        ),
        Line(t.gettext("Specialists read the questions that a person has to answer, and what may be about danger.")),
        Line(t.gettext("We count questions by language and topic. The counts hold no words and no people.")),
    )
    return Outgoing(OutgoingKind.NOTICE, v.spoken, lines)


def interrupted(v: Voice, owed: tuple[OutboxId, ...]) -> Outgoing:
    """Ask whether an answer has arrived, after an interruption that we cannot see behind."""
    text = v.t.gettext("I was interrupted. Did you get my last message?")
    rows = ((Button(v.t.gettext("Show it again"), Verb.SHOW),),)
    buttons = ButtonSet(v.new_token(), Purpose.UNCERTAIN, rows, owed=owed)
    return Outgoing(OutgoingKind.UNCERTAIN, v.spoken, (Line(text),), buttons)


def failed(v: Voice, number: str) -> Outgoing:
    """Tell that something broke on our side and that a person has the question now: no program knows what is in it."""
    told = hand_over(v, number, None, asked=True)
    first = Line(v.t.gettext("Something went wrong on our side. Your question is kept."), bold=True)
    return Outgoing(OutgoingKind.HAND_OVER, told.language, (first, *told.lines, danger_line(v)))


def danger_line(v: Voice) -> Line:
    """Return the standing line of a message that may be about danger."""
    return Line(
        v.t.gettext("If you or a child are in danger, call {number} now.").format(number=emergency_number(v.catalogue)),
        bold=True,
    )


def used(v: Voice, buttons: ButtonSet, label: str, message: str, *, keep: tuple[Button, ...] = ()) -> Outgoing:
    """Replace the buttons of a message by the one that was pressed, marked as done; `keep` stay usable below it."""
    rows = ((Button(f"✓ {label}", Verb.DONE),), *((button,) for button in keep))
    return Outgoing(OutgoingKind.EDIT, v.spoken, (), replace(buttons, rows=rows), edits=message)


def chosen(v: Voice, label: str, message: str) -> Outgoing:
    """Replace a clarification by what was chosen."""
    return Outgoing(OutgoingKind.EDIT, v.spoken, (Line(f"✓ {label}"),), edits=message)
