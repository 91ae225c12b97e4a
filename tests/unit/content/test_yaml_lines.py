from bot.content.yaml_lines import parse


def test_every_key_and_item_has_its_line() -> None:
    parsed = parse("entries:\n  deposit:\n    phrasings:\n    - one\n    - two\n")

    assert parsed.line(("entries", "deposit", "phrasings")) == 3
    assert parsed.line(("entries", "deposit", "phrasings", 1)) == 5


def test_a_missing_place_has_the_line_of_what_surrounds_it() -> None:
    parsed = parse("entries:\n  deposit:\n    status: draft\n")

    assert parsed.line(("entries", "deposit", "sources", 0)) == 2


def test_words_stay_words() -> None:
    parsed = parse('a: no\nb: 2026-11-21\nc: "112"\nd: 1e5\ne: 12_000\n')

    assert parsed.value == {"a": "no", "b": "2026-11-21", "c": "112", "d": "1e5", "e": "12_000"}


def test_plain_figures_and_truths_are_read_as_such() -> None:
    parsed = parse("a: 3\nb: 129.50\nc: true\nd: null\ne:\n")

    assert parsed.value == {"a": 3, "b": 129.5, "c": True, "d": None, "e": None}


def test_a_key_given_twice_is_a_problem_at_its_line() -> None:
    assert parse("a: 1\nb: 2\na: 3\n").problems == [(3, '"a" stands here a second time')]


def test_a_mistake_of_form_is_a_problem_at_its_line() -> None:
    ((line, _),) = parse("a: 1\nb: [2\nc: 3\n").problems

    assert line == 3


def test_only_words_can_be_keys() -> None:
    assert parse("? [a, b]\n: 1\n").problems == [(1, "only a word can stand before a colon")]


def test_a_part_that_holds_itself_is_a_problem_and_no_endless_loop() -> None:
    assert parse("&a [*a]").problems


def test_a_few_lines_that_unfold_without_end_are_a_problem() -> None:
    doubling = "\n".join(
        f"{x}: &{x} [*{y}, *{y}, *{y}, *{y}]" for x, y in zip("bcdefghijklm", "abcdefghijkl", strict=True)
    )

    assert parse(f"a: &a [x, x, x, x]\n{doubling}\n").problems


def test_nesting_that_would_end_the_process_is_a_problem() -> None:
    assert parse("[" * 200_000).problems
    assert parse("[\n" * 200_000).problems
    assert parse("- " * 200_000).problems
