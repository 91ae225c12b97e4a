"""What families and specialists do next: careful now and then, careless mostly. All of it by chance, from one seed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.cases.model import CaseId, CaseState, Event, EventKind, SpecialistId
from bot.conversation.model import Purpose, Verb
from tests.simulation.fortnight import HOUR, Fortnight, Step
from tests.simulation.hard_days import HardDays
from tests.simulation.people import Family, Told, Worker

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_INTO_THE_QUEUE = frozenset({
    EventKind.OPENED, EventKind.RELEASED, EventKind.RETURNED, EventKind.TRANSFERRED, EventKind.REOPENED,
})  # fmt: skip


class Habits:
    """Reacts to what happens to cases by planning what somebody will do, or forget to do."""

    def __init__(self, life: Fortnight) -> None:
        self.life = life
        self.chance = life.random.random
        self.hard = HardDays(life)

    def react(self, case: CaseId, event: Event) -> None:
        """Plan what follows from one event."""
        followed = self.life.ledger.cases[case].case
        self.hard.react(case, event)
        if event.kind in _INTO_THE_QUEUE and followed.state is CaseState.WAITING:
            self.life.after(self.life.about(20 * _MINUTE if followed.urgent else 5 * HOUR), lambda: self.pick_up(case))
        if event.kind is EventKind.RETURNED:
            self.life.tally.forgotten += 1
        match event.kind:
            case EventKind.OPENED:
                self._waits(case)
            case EventKind.CLAIMED if event.by is not None:
                self._has_it(case, event.by)
            case EventKind.WRITTEN if followed.claimed_by is not None:
                self._has_it(case, followed.claimed_by)
            case EventKind.REPLIED:
                self._is_answered(case)
            case EventKind.CLOSED:
                self._is_asked_whether_it_helped(case)

    # Families ---------------------------------------------------------------------------------------------------------

    def _family(self, case: CaseId) -> Family:
        return self.life.whose(case)

    def _waits(self, case: CaseId) -> None:
        family = self._family(case)
        opening = family.button(Purpose.CASE, Verb.WITHDRAW)

        async def takes_back() -> None:
            await self.life.press(family, opening, Verb.WITHDRAW)

        self._maybe(0.06, 10 * HOUR, takes_back)
        self._maybe(0.15, 8 * HOUR, self._adds(case, "and one thing more"))
        self._maybe(0.05, 8 * HOUR, self._adds(case, "it is worse perhaps"))
        self._maybe(0.04, 6 * HOUR, lambda: self._stops(family))

    def _adds(self, case: CaseId, text: str) -> Step:
        async def writes() -> None:
            await self.life.write(self._family(case), text, reply_to=self._family(case).message_about(case))

        return writes

    async def _stops(self, family: Family) -> None:
        await self.life.stops(family)
        self._maybe(0.8, _DAY, lambda: self.life.returns(family))

    def _is_answered(self, case: CaseId) -> None:
        family = self._family(case)

        async def says_solved() -> None:
            await self.life.press(family, family.button(Purpose.CASE, Verb.SOLVED, case), Verb.SOLVED)

        self._maybe(0.35, 4 * HOUR, self._adds(case, "thank you but what now"))
        self._maybe(0.08, 4 * HOUR, self._adds(case, "now he shouts perhaps"))
        self._maybe(0.2, 10 * HOUR, says_solved)
        self._maybe(0.04, 6 * HOUR, lambda: self._stops(family))

    def _is_asked_whether_it_helped(self, case: CaseId) -> None:
        family = self._family(case)
        verb = self.life.random.choice([Verb.YES, Verb.PARTLY, Verb.NO, Verb.NO])

        async def rates() -> None:
            await self.life.press(family, family.button(Purpose.RATING, verb, case), verb)
            if verb is Verb.PARTLY:
                self._maybe(0.7, HOUR, self._adds(case, "this was missing"))

        self._maybe(0.6, 5 * HOUR, rates)
        self._maybe(0.1, 2 * _DAY, self._adds(case, "one more question about it"))

    # Specialists ------------------------------------------------------------------------------------------------------

    async def pick_up(self, case: CaseId) -> None:
        """Let somebody claim a case that waits, now and then two at the same instant; or nobody, for now."""
        if self.life.ledger.cases[case].case.state is not CaseState.WAITING:
            return
        staff = self.life.who_is_there(case)
        if not staff or self.chance() < 0.1:
            self.life.after(self.life.about(3 * HOUR), lambda: self.pick_up(case))
            return
        several = min(len(staff), 2) if self.chance() < 0.15 else 1
        chosen = self.life.random.sample(staff, several)
        self.life.tally.at_once += several > 1
        await self.life.say(case, *((one, "/claim") for one in chosen))

    def _has_it(self, case: CaseId, by: SpecialistId) -> None:
        worker, fast = self.life.workers[by], self.life.ledger.cases[case].case.urgent
        soon = 12 * _MINUTE if fast else 90 * _MINUTE
        habits: list[tuple[float, Callable[[], None]]] = [
            (0.42, lambda: self._answers(case, worker, soon)),
            (0.12, lambda: None),  # claimed, and forgotten
            (0.05, lambda: self._goes_on_holiday(worker)),
            (0.1, lambda: self._answers(case, worker, 30 * HOUR)),
            (0.1, lambda: self._only_notes(case, worker, 20 * _MINUTE if fast else 6 * HOUR)),
            (0.08, lambda: self._does(worker, case, "/release", soon)),
            (0.08, lambda: self._does(worker, case, self.life.elsewhere(case), soon)),
            (0.06, lambda: self._does(worker, case, "/close no_reply", soon)),
        ]
        weights = [weight for weight, _ in habits]
        (chosen,) = self.life.random.choices([habit for _, habit in habits], weights)
        chosen()

    def _does(self, worker: Worker, case: CaseId, text: str, soon: timedelta) -> None:
        async def writes() -> None:
            if not worker.is_away(self.life.clock.at):
                await self.life.say(case, (worker, text))

        self.life.after(self.life.about(soon), writes)

    def _answers(self, case: CaseId, worker: Worker, soon: timedelta) -> None:
        self._does(worker, case, "Ask the office on the corner.", soon)
        if self.chance() < 0.5:
            self._does(worker, case, "/close helped", soon + 10 * HOUR)

    def _goes_on_holiday(self, worker: Worker) -> None:
        now = self.life.clock.at
        away = [
            one for one in self.life.workers.values() if one.here and one.group == worker.group and one.is_away(now)
        ]
        if len(away) > 1:  # somebody has to stay; this case is forgotten all the same
            return
        worker.back_at = now + 5 * _DAY
        self.life.tally.holidays += 1

    def _only_notes(self, case: CaseId, worker: Worker, often: timedelta) -> None:
        for n in range(1, self.life.random.randint(2, 6)):
            self._does(worker, case, f"/note thought about it {n} times", n * often)

    def read(self, told: Told) -> None:
        """Plan what whoever reads a message does about it."""
        self.hard.read(told)
        if told.held:
            self._is_asked_what_becomes_of_it(told)

    def _is_asked_what_becomes_of_it(self, told: Told) -> None:
        """Let whoever replied too late take the case over, keep the words as a note, or forget them too."""
        worker = self.life.wrote[told.held]
        self.life.tally.held += 1
        verb = self.life.random.choice([Verb.TAKE_OVER, Verb.TAKE_OVER, Verb.NOTE, Verb.CANCEL])
        self._maybe(0.8, 5 * _MINUTE, lambda: self.life.press_in_group(told, verb, worker))

    def _maybe(self, likely: float, typical: timedelta, step: Step) -> None:
        self.life.maybe(likely, typical, step)
