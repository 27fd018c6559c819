"""Personal data in memory shows itself masked, wherever it is written."""

import pytest
import structlog

from retail.kernel.privacy.masking import Personal, mask

NUMBER = "+8613812345678"


@pytest.mark.parametrize(
    ("clear", "masked"),
    [
        (NUMBER, "138****5678"),
        ("+861088886666", "+8****66"),
        ("+14155550100", "+1****00"),
        ("1234567", "****"),
        ("", "****"),
        ("张", "****"),
        ("138****5678", "138****5678"),
    ],
)
def test_the_middle_is_hidden(clear: str, masked: str) -> None:
    assert mask(clear) == masked


def test_no_way_of_writing_it_shows_it() -> None:
    phone = Personal(NUMBER)

    written = f"{phone} {phone!r} {phone!s} {[phone]} {phone:>20} %s" % phone
    logged = structlog.processors.JSONRenderer()(None, "info", {"event": "called", "phone": str(phone), "raw": phone})

    assert "12345678" not in written + str(logged)
    assert phone.clear == NUMBER
    assert phone == Personal(NUMBER) != Personal("+8613812345679")
