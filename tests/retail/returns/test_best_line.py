"""One receipt's number, several sales: which of them is meant."""

from uuid import uuid4

from retail.returns.commands import best_line

HERE, THERE = uuid4(), uuid4()
NEWER, OLDER, FOREIGN = uuid4(), uuid4(), uuid4()


def test_the_newest_with_enough_left_is_meant() -> None:
    assert best_line([(NEWER, HERE, 1), (OLDER, HERE, 6)], HERE, 6) == OLDER
    assert best_line([(NEWER, HERE, 6), (OLDER, HERE, 6)], HERE, 6) == NEWER


def test_a_paper_of_this_store_never_pays_out_another_stores_sale() -> None:
    assert best_line([(FOREIGN, THERE, 5), (NEWER, HERE, 0)], HERE, 1) == NEWER


def test_what_was_bought_elsewhere_is_found_elsewhere() -> None:
    assert best_line([(FOREIGN, THERE, 5)], HERE, 1) == FOREIGN
    assert best_line([], HERE, 1) is None
