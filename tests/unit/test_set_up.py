"""What the set-up says where a machine lacks something (DOR-R7)."""

from __future__ import annotations

from scripts.set_up import _advice


def test_a_machine_without_authorities_is_told_the_command_that_helps() -> None:
    said = "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] failed: unable to get ...'))"

    assert "apt-get install ca-certificates" in _advice(said)
    assert _advice("no space left on device") == ""
