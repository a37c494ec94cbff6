"""Phone numbers in their one spelling, by the rules of every country (R36)."""

from __future__ import annotations

import re
from typing import Final

from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import InvalidInput

_MAINLAND_MOBILE: Final = re.compile(r"\+861[3-9][0-9]{9}")


def spelled_phone(phone: Phone) -> Phone:
    """The number without what a country writes before it at home. Raises InvalidInput for what no country has.

    `phonenumbers` knows the plans of all countries; it is loaded for the first number that is not plain at once.
    """
    if _MAINLAND_MOBILE.fullmatch(phone.e164):
        return phone
    import phonenumbers

    try:
        number = phonenumbers.parse(phone.e164, None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise InvalidInput.of("phone", "phone", "no country has such a phone number")
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
