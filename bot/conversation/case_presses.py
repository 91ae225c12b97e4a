"""Presses of a family that are about one of its cases."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.model import CaseId, Rating
from bot.conversation import case_notices, notices
from bot.conversation.model import (
    Addition,
    ButtonSet,
    ClosedCase,
    Conversation,
    Effects,
    OpenCase,
    Outgoing,
    Press,
    RatingGiven,
    Solution,
    Verb,
    Withdrawal,
)
from bot.conversation.numbers import case_number
from bot.conversation.replies import Received, World, count, hand_off, reply_language
from bot.conversation.steps import Reason


def press_of_case(r: Received, w: World, press: Press, buttons: ButtonSet) -> Effects | None:  # noqa: PLR0911  one line for each verb
    """Do what a button about a case says; None for a verb that is about none."""
    match press.verb:
        case Verb.ADD:
            return _add(r, w, buttons)
        case Verb.WITHDRAW:
            return _withdraw(r, w, press, buttons)
        case Verb.SOLVED:
            return _solved(r, w, press, buttons)
        case Verb.YES | Verb.PARTLY | Verb.NO if buttons.case is not None:
            return _rated(r, w, press, buttons, buttons.case)
        case Verb.NEW_QUESTION:
            return _new_question(r, w, press, buttons)
        case Verb.CASE if press.choice < len(buttons.cases):
            return _chosen(r, w, press, buttons)
        case Verb.SEND_FILE:
            return _send_file(r, w, press, buttons)
        case Verb.KEEP_FILE:
            v = w.voice(reply_language(r))
            told = (*_marked(r, w, press, buttons, v.t.gettext("Do not send")), case_notices.file_kept_back(v))
            return Effects(r.conversation, told, step="press", counts=(count(r, "file_kept"),))
    return None


def _case(r: Received, buttons: ButtonSet) -> OpenCase | ClosedCase | None:
    # A set that left before its case had an id names the message that opened it; so does the case's number.
    number = case_number(buttons.question) if buttons.case is None and buttons.question is not None else None
    kept: tuple[OpenCase | ClosedCase, ...] = (*r.conversation.open_cases, *r.conversation.closed_cases)
    return next((case for case in kept if case.id == buttons.case or case.number == number), None)


def _add(r: Received, w: World, buttons: ButtonSet) -> Effects:
    case, v = _case(r, buttons), w.voice(reply_language(r))
    if case is None:
        return Effects(r.conversation, (notices.old_button(v),), step="old_button")
    conversation = replace(r.conversation, awaiting=case.id)
    return Effects(conversation, (case_notices.write_now(v, case.number),), step="press", counts=(count(r, "add"),))


def _withdraw(r: Received, w: World, press: Press, buttons: ButtonSet) -> Effects:
    case, v = _case(r, buttons), w.voice(reply_language(r))
    if not isinstance(case, OpenCase):
        return _no_case(r, w, case)
    marked = _marked(r, w, press, buttons, v.t.gettext("Take it back"))
    return Effects(
        _without(r, case.id), marked, moves=(Withdrawal(case.id),), step="press", counts=(count(r, "withdrawn"),)
    )


def _solved(r: Received, w: World, press: Press, buttons: ButtonSet) -> Effects:
    case, v = _case(r, buttons), w.voice(reply_language(r))
    if not isinstance(case, OpenCase):
        return _no_case(r, w, case)
    marked = _marked(r, w, press, buttons, v.t.gettext("This solved it"))
    return Effects(_without(r, case.id), marked, moves=(Solution(case.id),), step="press", counts=(count(r, "solved"),))


def _rated(r: Received, w: World, press: Press, buttons: ButtonSet, case_id: CaseId) -> Effects:
    case, v = _case(r, buttons), w.voice(reply_language(r))
    if not isinstance(case, ClosedCase):
        return _no_case(r, w, case)
    t = v.t
    label, rating = {
        Verb.YES.value: (t.gettext("Yes"), Rating.YES),
        Verb.PARTLY.value: (t.gettext("Partly"), Rating.PARTLY),
        Verb.NO.value: (t.gettext("No"), Rating.NO),
    }[press.verb]
    told: tuple[Outgoing, ...] = _marked(r, w, press, buttons, label)
    conversation = r.conversation
    if rating is Rating.YES:
        told = (*told, notices.glad(v))
    if rating is Rating.PARTLY:
        told = (*told, case_notices.what_is_missing(v, case.number))
        conversation = replace(conversation, awaiting=case.id)
    return Effects(
        conversation,
        told,
        moves=(RatingGiven(case_id, rating),),
        step="press",
        counts=(count(r, f"rated:{rating.value}", topic=case.topic),),
    )


def _new_question(r: Received, w: World, press: Press, buttons: ButtonSet) -> Effects:
    marked = _marked(r, w, press, buttons, w.voice(reply_language(r)).t.gettext("It is a new question"))
    text = r.text_of(buttons.question)
    apart = replace(r, conversation=replace(r.conversation, talking=None))
    more = hand_off(apart, w, Reason.NO_MATCH, question=buttons.question, text=text)
    return replace(more, outgoing=(*marked, *more.outgoing))


def _chosen(r: Received, w: World, press: Press, buttons: ButtonSet) -> Effects:
    """Show a question of the list, or give a message to the question it belongs to."""
    v = w.voice(reply_language(r))
    case = r.conversation.open_case(buttons.cases[press.choice])
    if case is None:
        return Effects(r.conversation, (notices.old_button(v),), step="old_button")
    if buttons.question is None:
        return Effects(r.conversation, (case_notices.my_question(v, case),), step="press")
    marked = _marked(r, w, press, buttons, case.number)
    move = Addition(case.id, r.text_of(buttons.question))
    told = (*marked, case_notices.added(v, case.number))
    return Effects(
        replace(r.conversation, talking=case.id), told, moves=(move,), step="added", counts=(count(r, "added"),)
    )


def _send_file(r: Received, w: World, press: Press, buttons: ButtonSet) -> Effects:
    """Give attachments to the case they belong to; without one they open their own."""
    v, question = w.voice(reply_language(r)), buttons.question
    files = r.files_of(question)
    if question is None or not files:
        return Effects(r.conversation, (notices.old_button(v),), step="old_button")
    marked = _marked(r, w, press, buttons, v.t.gettext("Send it to a person"))
    case = _case_for_files(r, buttons)
    if case is not None:
        conversation = replace(r.conversation, files_for=case.id, awaiting=None)
        told = (*marked, case_notices.added(v, case.number))
        return Effects(
            conversation, told, moves=(Addition(case.id, files=files),), step="added", counts=(count(r, "added"),)
        )
    text = r.text_of(question)
    more = hand_off(r, w, Reason.ATTACHMENT, question=question, text=text, files=files)
    return replace(more, outgoing=(*marked, *more.outgoing))


def _case_for_files(r: Received, buttons: ButtonSet) -> OpenCase | None:
    opened = _case(r, buttons)
    if isinstance(opened, OpenCase):
        return opened
    asked_for = r.conversation.open_case(r.conversation.awaiting) or r.conversation.open_case(r.conversation.talking)
    words_of = next((case for case in r.conversation.open_cases if case.question == buttons.question), None)
    if words_of is not None:  # a press since has opened a case for the words below them
        return words_of
    in_hand = [case for case in r.conversation.open_cases if case.in_hand]
    return asked_for or (in_hand[0] if len(in_hand) == 1 else None)


def _no_case(r: Received, w: World, case: OpenCase | ClosedCase | None) -> Effects:
    v = w.voice(reply_language(r))
    told = case_notices.not_open(v, case.number) if isinstance(case, ClosedCase) else notices.old_button(v)
    return Effects(r.conversation, (told,), step="old_button")


def _without(r: Received, case: CaseId) -> Conversation:
    conversation = r.conversation
    return replace(
        conversation,
        talking=None if conversation.talking == case else conversation.talking,
        awaiting=None if conversation.awaiting == case else conversation.awaiting,
    )


def _marked(r: Received, w: World, press: Press, buttons: ButtonSet, label: str) -> tuple[Outgoing, ...]:
    if not press.message:
        return ()
    return (notices.used(w.voice(reply_language(r)), buttons, label, press.message),)
