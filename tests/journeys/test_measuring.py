"""That what journeys ask of every page sees what is wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.helpers import fits, stands_still

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
# By the object model: the pages' own policy lets no style be written into the markup.
LATER = """setTimeout(() => {
    const late = document.createElement('div');
    late.style.height = '300px';
    document.querySelector('main').prepend(late);
}, 100)"""


def test_a_page_that_jumps_and_one_that_is_too_wide_are_told(page_for: Callable[..., Page]) -> None:
    page = page_for("zh", 390)
    page.goto("/privacy/")
    stands_still(page)
    fits(page)
    page.evaluate(LATER)
    page.wait_for_timeout(300)
    with pytest.raises(AssertionError, match="moved by"):
        stands_still(page)
    page.evaluate("document.querySelector('main').style.width = '500px'")
    with pytest.raises(AssertionError, match="too wide"):
        fits(page)


def test_what_changes_on_a_page_that_was_scanned_is_scanned_again(
    page_for: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    page = page_for("zh", 390)
    page.goto("/privacy/")
    for _each in range(2):
        axe(page)
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    with pytest.raises(AssertionError, match="button-name"):
        axe(page)
