"""Beasts of pictures: what they tell comes along, bombs are let in, counts that are wrong."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, INTEGRATION, UNIT, Beast, Patch

_ADAPTERS = "src/adapters/retail_adapters/pictures"
_DECODING = f"{_ADAPTERS}/decoding.py"
_PREPARED = f"{INTEGRATION}/test_pictures_prepared.py"

BEASTS = (
    Beast(
        name="hard-pictures-hold-up-the-money",
        says="a worker prepares pictures in the same rounds as it closes orders and sends money back",
        origin="PIC-R4: strangers send pictures, and a hard one takes twenty seconds of a processor",
        patches=(
            Patch(
                "src/entrypoints/retail_entrypoints/worker/loop.py",
                " for name, timer in every.items() if name not in long}",
                " for name, timer in every.items()}",
            ),
        ),
        catchers=("tests/unit/test_worker.py",),
    ),
    Beast(
        name="picture-tells-where-it-was-taken",
        says="what is written keeps the metadata of what was sent",
        origin="PIC-R5",
        patches=(
            Patch(
                _DECODING, "return _plain(upright)", "plain = _plain(upright); plain.info = dict(upright.info); return plain"
            ),
            Patch(
                _DECODING,
                'scaled.save(out, "WEBP", quality=_WEBP_QUALITY, method=4)',
                'scaled.save(out, "WEBP", quality=_WEBP_QUALITY, method=4, exif=picture.info.get("exif", b""), icc_profile=picture.info.get("icc_profile"))',
            ),
        ),
        catchers=(_PREPARED,),
    ),
    Beast(
        name="picture-lies-as-the-camera-was-held",
        says="a picture is not turned upright",
        origin="PIC-R5",
        patches=(Patch(_DECODING, "upright = ImageOps.exif_transpose(opened)", "upright = opened; assert ImageOps"),),
        catchers=(_PREPARED,),
    ),
    Beast(
        name="picture-is-decoded-before-it-is-measured",
        says="nobody reads the size of a picture before it is kept",
        origin="PIC-R3",
        patches=(
            Patch(
                f"{DOMAIN}/pictures/reading.py",
                "found.width * found.height > PIXELS_MAX or max(found.width, found.height) > SIDE_MAX",
                "False",
            ),
        ),
        catchers=(f"{UNIT}/test_picture.py",),
    ),
    Beast(
        name="picture-counts-each-time-it-is-said",
        says="the same thing that shows a picture counts as often as it says so",
        origin="PIC-R8",
        patches=(Patch(f"{DOMAIN}/pictures/use_cases/showing.py", "if one.user not in users[id]:", "if True:"),),
        catchers=(f"{CONTRACT}/test_picture_stores.py",),
    ),
    Beast(
        name="picture-lets-go-of-what-it-never-showed",
        says="whoever does not show a picture takes one from its count",
        origin="PIC-R8",
        patches=(
            Patch(
                f"{DOMAIN}/pictures/use_cases/showing.py",
                "if id in pictures and one.user in users[id]:",
                "if id in pictures and pictures[id].uses:",
            ),
        ),
        catchers=(f"{CONTRACT}/test_picture_stores.py",),
    ),
    Beast(
        name="picture-is-ready-before-its-files",
        says="the word that a picture is ready comes before its files are written",
        origin="PIC-R7",
        patches=(
            Patch(
                f"{DOMAIN}/pictures/use_cases/looking_after.py",
                "    for name, written in wanted.items():\n        await files.keep(name, written)\n",
                "",
            ),
        ),
        catchers=(f"{INTEGRATION}/test_pictures_survive.py",),
    ),
    Beast(
        name="picture-row-goes-before-its-files",
        says="the row is dropped, and who was to delete the files does not come to it",
        origin="PIC-R7",
        patches=(
            Patch(
                f"{DOMAIN}/pictures/use_cases/looking_after.py",
                "        for name in picture.every_file:\n            await files.forget(name)\n        await steps.drop(id)",
                "        await steps.drop(id)\n        for name in picture.every_file:\n            await files.forget(name)",
            ),
        ),
        catchers=(f"{INTEGRATION}/test_pictures_survive.py",),
    ),
)
