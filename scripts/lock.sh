#!/bin/sh
# Renews the locked requirements: for every platform and Python, with hashes, without an address of any index.
set -eu
tool=.cache/lock
[ -x "$tool/bin/uv" ] || { .venv/bin/python -m venv --without-pip "$tool"; .venv/bin/python -m pip --python "$tool/bin/python" install --quiet uv; }
compile() {
    "$tool/bin/uv" pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links "$@"
}
compile pyproject.toml --extra cli --output-file requirements/runtime.txt
compile requirements/build.in --constraint requirements/runtime.txt --output-file requirements/build.txt
compile pyproject.toml requirements/build.in requirements/dev.in --extra dev --constraint requirements/runtime.txt \
    --constraint requirements/build.txt --output-file requirements/dev.txt
