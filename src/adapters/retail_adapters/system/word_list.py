"""A moderator that knows words: those that block, and those that a person should look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from retail_domain.reviews import ReviewReason, WordsOutcome, WordsVerdict, spelled


def _words(told: Mapping[str, ReviewReason]) -> Mapping[str, ReviewReason]:
    words = {spelled(word): reason for word, reason in told.items()}
    if "" in words:
        raise ValueError("an empty word stands in every text")
    return words


@frozen
class WordList:
    """Blocks texts with one of these words, asks a person about others, and passes the rest (REV-R5).

    It is given words alone: how many stars somebody gave, it never learns.
    """

    blocks: Mapping[str, ReviewReason] = field(factory=dict, converter=_words)
    asks: Mapping[str, ReviewReason] = field(factory=dict, converter=_words)
    passes: bool = True
    """Whether texts without such words go up by themselves; else a person looks at each."""

    async def judge(self, words: Sequence[str]) -> Sequence[WordsVerdict]:
        """A verdict for each text."""
        return [self._judged(spelled(text)) for text in words]

    def _judged(self, text: str) -> WordsVerdict:
        blocked = _reasons(self.blocks, text)
        if blocked:
            return WordsVerdict(WordsOutcome.BLOCK, blocked)
        doubtful = _reasons(self.asks, text)
        return WordsVerdict(WordsOutcome.REVIEW if doubtful or not self.passes else WordsOutcome.PASS, doubtful)


def _reasons(words: Mapping[str, ReviewReason], text: str) -> tuple[ReviewReason, ...]:
    return tuple(sorted({reason for word, reason in words.items() if word in text}, key=lambda one: one.value))
