"""What people do about danger and against each other: chats hidden, bars, levels, what may be danger taken up."""

from __future__ import annotations

from datetime import timedelta

from bot.cases.model import CaseId, Event, EventKind
from bot.conversation.model import Purpose, Verb
from tests.simulation.duty import DutyList
from tests.simulation.fortnight import DAY, HOUR, Fortnight, Step
from tests.simulation.people import Family, Told

_MINUTE = timedelta(minutes=1)
_LEVELS = {"red": "he is at the door", "amber": "they are with friends now", "none": "we have asked again"}


class HardDays:
    """Plans what somebody does next where it is about safety."""

    def __init__(self, life: Fortnight) -> None:
        self.life = life
        self.duty = DutyList(life)

    def react(self, case: CaseId, event: Event) -> None:
        """Plan what follows from one event."""
        match event.kind:
            case EventKind.OPENED:
                self._is_asked(case)
            case EventKind.CLAIMED:
                self._weighs(case)
            case EventKind.REPLIED:
                self.life.maybe(0.06, HOUR, self._corrects(case))
            case EventKind.BARRED:
                self._is_barred(case)
            case EventKind.UNBARRED if event.by is None:  # somebody looks again
                self.life.maybe(0.3, HOUR, self.life.somebody_orders(case, "/bar 3 threats again"))

    def read(self, told: Told) -> None:
        """Plan what whoever reads a message does about it."""
        family = self.life.families.get(told.chat)
        if family is not None and told.outgoing.edits is None and told.offers(Verb.SHOW):
            self.life.maybe(0.8, HOUR, lambda: self._looks(family, told))
        self.duty.read(told)
        if told.offers(Verb.MAKE_CASE):
            self.life.maybe(0.7, 2 * HOUR, lambda: self._takes_up(told))

    # What staff decide ------------------------------------------------------------------------------------------------

    def _is_asked(self, case: CaseId) -> None:
        """Let a team take a person for a pest, or the question for another team's, and a family be afraid."""
        self.life.maybe(0.02, 3 * HOUR, self.life.somebody_orders(case, "/bar 2 threats"))
        self.life.maybe(0.04, 5 * HOUR, lambda: self._hides(self.life.whose(case)))
        if self.life.ledger.cases[case].case.urgent:
            self.life.maybe(0.1, 5 * _MINUTE, self.life.somebody_orders(case, self.life.elsewhere(case)))
            self._is_afraid(case)

    def _is_barred(self, case: CaseId) -> None:
        """Let somebody barred write on all the same, and be in danger too; and a specialist think better of it."""
        family = self.life.whose(case)
        self.life.maybe(0.6, HOUR, lambda: self.life.write(family, "/human something please"))
        self.life.maybe(0.4, 10 * HOUR, lambda: self.life.write(family, "danger my neighbour"))
        self.life.maybe(0.3, DAY, self.life.somebody_orders(case, "/unbar"))

    def _weighs(self, case: CaseId) -> None:
        """Let whoever reads a case think that it is about more danger, or about less."""
        followed = self.life.ledger.cases[case]
        likely = 0.2 if followed.case.urgent else 0.03
        level = self.life.random.choice([one for one in _LEVELS if one != followed.level])
        self.life.maybe(likely, 10 * _MINUTE, self.life.somebody_orders(case, f"/level {level} {_LEVELS[level]}"))

    def _corrects(self, case: CaseId) -> Step:
        async def edits() -> None:
            await self.life.corrects(case, "Ask the office on the other corner.")

        return edits

    async def _takes_up(self, told: Told) -> None:
        """Let somebody make a case of what was shown, now and then two at the same instant: it becomes one."""
        now = self.life.clock.at
        staff = [one for one in self.life.workers.values() if one.group.chat == told.chat and not one.is_away(now)]
        several = min(len(staff), 2 if self.life.random.random() < 0.2 else 1)
        await self.life.press_in_group(told, Verb.MAKE_CASE, *self.life.random.sample(staff, several))
        opened = [event for _, event in await self.life.see() if event.kind is EventKind.OPENED]
        assert len(opened) == min(several, 1), f"{several} make {len(opened)} cases of what was shown"
        self.life.tally.taken_up += len(opened)

    # Families in danger -----------------------------------------------------------------------------------------------

    def _is_afraid(self, case: CaseId) -> None:
        family = self.life.whose(case)
        for verb, likely, typical in ((Verb.CANNOT_CALL, 0.3, 5 * _MINUTE), (Verb.DANGER_OVER, 0.5, HOUR)):
            self.life.maybe(likely, typical, self._presses(family, verb))
        self.life.maybe(0.3, 5 * _MINUTE, lambda: self._hides(family, on_the_card=True))

    def _presses(self, family: Family, verb: Verb) -> Step:
        async def presses() -> None:
            await self.life.press(family, family.button(Purpose.CARD, verb), verb)

        return presses

    async def _hides(self, family: Family, *, on_the_card: bool = False) -> None:
        await self.life.hides(family, family.button(Purpose.CARD, Verb.HIDE) if on_the_card else None)
        self.life.maybe(0.3, DAY, lambda: self.life.write(family, "danger my neighbour"))
        self.life.maybe(0.6, 2 * DAY, lambda: self.life.unhides(family))

    async def _looks(self, family: Family, told: Told) -> None:
        """Let a family look behind a curtain, and mostly fold it away again."""
        await self.life.look_behind(family, told)
        shown = family.button(Purpose.CURTAIN, Verb.FOLD)
        self.life.maybe(0.6, 5 * _MINUTE, lambda: self.life.press(family, shown, Verb.FOLD))
