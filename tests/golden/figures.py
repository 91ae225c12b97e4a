"""`make figures`: measure the golden questions in each mode, and write down what came of it where people read it.

Writes `docs/figures.json`, what stands between the marks of `README.md` and `docs/languages.md`, and the lists of known
misses. Lists may only shrink: a new miss is told and ends with 1, unless `--accept` writes it down too. A mode whose
encoder cannot be used here keeps its former figures and lists.
"""

from __future__ import annotations

import json
import math
import os
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from babel import Locale

from bot import log
from bot.actions.measuring import Part, Tried
from bot.actions.measuring_figures import Figures, Share, shares
from bot.actions.measuring_text import as_data, as_share
from bot.actions.measuring_views import styles
from bot.content.model import MAIN_LANGUAGES, DangerKind
from bot.matching.evidence import Evidence, Level
from bot.settings import ROOT
from tests.golden import runs

Data = dict[str, Any]  # Any: JSON of several shapes

FIGURES = ROOT / "docs" / "figures.json"
DIGITS = 3

# What is written down -------------------------------------------------------------------------------------------------


def measured(run: runs.Run) -> Data:
    """Return the figures of one mode: the checking half of the golden questions, all of the other sets, danger and signs."""
    golden = run.golden
    checking = golden.of_part(Part.CHECKING)
    told = as_data(checking)
    del told["languages"]  # the same as in the intervals
    found: Data = _rounded(
        told
        | {
            "styles": {style: _shares(some) for style, some in styles(checking.tried).items()},
            "others": {
                name: {"asked": len(one.tried), **_shares(shares(one.tried))} for name, one in run.others.items()
            },
            "danger": _of_danger(run.danger),
            "curve": _curves_of(run),
            "signs": _of_signs(run.signs),
            "golden": golden.counts,
            "machine": {"cores": os.cpu_count(), "load": os.getloadavg()[0]},
        }
    )
    return found


def _shares(found: Mapping[str, Any]) -> Data:  # Any: a share
    return {name: as_share(share) for name, share in found.items()}


def _of_danger(found: Figures) -> Data:
    """Return how danger is seen, by language, and of the main languages and the others by kind."""
    main = [one for one in found.tried if one.question.lang in MAIN_LANGUAGES]
    others = [one for one in found.tried if one.question.lang not in MAIN_LANGUAGES]
    return {
        "languages": {
            language: _shares({name: some[name] for name in _OF_DANGER}) for language, some in found.shares.items()
        },
        "kinds": {
            kind.value: {
                name: _shares(shares([one for one in some if one.question.crisis == kind], _SEEN))
                for name, some in (("main", main), ("others", others))
            }
            for kind in DangerKind
        },
    }


_CURVE = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
"""Shares of calm messages with the line about 112, at which the curve tells how much danger is seen."""


def _curves_of(run: runs.Run) -> Data:
    return {
        language: _curve([one for one in run.danger.tried if one.question.lang == language], run.fired)
        for language in MAIN_LANGUAGES
    }


def _curve(tried: Sequence[Tried], fired: Collection[str | int]) -> list[Data]:
    """Return how much danger of a language would be seen at other levels of the detector, patterns as they are.

    A level is named by the share of calm messages above it: `amber` of them would have the line about 112.
    """
    alarms = {one.question.id: math.inf if one.question.id in fired else one.outcome.evidence.alarm for one in tried}
    calm = sorted((alarms[one.question.id] for one in tried if one.question.kind == "plain"), reverse=True)
    danger = [alarms[one.question.id] for one in tried if one.question.kind == "crisis"]
    levels = [(share, calm[min(int(share * len(calm)), len(calm) - 1)]) for share in _CURVE if calm]
    return [
        {"amber": share, **as_share(Share(sum(alarm > level for alarm in danger), len(danger)))}
        for share, level in levels
    ]


def _of_signs(found: Figures) -> Data:
    """Return by language how many messages with a sign were seen, and how many adults were taken for what they are not."""
    return {
        language: _shares(
            {
                "child": _share(some, "child", lambda e: e.writer is not None),
                "interpreting": _share(some, "interpreting", lambda e: e.writer is not None),
                "strain": _share(some, "strain", lambda e: e.strain),
                "adult taken for a child": _share(some, "adult", lambda e: e.writer is not None),
                "calm taken for strain": _share(some, "adult", lambda e: e.strain),
                "strain with a card about danger": _share(some, "strain", lambda e: e.danger is Level.RED),
                "strain with the line about danger": _share(some, "strain", lambda e: e.danger is Level.AMBER),
            }
        )
        for language in runs.SIGN_LANGUAGES
        if (some := [one for one in found.tried if one.question.lang == language])
    }


