#!/bin/sh
# Proves that a machine with python3, make and git and nothing else can run the tests and the shop (DOR-R7).
#
#     sudo scripts/prove_bare_machine.sh FOLDER [SUITE [MAKE-TARGET]]
#
# Builds such a machine below FOLDER with debootstrap (SUITE: bookworm, trixie, ...), clones the last commit into it, and there,
# as root and as an ordinary user, with an empty environment: `make MAKE-TARGET` (default: the set-up and the PostgreSQL tests),
# then `make shop` until it answers. Needs root and debootstrap. FOLDER is kept; remove it with `umount FOLDER/proc` first.
set -eu

folder=${1:?where to build the machine}
suite=${2:-bookworm}
target=${3:-}
project=$(cd "$(dirname "$0")/.." && pwd)

if [ ! -e "$folder/usr/bin/make" ]; then
    debootstrap --variant=minbase --include=python3,make,git,ca-certificates "$suite" "$folder" > "$folder.log" 2>&1
    chroot "$folder" useradd --create-home --shell /bin/sh shopper
fi
mountpoint -q "$folder/proc" || mount -t proc proc "$folder/proc"
mkdir -p "$folder/dev/shm" && chmod 1777 "$folder/dev/shm"
# How this machine reaches the network is part of the machine, not of the project.
for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
    cp -L "$file" "$folder$file"
done

inside() { # as whom, with what home, the command
    chroot --userspec="$1:$1" "$folder" env -i HOME="$2" PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt PIP_CERT=/etc/ssl/certs/ca-certificates.crt sh -c "cd ~/shop; $3"
}

prove() {
    echo "== $suite, as $1 =="
    rm -rf "$folder$2/shop"
    git clone --quiet "$project" "$folder$2/shop"
    chroot "$folder" chown -R "$1:$1" "$2/shop"
    if [ -n "$target" ]; then
        inside "$1" "$2" "make $target"
    else
        inside "$1" "$2" "make set-up-dev && .venv/bin/python -m pytest -q tests/integration/test_postgres_for_tests.py"
    fi
    rm -rf "$folder$2/shop/.venv"
    inside "$1" "$2" 'export RETAIL_SANDBOX_BASE_URL=http://127.0.0.1:8432
        timeout --signal=INT 180 make shop ARGS="--port 8431" > shop.log 2>&1 & waited=0
        until python3 -c "import urllib.request as u; u.urlopen(\"http://127.0.0.1:8431/v1/products\")" 2> /dev/null; do
            waited=$((waited + 1)); [ $waited -lt 170 ] || { cat shop.log; exit 1; }; sleep 1
        done
        cat shop.log; kill -INT $!; wait || true'
}

prove root /root
prove shopper /home/shopper
echo "A bare $suite can do it."
