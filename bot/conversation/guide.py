"""Guide cards beside a case: suggested by its topic, never by where a family comes from."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cases.model import Case
from bot.content.model import ENGLISH, CardId, CardText, Catalogue, GuideCard, TopicId
from bot.content.render import format_day, isolated, locale_of
from bot.conversation.desk_notices import LONGEST_MESSAGE, said
from bot.conversation.lengths import cut
from bot.conversation.model import Button, ButtonSet, Line, Outgoing, OutgoingKind, Purpose, Verb
from bot.conversation.notices import Voice

NUMBERS_IN_A_ROW = 5


def suggested(catalogue: Catalogue, topic: TopicId | None) -> list[CardId]:
    """Return the cards for a topic. A card about a culture that nobody of it has read is never among them."""
    return [key for key, card in catalogue.guide.items() if card.suggested and topic in card.topics]


def to_choose(v: Voice, case: Case, cards: Sequence[CardId], *, more: bool) -> Outgoing:
    """Ask which card to read; `more` offers all others as well."""
    t = v.t
    listed = [f"{n}. {_title(v, v.catalogue.guide[card])}" for n, card in enumerate(cards, start=1)]
    numbers = [Button(str(i + 1), Verb.GUIDE_CARD, i) for i in range(len(cards))]
    rows = [tuple(numbers[i : i + NUMBERS_IN_A_ROW]) for i in range(0, len(numbers), NUMBERS_IN_A_ROW)]
    if more:
        rows.append((Button(t.gettext("All guidance"), Verb.GUIDE, 1),))
    buttons = ButtonSet(v.new_token(), Purpose.DESK, tuple(rows), case=case.id, cards=tuple(cards))
    head = t.gettext("Guidance for you, not for the family:") if cards else t.gettext("No guidance for this topic yet.")
    return said(v, head, *listed, buttons=buttons)


def card(v: Voice, card_id: CardId) -> Outgoing:
    """Return one card, with who has read it and what it rests on."""
    found, t = v.catalogue.guide[card_id], v.t
    text = _text(v, found)
    parts = [
        "\n".join([t.gettext("For: {audience}").format(audience=text.audience), *_bullets(text.points)]),
        "\n".join([t.gettext("Do:"), *_bullets(text.do)]),
        "\n".join([t.gettext("Do not:"), *_bullets(text.dont)]),
        *(["\n".join([t.gettext("You can say:"), *_bullets(text.phrases)])] if text.phrases else []),
        *_read_by(v, found),
        "\n".join(isolated(source.url, v.spoken) for source in found.sources[:3]),
    ]
    whole = "\n\n".join(part for part in parts if part)
    return Outgoing(OutgoingKind.DESK, v.spoken, (Line(text.title, bold=True), Line(cut(whole, LONGEST_MESSAGE))))


def _text(v: Voice, found: GuideCard) -> CardText:
    return found.texts[v.language if v.language in found.texts else ENGLISH]


def _title(v: Voice, found: GuideCard) -> str:
    title = _text(v, found).title
    unread = found.culture is not None and found.reviewer is None
    return title + (" · " + v.t.gettext("not read by this community") if unread else "")


def _read_by(v: Voice, found: GuideCard) -> list[str]:
    t = v.t
    if found.reviewer is not None and found.reviewed is not None:
        day = format_day(found.reviewed, locale_of(v.spoken))
        return [t.gettext("Read by: {reviewer}, {day}.").format(reviewer=found.reviewer, day=day)]
    if found.culture is not None:
        return [t.gettext("Nobody of this community has read it yet. It tells of habits, not of this family.")]
    return [t.gettext("No specialist has read this wording yet.")]


def _bullets(texts: Sequence[str]) -> list[str]:
    return [f"• {text}" for text in texts]