def _share(tried: Sequence[Tried], kind: str, test: Callable[[Evidence], bool]) -> Share:
    asked = [one for one in tried if one.question.kind == kind]
    return Share(sum(test(one.outcome.evidence) for one in asked), len(asked))


def _rounded(value: Any) -> Any:  # Any: as above
    match value:
        case float():
            return round(value, DIGITS)
        case Mapping():
            return {name: _rounded(one) for name, one in value.items()}
    return value


def lasting(mode: Mapping[str, Any]) -> Data:  # Any: as above
    """Return what another run must find again: nothing of a machine, nor of a content that differs without effect."""
    return {name: value for name, value in mode.items() if name not in {"ms", "machine", "content", "misses", "curve"}}


# Where people read it -------------------------------------------------------------------------------------------------

BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->\n"

_LABELS = {
    "top-1": "right entry first",
    "top-3": "right entry among three",
    "answered rightly": "answered rightly at once",
    "precision": "right among all answers",
    "reach": "answered, or offered in a choice",
    "clarified in": "asked back, an entry exists",
    "clarified oos": "asked back, not ours",
    "answered oos": "answered although not ours",
    "person offered": "person offered when asked for",
    "both found": "two needs in one message, both found",
    "language right": "language recognised",
    "any recall": "danger seen (red or amber)",
    "red recall": "danger seen (red: card at once)",
    "danger kind right": "kind of danger right, where it is seen",
    "false red": "false red on ordinary messages",
    "false amber": "false amber on ordinary messages",
    "red on not-crisis": "red on what only sounds alarming",
}
_SETS = {
    "mixed": "two languages in one message",
    "fresh": "fresh messages",
    "polish-belarusian": "Polish and Belarusian, no content of their own",
    "without-content": "eight other languages, no content of their own",
}
_SEEN = ("any recall", "red recall")
_OF_DANGER = (*_SEEN, "false amber", "false red", "red on not-crisis")
_SIGNED = ("child", "interpreting", "strain", "adult taken for a child")
_SIGNS = (*_SIGNED, "calm taken for strain", "strain with a card about danger")
_OF_SETS = ("top-1", "top-3", "answered rightly", "precision", "reach", "clarified in", "answered oos")


def between_marks(text: str, new: str) -> str:
    """Return a document with other words between its marks. Raises ValueError where they are not there once each."""
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError("a document has no place for figures, or several")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}{new}{END}{rest.partition(END)[2]}"


def for_readme(figures: Mapping[str, Data]) -> str:
    """Return what the README tells."""
    asked = sum(figures["lexical"]["golden"][language] for language in MAIN_LANGUAGES)
    return "\n".join(
        [
            f"`make figures` measures this. {_thousands(asked)} messages in four languages, written as people type them and kept apart from the content:",
            "one for each entry, and others that tell of danger, only sound alarming, have two needs, ask for a person, or are not ours.",
            "Whatever can be set was chosen on one half of them. **These figures are of the other half**; behind each stands where it lies",
            "19 times in 20, and in the last column the worst of the four. [docs/figures.json](docs/figures.json) has all, also by style of writing.",
            "",
            *(line for mode in _told(figures) for line in (*_headed(mode, figures[mode]), *_table(figures[mode]), "")),
            *_other_sets(figures),
            "",
            *_danger(figures),
            "",
            *_curves(figures),
            "",
            *_signs(figures),
            "",
            *(_times(mode, figures[mode]) for mode in _told(figures)),
            "The same messages are the golden questions of `tests/golden/`: a new miss fails the tests.",
            "",
        ]
    )


def _told(figures: Mapping[str, Data]) -> list[str]:
    return [mode for mode in ("hybrid", "lexical") if mode in figures]


def _headed(mode: str, found: Data) -> Iterator[str]:
    yield (
        f"**By words and meaning**, with the encoder `{found['encoder']}`:"
        if mode == "hybrid"
        else ("**By words alone**, where no encoder works:")
    )
    yield ""


