"""Who is on duty, by what specialists order for themselves, and calls about danger: answered, or slept through."""

from __future__ import annotations

from datetime import timedelta

from bot.cases.alerting import Rung
from bot.cases.model import CaseId
from bot.conversation.model import Verb
from tests.simulation.calendar import LITHUANIA
from tests.simulation.fortnight import ADMINISTRATOR, FORTNIGHT, START, Fortnight, Step
from tests.simulation.people import Told, Worker

_MINUTE = timedelta(minutes=1)
_SWITCHES = 30
"""How often in the fortnight somebody changes their line of the duty list."""
_AWAKE = range(7, 23)
_ANSWERS = {Rung.PERSON: 0.4, Rung.LEAD: 0.4, Rung.ALL: 0.08, Rung.AGAIN: 0.08, Rung.ADMINISTRATOR: 0.0}
"""How likely each one who is called by day has it at once; at night a quarter of it."""


class DutyList:
    """Plans what those do who are called, and now and then changes who that is."""

    def __init__(self, life: Fortnight) -> None:
        self.life = life
        life.at(START + _MINUTE, self._make_the_list)
        for _ in range(_SWITCHES):
            life.at(START + FORTNIGHT * life.random.random(), self._switches)

    def read(self, told: Told) -> None:
        """Plan what whoever is called does about it."""
        if told.is_call:
            self._is_called(told)
        if told.chat == ADMINISTRATOR.chat and told.case is not None:
            self._is_phoned(told.case)

    # The duty list ----------------------------------------------------------------------------------------------------

    async def _make_the_list(self) -> None:
        """Let two of each group be on duty, the first also in their own chat, and a third one lead."""
        for group in self.life.groups.values():
            first, second, third, *_ = [one for one in self.life.workers.values() if one.group == group]
            for worker, orders in ((first, ("on", "1")), (second, ("on", "2", "8-20")), (third, ("lead",))):
                for order in orders:
                    await self._on_duty(worker, order)
            await self._on_duty(first, "on", alone=True)

    async def _switches(self) -> None:
        worker = self.life.random.choice([one for one in self.life.workers.values() if one.here])
        order = self.life.random.choice(["on", "on", "off", "1", "3", "8-17", "20-8", "lead"])
        await self._on_duty(worker, order, alone=order in {"on", "off"} and self.life.random.random() < 0.5)

    async def _on_duty(self, worker: Worker, order: str, *, alone: bool = False) -> None:
        if order in {"on", "off"}:
            worker.on = order == "on"
            worker.private = worker.on if alone else worker.private
        elif order == "lead":
            worker.lead = not worker.lead
        elif order.isdecimal():
            worker.place = int(order)
        else:
            begins, _, ends = order.partition("-")
            worker.hours = int(begins), int(ends)
        await (self.life.alone if alone else self.life.order)(worker, f"/duty {order}")

    # Calls ------------------------------------------------------------------------------------------------------------

    def _is_called(self, told: Told) -> None:
        """Let those who are called have it, one perhaps, or several at nearly the same time, or nobody."""
        found = self.life.ledger.calls.rounds.get(told.case) if told.case is not None else None
        if found is None:
            return
        awake = self.life.clock.at.astimezone(LITHUANIA).hour in _AWAKE
        likely = _ANSWERS[found.rungs[-1]] * (1 if awake else 0.25)
        for one in found.newest:
            worker = self.life.workers[one]
            if told.chat in {worker.group.chat, worker.author}:
                self.life.maybe(likely, 2 * _MINUTE, self._has_it(worker, told))

    def _has_it(self, worker: Worker, told: Told) -> Step:
        async def presses() -> None:
            if worker.is_away(self.life.clock.at):
                return
            if told.chat == worker.author:
                await self.life.alone(worker, told=told)
            else:
                await self.life.press_in_group(told, Verb.CLAIM, worker)

        return presses

    def _is_phoned(self, case: CaseId) -> None:
        """Let the administrator reach somebody by phone, mostly."""
        self.life.maybe(0.8, 10 * _MINUTE, self.life.somebody_orders(case, "/claim"))
