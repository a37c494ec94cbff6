"""What is kept of an answer opens only for the same request under the same key (R17, R41)."""

from __future__ import annotations

import pytest
from attrs import evolve
from cryptography.exceptions import InvalidTag

from retail_adapters.system.sealed_answers import SealedAnswers
from retail_domain.kernel.once import Once

SECRET = b"the secret of a shop, thirty-two bytes at least"
ONCE = Once(principal="member:1", operation="log_in", key="key-of-a-client", fingerprint="digest of a request")
ANSWER = {"token": "open sesame", "who": "韩梅梅", "lines": [1, None, True]}


def test_an_answer_comes_back_as_it_was_also_in_another_process() -> None:
    """R17: whichever process has the shop's secret opens it for the same request."""
    kept = SealedAnswers(SECRET).close(ONCE, ANSWER)

    assert SealedAnswers(SECRET).open(ONCE, kept) == ANSWER


@pytest.mark.parametrize("other", ["principal", "operation", "key", "fingerprint"])
def test_no_other_request_opens_it(other: str) -> None:
    """R17, R41: nor does the database together with the secret, as long as nobody knows key and request."""
    sealed = SealedAnswers(SECRET)
    kept = sealed.close(ONCE, ANSWER)

    with pytest.raises(InvalidTag):
        sealed.open(evolve(ONCE, **{other: "another"}), kept)


def test_another_secret_does_not_even_find_it() -> None:
    """R41: after the shop's secret was changed a repeat is decided anew."""
    one, two = SealedAnswers(SECRET), SealedAnswers(SECRET[::-1])

    assert one.kept_key(ONCE) != two.kept_key(ONCE)
    assert one.kept_fingerprint(ONCE) != two.kept_fingerprint(ONCE)


def test_what_is_kept_tells_neither_key_nor_caller_nor_request_nor_answer() -> None:
    """R41, R40."""
    sealed = SealedAnswers(SECRET)
    kept = f"{sealed.kept_key(ONCE)} {sealed.kept_fingerprint(ONCE)} {sealed.close(ONCE, ANSWER)} {sealed!r}"

    for word in ("member:1", ONCE.key, ONCE.fingerprint, "sesame", "韩梅梅", SECRET.decode()):
        assert word not in kept


def test_one_password_under_two_keys_leaves_two_marks() -> None:
    """R41: requests cannot be compared, nor tried through, without the key each was sent with."""
    sealed = SealedAnswers(SECRET)

    assert sealed.kept_fingerprint(ONCE) != sealed.kept_fingerprint(evolve(ONCE, key="another"))