def _table(found: Data) -> Iterator[str]:
    yield f"| | {' | '.join(MAIN_LANGUAGES)} | worst |"
    yield f"| --- |{' --- |' * (len(MAIN_LANGUAGES) + 1)}"
    yield _row("questions counted", *(str(found["questions"][language]) for language in MAIN_LANGUAGES), "")
    for name, label in _LABELS.items():
        cells = (_cell(found["intervals"][language][name]) for language in MAIN_LANGUAGES)
        yield _row(label, *cells, _number(found["worst"].get(name, {}).get("share")))
    misses = [found["misses"][language] for language in MAIN_LANGUAGES]
    yield _row("known misses, both halves", *map(str, misses), str(max(misses)))


def _other_sets(figures: Mapping[str, Data]) -> Iterator[str]:
    names = [name for name in _SETS if all(name in found["others"] for found in figures.values())]
    if names:
        yield "Other sets, all languages of a set together; of the last two the half that nothing was chosen on:"
        yield ""
        yield f"| | messages | {' | '.join(_LABELS[name] for name in _OF_SETS)} |"
        yield f"| --- |{' --- |' * (len(_OF_SETS) + 1)}"
        for name in names:
            for mode in _told(figures):
                found = figures[mode]["others"][name]
                yield _row(f"{_SETS[name]}, {mode}", str(found["asked"]), *(_cell(found[one]) for one in _OF_SETS))


def _danger(figures: Mapping[str, Data]) -> Iterator[str]:
    """Tell how danger is seen, on messages of their own."""
    told = figures[_told(figures)[0]]["danger"]["languages"]
    asked = sum(found["any recall"]["of"] for found in told.values())
    yield f"**Danger**, on {_thousands(asked)} messages that tell of it, mostly around it, and on others, calm or only alarming, written by hands that"
    yield "had not seen the words of danger; no level was set by them, but their curve prompted a new choice on the tuning half. No native speaker has judged them."
    yield _warning(figures)
    yield ""
    yield f"| | of | {' | '.join(_LABELS[name] for name in _OF_DANGER)} |"
    yield f"| --- |{' --- |' * (len(_OF_DANGER) + 1)}"
    for language in _in_order(told):
        for mode in _told(figures):
            found = figures[mode]["danger"]["languages"][language]
            yield _row(
                f"{language}, {mode}", str(found["any recall"]["of"]), *(_cell(found[one]) for one in _OF_DANGER)
            )
    yield ""
    yield "| kind of danger | main languages, seen | red | other languages, seen | red |"
    yield "| --- | --- | --- | --- | --- |"
    for kind, found in figures[_told(figures)[0]]["danger"]["kinds"].items():
        yield _row(kind, *(_cell(found[some][name]) for some in ("main", "others") for name in _SEEN))


def _curves(figures: Mapping[str, Data]) -> Iterator[str]:
    """Tell what other levels would cost and bring."""
    told = figures[_told(figures)[0]].get("curve", {})
    if not told:
        return
    yield "How much danger would be seen, if so many calm messages may have the line about 112:"
    yield ""
    shares = [f"{one['amber']:.0%}" for one in next(iter(told.values()))]
    yield f"| | {' | '.join(shares)} |"
    yield f"| --- |{' --- |' * len(shares)}"
    for language, points in told.items():
        yield _row(language, *(_number(one["share"]) for one in points))


def _signs(figures: Mapping[str, Data]) -> Iterator[str]:
    """Tell how well children and families under strain are seen."""
    told = figures[_told(figures)[0]].get("signs", {})
    if not told:
        return
    asked = sum(share["of"] for found in told.values() for name, share in found.items() if name in _SIGNED)
    yield f"**Children and families under strain**, on {_thousands(asked)} messages by hands that had not seen the signs; no value was set by them,"
    yield "but a fall of these figures made us look at what their levels are measured on:"
    yield ""
    yield f"| | {' | '.join(_SIGNS)} |"
    yield f"| --- |{' --- |' * len(_SIGNS)}"
    for language in _in_order(told):
        for mode in _told(figures):
            yield _row(f"{language}, {mode}", *(_cell(figures[mode]["signs"][language][name]) for name in _SIGNS))


