"""As much of curl as the documentation uses, for machines that have none: tells of a refusal by exit code 22."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen


def main(arguments: Sequence[str]) -> int:
    """Make the call and write the answer to standard output."""
    words, method, headers, body, query, url = iter(arguments), "", {}, None, "", ""
    for word in words:
        match word:
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(":")
                headers[name] = value.strip()
            case "-d":
                body = next(words)
            case "--data-urlencode":
                name, _, value = next(words).partition("=")
                query = f"?{name}={quote(value, safe='')}"
            case "-sS" | "-s" | "-G":
                continue
            case _:
                url = word
    request = Request(url + query, data=body.encode() if body else None, headers=headers, method=method or None)
    try:
        with urlopen(request, timeout=30) as answer:
            sys.stdout.buffer.write(answer.read())
    except HTTPError as refused:
        sys.stdout.buffer.write(refused.read())
        return 22
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
