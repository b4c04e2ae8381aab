"""The numbers of addresses and hidden fields."""

import pytest

from portal.foundation.quantities import plain_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("12", 12), ("007", 7), ("999999999", 999_999_999)])
def test_a_plain_number_is_read(text, number):
    assert plain_number(text) == number


@pytest.mark.parametrize("text", [None, "", " 1", "-1", "1.5", "1e3", "²", "٣", "None", str(2**70), "9" * 5000])
def test_anything_else_is_no_number(text):
    assert plain_number(text) is None