def _times(mode: str, found: Data) -> str:
    short, longer, machine = found["ms"]["short"], found["ms"]["longer"], found["machine"]
    return (
        f"One message takes {short['p50']:.1f} ms at the median and {short['p95']:.1f} ms at the 95th percentile, "
        f"one of more than 120 characters {longer['p50']:.1f} and {longer['p95']:.1f} ms "
        f"({mode}, {machine['cores']} cores, load {machine['load']:.1f})."
    )


def _warning(figures: Mapping[str, Data]) -> str:
    by_language = figures[_told(figures)[0]]["danger"]["languages"]
    seen = min(by_language[language]["any recall"]["share"] for language in MAIN_LANGUAGES)
    return (
        f"**The bot may miss danger**: in one of the main languages it saw nothing in {round(100 * (1 - seen))} of 100."
    )


def for_languages(figures: Mapping[str, Data]) -> str:
    """Return what the page on languages tells."""
    modes = _told(figures)
    heads = [f"{what}, {mode}" for what in ("known misses", "right entry first / among three") for mode in modes]
    rows = [
        _row(
            Locale.parse(language).get_display_name("en") or language,
            f"`{language}`",
            str(figures["lexical"]["golden"][language]),
            *(str(figures[mode]["misses"][language]) for mode in modes),
            *(_first_and_three(figures[mode]["intervals"].get(language, {})) for mode in modes),
        )
        for language in _in_order(figures["lexical"]["golden"])
    ]
    return "\n".join(
        [f"| language | tag | questions | {' | '.join(heads)} |", f"| --- |{' --- |' * (len(heads) + 2)}", *rows, ""]
    )


def _in_order(languages: Iterable[str]) -> list[str]:
    from bot.matching.language import KNOWN  # noqa: PLC0415  beside its only use

    return sorted(languages, key=list(map(str, KNOWN)).index)


def _first_and_three(found: Data) -> str:
    if not found or not found["top-1"]["of"]:
        return "-"
    return f"{_number(found['top-1']['share'])} / {_number(found['top-3']['share'])} of {found['top-1']['of']}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _cell(share: Data) -> str:
    if share["share"] is None:
        return "-"
    low, high = (f"{end:.2f}" for end in (share["low"], share["high"]))
    return f"{_number(share['share'])} ({low}–{high})"


def _number(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", " ")


# The recipe -----------------------------------------------------------------------------------------------------------

DOCUMENTS = {ROOT / "README.md": for_readme, ROOT / "docs" / "languages.md": for_languages}


def read() -> dict[str, Data]:
    """Return the figures that are written down, by mode."""
    found: dict[str, Data] = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
    return found


def write(figures: Mapping[str, Data]) -> None:
    """Write the figures down, and into the documents."""
    flat = re.compile(r"\{[^{}]*\}")  # one share, one line
    text = flat.sub(lambda found: " ".join(found[0].split()), json.dumps(figures, indent=1))
    FIGURES.write_text(f"{text}\n", "utf-8")
    for path, words in DOCUMENTS.items():
        path.write_text(between_marks(path.read_text("utf-8"), words(figures)), "utf-8")


def listed(mode: str, golden: Figures, *, accept: bool) -> tuple[dict[str, int], set[str]]:
    """Bring the lists of known misses up to date; return how many stand in each, and the new ones that do not."""
    counts, refused = {}, set()
    for language in runs.LANGUAGES:
        path, missed = runs.list_of(mode, language), runs.missed(golden.tried, language)
        known = missed if accept or not path.exists() else missed & runs.known_misses(mode, language)
        refused |= missed - known
        counts[language] = len(known)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{one}\n" for one in sorted(known)), "utf-8")
    return counts, refused


def main(arguments: list[str]) -> int:
    """Measure and write; return 1 where a question is missed that no list has."""
    log.configure("error")
    figures, refused = read(), set()
    for mode in runs.MODES:
        by = runs.mind(mode)
        if by is None:
            print(f"{mode}: no encoder works here; the former figures stay")
            continue
        run = runs.run(by)
        misses, new = listed(mode, run.golden, accept="--accept" in arguments)
        figures[mode] = measured(run) | {"misses": misses}
        refused |= {f"{mode} {one}" for one in new}
        print(f"{mode}: {sum(misses.values())} known misses of {len(run.golden.tried)} questions")
    write(figures)
    for one in sorted(refused):
        print(f"missed, and not known: {one}")
    return bool(refused)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
