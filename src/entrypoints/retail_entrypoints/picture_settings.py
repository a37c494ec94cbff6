"""Where the bytes of pictures lie, as an operator says it: RETAIL_PICTURES, and RETAIL_PICTURES_* for a bucket."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from attrs import field, frozen

_HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX: Final = re.compile(r"([A-Za-z0-9._-]+/)*")


@frozen(kw_only=True)
class BucketSetting:
    """A bucket of a store that speaks S3."""

    endpoint: str
    bucket: str
    region: str
    key_id: str
    secret: str = field(repr=False)
    prefix: str = ""


@frozen(kw_only=True)
class PictureSetting:
    """A folder, a bucket, or neither: then a folder beside the database's file, or `pictures` where the process runs."""

    folder: Path | None = None
    bucket: BucketSetting | None = None


def pictures_setting(environ: Mapping[str, str]) -> Callable[[str], PictureSetting]:
    """A reader of RETAIL_PICTURES. It raises ValueError, which never tells what was given."""

    def parse(text: str) -> PictureSetting:
        kind, _, path = text.partition(":")
        if text == "folder":
            return PictureSetting()
        if kind == "folder" and path:
            return PictureSetting(folder=Path(path))
        if text != "s3":
            raise ValueError("folder, folder:PATH or s3")
        return PictureSetting(bucket=_bucket(environ))

    return parse


def _bucket(environ: Mapping[str, str]) -> BucketSetting:
    words = ("endpoint", "bucket", "region", "key_id", "secret")
    given = {word: environ.get(f"RETAIL_PICTURES_{word.upper()}", "").strip() for word in (*words, "prefix")}
    missing = [f"RETAIL_PICTURES_{word.upper()}" for word in words if not given[word]]
    if missing:
        raise ValueError(f"s3 needs {', '.join(missing)}")
    where = urlsplit(given["endpoint"])
    is_plain = where.hostname and where.path in ("", "/") and not (where.query or where.fragment or where.username)
    if not is_plain or (where.scheme != "https" and not (where.scheme == "http" and where.hostname in _HERE)):
        raise ValueError("RETAIL_PICTURES_ENDPOINT is an https address without a path, such as https://objects.example")
    if not _BUCKET.fullmatch(given["bucket"]):
        raise ValueError("RETAIL_PICTURES_BUCKET is the name of a bucket: small letters, digits, dots and hyphens")
    if not _PREFIX.fullmatch(given["prefix"]):
        raise ValueError("RETAIL_PICTURES_PREFIX is a path that ends with a slash, such as shop/")
    return BucketSetting(**given)
