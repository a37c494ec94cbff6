# For a shell that talks to a shop started by `make shop`: . examples/shop.sh
SHOP=${SHOP:-http://127.0.0.1:8000}
SANDBOX=${SANDBOX:-http://127.0.0.1:8901}

# curl with JSON, and with your token once you have one: call PATH [curl's options]
call() {
  path=$1
  shift
  curl -sS -H "Authorization: Bearer ${TOKEN:-}" -H "Content-Type: application/json" "$@" "$SHOP$path"
}

# One value of a JSON answer: pick items 0 title
pick() {
  python3 -c 'import json, sys
it = json.load(sys.stdin)
for key in sys.argv[1:]:
    it = it[int(key) if key.isdigit() else key]
print(it)' "$@"
}
