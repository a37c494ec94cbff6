"""Beasts at the door: guesses that are not counted, sessions that live on, rights nobody checks."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, INTEGRATION, REPOSITORIES, UNIT, Beast, Patch, race

_CHALLENGE = f"{DOMAIN}/accounts/model/challenge.py"
_PROVE = f"{DOMAIN}/accounts/use_cases/prove.py"
_PASSWORD = f"{DOMAIN}/accounts/use_cases/log_in_with_password.py"
_OWN_PASSWORD = f"{DOMAIN}/accounts/use_cases/passwords.py"
_ADMISSION = "src/entrypoints/retail_entrypoints/http/admission.py"
_ARRIVING = "src/entrypoints/retail_entrypoints/http/arriving.py"
_KEYS = f"{DOMAIN}/accounts/model/keys.py"
_STAFF = f"{DOMAIN}/accounts/use_cases/staff.py"
_REPOSITORY = f"{REPOSITORIES}/accounts.py"
_COUNTING = f"{REPOSITORIES}/counting.py"
_STORES = f"{CONTRACT}/test_account_stores.py"
_GUARDS = "src/entrypoints/retail_entrypoints/http/guards.py"
_GATHERING = "src/adapters/retail_adapters/system/batched_lookup.py"
_CODES = f"{UNIT}/test_login_codes.py"
_DOORS = "tests/e2e/test_effects_and_doors.py"
_SESSIONS = f"{UNIT}/test_passwords_and_sessions.py"

BEASTS = (
    Beast(
        name="seal-does-not-wait-for-slow-writers",
        says="what lies behind the last seal is sealed while somebody else is still writing further up",
        origin="R42: what was committed late would lie under no seal, and could be changed",
        patches=(Patch(_REPOSITORY, "        await self._session.tx.changed(_STANDSTILL)\n", ""),),
        catchers=(f"{CONTRACT}/test_trail_is_sealed.py::test_slow_writers_and_rival_workers_leave_nothing_out",),
    ),
    Beast(
        name="seal-forgets-the-one-before",
        says="a seal is a digest over its own rows alone",
        origin="R42: rows could be changed together with the one seal that lies over them",
        patches=(Patch(f"{DOMAIN}/accounts/model/trail.py", "    made = sha256(before.encode())\n", "    made = sha256()\n"),),
        catchers=(f"{CONTRACT}/test_trail_is_sealed.py::test_whoever_changes_a_row_and_its_seal_is_found_by_the_next",),
    ),
    Beast(
        name="streak-looked-up-without-a-turn",
        says="of two check-ins at midnight neither waits, and the second day finds no first",
        origin="PTS-R4: found by simulation",
        patches=(
            Patch(
                "src/adapters/retail_adapters/sql/contexts/membership.py",
                "        await self._session.tx.rows(_TURN, turn=turn_of(_TURN.name, member_id))\n",
                "",
            ),
        ),
        catchers=(f"{CONTRACT}/test_check_ins.py",),
    ),
    Beast(
        name="wrong-guess-rolled-back",
        says="a wrong code raises, and the raise rolls its own count back",
        origin="R36",
        patches=(
            Patch(
                _PROVE,
                "raise RefusedAllTheSame(_refusal(verdict, seconds_until(challenge.expires_at, at)))",
                "raise _refusal(verdict, seconds_until(challenge.expires_at, at))",
            ),
        ),
        catchers=(_CODES, _STORES),
    ),
    Beast(
        name="guesses-counted-naively",
        says="tries of a code are read, counted up and written back without lock or guard",
        origin="R36, GEN-R9",
        patches=(
            Patch(
                _REPOSITORY,
                '    select(challenges).where(AnyOf(challenges.c.id, "ids")).order_by(challenges.c.id).with_for_update(),',
                '    select(challenges).where(AnyOf(challenges.c.id, "ids")).order_by(challenges.c.id),',
            ),
            Patch(_REPOSITORY, "update_of(challenges)", "update_of(challenges, guard=None)"),
        ),
        catchers=(race("tries of a code"), _STORES),
    ),
    Beast(
        name="code-works-twice",
        says="a code that was used is good for another login",
        origin="R36: single use",
        patches=(
            Patch(
                _CHALLENGE,
                "        if self.status is not ChallengeStatus.OPEN or not lies_in(self.issued_at, self.expires_at, at):",
                "        if not lies_in(self.issued_at, self.expires_at, at):",
            ),
        ),
        catchers=(_CODES,),
    ),
    Beast(
        name="asking-again-buys-guesses",
        says="a new code starts with no tries spent",
        origin="ACC-R1, R36",
        patches=(
            Patch(
                _CHALLENGE,
                "tries=instead_of.tries if instead_of is not None and counts else self.tries",
                "tries=self.tries if counts else self.tries",
            ),
        ),
        catchers=(_CODES,),
    ),
    Beast(
        name="code-proves-anything",
        says="a code for one purpose is accepted for another",
        origin="R36: bound to phone and purpose",
        patches=(Patch(_PROVE, "if challenge is None or challenge.purpose is not purpose:", "if challenge is None:"),),
        catchers=(_CODES, _SESSIONS),
    ),
    Beast(
        name="codes-sent-without-count",
        says="the slots of a phone are looked at but never taken",
        origin="R36, yudao and CRMEB: look, then insert",
        patches=(
            Patch(
                f"{DOMAIN}/kernel/counting.py",
                "    if wait is None:\n        counted.note(at=at, times=times)\n    return wait",
                "    return wait",
            ),
        ),
        catchers=(_CODES,),
    ),
    Beast(
        name="slots-counted-naively",
        says="send slots are read, counted up and written back without lock or guard",
        origin="R36; yudao and CRMEB: rate limits without a lock across processes",
        patches=(
            Patch(_COUNTING, ".order_by(send_slots.c.key).with_for_update(),", ".order_by(send_slots.c.key),"),
            Patch(_COUNTING, "update_of(send_slots)", "update_of(send_slots, guard=None)"),
        ),
        catchers=(race("codes sent for a network address"), _STORES),
    ),
    Beast(
        name="hashed-before-proven",
        says="the password is hashed before anybody looks at the code",
        origin="ACC-R7: proof first, hash last",
        patches=(
            Patch(
                _OWN_PASSWORD,
                '    password = good_password(command.password, "", passwords.is_common)\n    told = await check(command)\n',
                '    password = good_password(command.password, "", passwords.is_common)\n'
                "    await passwords.hash(password)\n    told = await check(command)\n",
            ),
        ),
        catchers=(f"{UNIT}/test_proof_first_hash_last.py",),
    ),
    Beast(
        name="made-up-codes-are-free",
        says="a code for a challenge that never was is refused and counted for nobody",
        origin="ACC-R7: wrong codes are counted for the line that sent them",
        patches=(
            Patch(
                _PROVE,
                "            self.guesses.note(at=at)\n            raise RefusedAllTheSame(CodeWrong())",
                "            raise CodeWrong()",
            ),
        ),
        catchers=(f"{UNIT}/test_proof_first_hash_last.py",),
    ),
    Beast(
        name="the-attacked-pays",
        says="wrong passwords from anywhere close a name everywhere, also where its owner is at home",
        origin="ACC-R7: a limit is paid by whoever comes up against it",
        patches=(
            Patch(
                f"{DOMAIN}/accounts/use_cases/limits.py",
                "counting = self.strict if is_at_home else {**self.strict, **self.brake}",
                "counting = {**self.strict, **self.brake}",
            ),
        ),
        catchers=(f"{UNIT}/test_proof_first_hash_last.py",),
    ),
    Beast(
        name="codes-are-paid-by-the-attacked",
        says="what strangers ask for counts for a phone also where its owner is at home",
        origin="ACC-R7: a limit is paid by whoever comes up against it",
        patches=(
            Patch(
                f"{DOMAIN}/accounts/use_cases/limits.py",
                "    if not is_at_home:\n        given +=",
                "    if True:\n        given +=",
            ),
        ),
        catchers=(f"{UNIT}/test_codes_of_strangers.py",),
    ),
    Beast(
        name="a-strangers-code-kills-the-owners",
        says="a newer code takes the place of the older one and its tries, whoever asked for that",
        origin="ACC-R1, ACC-R7: a code belongs to the line that asked",
        patches=(
            Patch(
                f"{DOMAIN}/accounts/use_cases/limits.py",
                'sealer.seal("line of a code", line_of(client)).hex()',
                'sealer.seal("line of a code").hex()',
            ),
        ),
        catchers=(f"{UNIT}/test_codes_of_strangers.py",),
    ),
    Beast(
        name="one-line-holds-every-body",
        says="bodies under way are weighed in all, and nobody asks whose they are",
        origin="ACC-R7, R37: half-sent bodies of one address keep everybody else's out",
        patches=(
            Patch(_ARRIVING, "        if ours > self.line_bytes_max:\n            return False\n", ""),
            Patch(
                _ARRIVING,
                "self.held_bytes <= self.held_bytes_max or ours <= self.held_bytes_max // len(self.held_of)",
                "self.held_bytes <= self.held_bytes_max",
            ),
        ),
        catchers=(f"{UNIT}/test_admission_control.py",),
    ),
    Beast(
        name="pages-take-any-place",
        says="pages are made in as many places at once as a line has",
        origin="ACC-R7: two hundred connections that search made a stranger's quote wait eight times as long",
        patches=(Patch(_ADMISSION, 'place, most = f"{whose} reads", self.reads_each', "place, most = whose, None"),),
        catchers=(f"{UNIT}/test_admission_control.py",),
    ),
    Beast(
        name="hashing-in-ones-place",
        says="a request that waits for a hash keeps its place meanwhile",
        origin="ACC-R7: what waits for something dear holds no place",
        patches=(
            Patch(
                "src/entrypoints/retail_entrypoints/places.py",
                "    place.leave()\n    yield\n    await place.take_again()\n",
                "    yield\n",
            ),
        ),
        catchers=(f"{UNIT}/test_admission_control.py",),
    ),
    Beast(
        name="flood-goes-first",
        says="the next turn is of whoever waits longest, so a stranger waits for all of a flood",
        origin="ACC-R7: the next is of the line that has least",
        patches=(
            Patch(
                "src/adapters/retail_adapters/system/turns.py",
                "whose = min(open_lines, key=lambda one: self.inside_of.get(one, 0))  # of equals, who began to wait first",
                "whose = open_lines[0]",
            ),
            Patch(
                "src/adapters/retail_adapters/system/turns.py",
                "            self.lines[whose] = self.lines.pop(whose)\n",
                "            pass\n",
            ),
        ),
        catchers=(f"{UNIT}/test_admission_control.py",),
    ),
    Beast(
        name="session-carries-the-account-away",
        says="a code to the new phone alone is enough to change it",
        origin="ACC-R8",
        patches=(
            Patch(
                f"{DOMAIN}/accounts/use_cases/change_phone.py",
                "if (command.password is None) == (command.old_proof is None):",
                "if command.password is not None and command.old_proof is not None:",
            ),
        ),
        catchers=(f"{UNIT}/test_proof_first_hash_last.py",),
    ),
    Beast(
        name="revoked-key-goes-on",
        says="a key that was taken back opens the door all the same",
        origin="ACC-R10",
        patches=(
            Patch(
                _KEYS,
                "if self.revoked_at is not None or has_passed(self.expires_at, at):",
                "if has_passed(self.expires_at, at):",
            ),
        ),
        catchers=(f"{UNIT}/test_api_keys.py",),
    ),
    Beast(
        name="key-never-ends",
        says="when a key was to end is kept and shown, and nobody looks",
        origin="ACC-R10",
        patches=(
            Patch(
                _KEYS, "if self.revoked_at is not None or has_passed(self.expires_at, at):", "if self.revoked_at is not None:"
            ),
        ),
        catchers=(f"{UNIT}/test_api_keys.py",),
    ),
    Beast(
        name="key-outgrows-its-maker",
        says="a key keeps what its maker may no more",
        origin="ACC-R11",
        patches=(Patch(_KEYS, "            own = own.both(maker)\n", ""),),
        catchers=(f"{UNIT}/test_api_keys.py",),
    ),
    Beast(
        name="key-may-everything",
        says="whoever comes with a key may all that its maker may",
        origin="ACC-R11",
        patches=(Patch(_KEYS, "            own = own.both(maker)\n", "            own = maker\n"),),
        catchers=(f"{UNIT}/test_api_keys.py",),
    ),
    Beast(
        name="key-is-given-what-its-maker-lacks",
        says="whoever may make keys gives them what they may not do themselves",
        origin="ACC-R11",
        patches=(
            Patch(
                _KEYS,
                "            if not may.where.get(permission, NOWHERE).covers(given):",
                "            if permission not in Permission:",
            ),
        ),
        catchers=(f"{UNIT}/test_api_keys.py",),
    ),
    Beast(
        name="wrong-keys-are-free",
        says="a wrong key raises, and the raise rolls its count back",
        origin="ACC-R7, ACC-R10",
        patches=(
            Patch(
                f"{DOMAIN}/accounts/use_cases/keys.py", "    raise RefusedAllTheSame(KeyInvalid())", "    raise KeyInvalid()"
            ),
        ),
        catchers=(f"{UNIT}/test_api_keys.py",),
    ),
    Beast(
        name="last-admin-leaves",
        says="two admins revoke each other, since each looks before the other has written",
        origin="ACC-R4: look at several rows, then write one",
        patches=(
            Patch(
                f"{REPOSITORIES}/staff.py",
                "select(staff).where(staff.c.is_admin).order_by(staff.c.id).with_for_update()",
                "select(staff).where(staff.c.is_admin).order_by(staff.c.id)",
            ),
        ),
        catchers=(race("admins who stay"), _STORES),
    ),
    Beast(
        name="roles-change-sessions-stay",
        says="who lost a role keeps it until the session ends",
        origin="R36",
        patches=(Patch(_STAFF, "        work.sessions.end_all(id)\n", ""),),
        catchers=(f"{UNIT}/test_staff_roles.py",),
    ),
    Beast(
        name="unknown-names-answer-sooner",
        says="no password is compared for a name nobody has, so the answer comes sooner",
        origin="R36",
        patches=(
            Patch(
                _PASSWORD,
                "    login, is_right = tried.login, await passwords.matches(",
                "    if tried.login is None:\n        raise LoginFailed()\n    login, is_right = tried.login, await passwords.matches(",
            ),
        ),
        catchers=(_SESSIONS, f"{INTEGRATION}/test_login_statements.py"),
    ),
    Beast(
        name="old-password-opens-the-door",
        says="a login that began with the old password is admitted after it was changed",
        origin="R36",
        patches=(
            Patch(_PASSWORD, "if login is None or login.password_hash != right.login.password_hash:", "if login is None:"),
        ),
        catchers=(_SESSIONS,),
    ),
    Beast(
        name="session-of-an-earlier-moment",
        says="who asks for a token that is being looked up is given that look-up's answer, though it began before he came",
        origin="R36: a session ended in between would serve one request more",
        patches=(
            Patch(
                _GATHERING,
                "            found = await self.look(batch)\n",
                "            self._waiting.update(batch)\n            found = await self.look(batch)\n"
                "            self._waiting = {key: one for key, one in self._waiting.items() if key not in batch}\n",
            ),
        ),
        catchers=(f"{UNIT}/test_batched_lookup.py",),
    ),
    Beast(
        name="staff-with-a-cart-leave-no-trail",
        says="staff who come with a guest's cart are taken for that guest, of whom nothing is written down",
        origin="R35: what staff do leaves a trail",
        patches=(
            Patch(
                _GUARDS,
                "        if caller.staff_id is not None or caller.machine",
                "        if (caller.staff_id is not None and caller.cart_token is None) or caller.machine",
            ),
        ),
        catchers=("tests/e2e/test_http_door.py::test_what_staff_do_with_a_guests_cart_is_written_down_all_the_same",),
    ),
    Beast(
        name="closing-pays-back-for-anybody",
        says="who may close orders closes paid ones too, and the money goes back: a refund by another door",
        origin="R35: a clerk's refund was refused, the same clerk's closing was not",
        patches=(
            Patch(
                f"{DOMAIN}/processes/money/refunding.py",
                "    if amount.minor and Effect.MONEY_BACK not in command.granted:\n",
                "    if False:\n",
            ),
        ),
        catchers=(f"{_DOORS}::test_a_clerk_closes_what_is_unpaid_and_not_what_is_paid",),
    ),
    Beast(
        name="door-with-a-permission-of-its-own",
        says="a route says by itself who may call it, and not what it brings about",
        origin="R35: two doors to one effect, each guarded by what its author thought of",
        patches=(
            Patch("src/entrypoints/retail_entrypoints/http/payments.py", "        does=retail.payments.refund_aside,\n", ""),
        ),
        catchers=(f"{_DOORS}::test_every_door_to_an_effect_stands_in_the_table_with_what_it_needs",),
    ),
    Beast(
        name="new-goods-bring-their-price",
        says="who may enter goods enters them with a price, though they may not set one",
        origin="R35, CAT-R4: entering goods anew was a way to any price",
        patches=(
            Patch(
                f"{DOMAIN}/catalog/use_cases/checks.py",
                "    return wish if Effect.SELLING_PRICE in granted else evolve(wish, price_minor=None)\n",
                "    return wish\n",
            ),
        ),
        catchers=(f"{_DOORS}::test_goods_entered_by_a_clerk_have_no_price_and_are_off_sale_until_somebody_sets_one",),
    ),
    Beast(
        name="turned-away-has-tried",
        says="a try that was turned away before its password was looked at stays counted",
        origin="ACC-R7: whoever came in a rush was locked out for a quarter of an hour by tries that never were",
        patches=(Patch(f"{DOMAIN}/accounts/use_cases/turned_away.py", "            await self.give_back(tried)\n", ""),),
        catchers=(f"{UNIT}/test_proof_first_hash_last.py::TestTurnedAway::test_a_try_that_was_not_made_is_not_counted",),
    ),
)
"""Each must be caught."""
