"""The reference page of the sandbox gateway is true: its examples run and its tables are complete (DOR-R5)."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from retail_adapters.payments import SandboxConfig, sandbox_gateway
from retail_adapters.payments.sandbox import DEVELOPMENT_PROVIDER_KEY
from retail_adapters.system.clock import SystemClock
from retail_adapters.system.luck import SystemLuck
from retail_domain.kernel.money import Money
from retail_domain.payments.gateway import Ack, ChargeRequest, Flow, MerchantRef, RefundRef, RefundRequest
from retail_entrypoints.simulators.sandbox.faults import PLACES, USUAL_PLACE
from tests.support.sandbox import running_sandbox

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "sandbox-gateway.md").read_text()
SIMULATOR = Path(__file__).parents[2] / "src" / "entrypoints" / "retail_entrypoints" / "simulators" / "sandbox"


def the_curl_commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("curl ")]


def status_of(command: str) -> int:
    words = shlex.split(command)[1:]
    method = words.pop(words.index("-X") + 1) if "-X" in words else "GET"
    body = words.pop(words.index("-d") + 1).encode() if "-d" in words else None
    (url,) = (word for word in words if word not in ("-X", "-d"))
    try:
        with urlopen(Request(url, data=body, method=method), timeout=30) as answer:
            return int(answer.status)
    except HTTPError as no:
        return no.code


async def test_every_curl_example_is_understood() -> None:
    """In the order of the page: 409 where the payment or refund is already over, never anything worse."""
    commands = the_curl_commands()
    with running_sandbox() as sandbox:
        config = SandboxConfig(base_url=sandbox.url, notify_url="http://127.0.0.1:9/notices")
        gateway = sandbox_gateway(config, clock=SystemClock(), luck=SystemLuck())
        charge = ChargeRequest(
            ref=MerchantRef("attempt0001"),
            amount=Money(1_999, "CNY"),
            flow=Flow.DESKTOP_PAGE,
            description="tea",
            expires_at=SystemClock().now().replace(year=2099),
        )
        await gateway.begin(charge)
        event = sandbox.pay(charge.ref)
        sandbox.refunds_become("pending")
        refund = RefundRequest(
            refund_ref=RefundRef("refund0001"),
            payment_ref=charge.ref,
            amount=Money(1, "CNY"),
            payment_total=charge.amount,
            reason="broken",
        )
        await gateway.refund(refund)
        await gateway.aclose()
        names = {"$SANDBOX": sandbox.url, "$REFUND": refund.refund_ref, "$REF": charge.ref, "$EVENT": event}

        answered = {}
        for command in commands:
            told = command
            for name, text in names.items():
                told = told.replace(name, text)
            answered[command] = status_of(told)

    assert len(answered) >= 20
    assert set(answered.values()) == {200, 409}
    refused = [command for command, status in answered.items() if status == 409]
    assert [command.rsplit("/", 1)[1] for command in refused] == ["pay", "fail", "expire", "close", "need-attention"]


def test_every_fault_and_place_is_described() -> None:
    for kind, place in USUAL_PLACE.items():
        assert f"| `{kind.replace('_', ' ')}` | `{place}` |" in PAGE
    assert all(f"`{place}`" in PAGE for place in PLACES)


def test_every_refusal_of_the_provider_is_listed() -> None:
    source = "".join(
        (SIMULATOR / name).read_text() for name in ("provider.py", "reading.py", "merchant_api.py", "http.py", "wire.py")
    )
    codes = set(re.findall(r'Refused\(\d+, "(\w+)"', source)) | set(re.findall(r'Unsigned\("(\w+)"\)', source))

    assert len(codes) > 15
    assert [code for code in sorted(codes - {"already_decided"}) if f"`{code}`" not in PAGE] == []


def test_the_keys_and_the_acknowledgement_of_the_page_are_the_shops() -> None:
    config = SandboxConfig(base_url="http://127.0.0.1:1", notify_url="http://127.0.0.1:1/n")
    done = sandbox_gateway(config, clock=SystemClock(), luck=SystemLuck()).reply(Ack.DONE)

    assert DEVELOPMENT_PROVIDER_KEY in PAGE
    assert done.status == 200 and f"`{done.body.decode()}`" in PAGE


def test_the_python_of_the_page_runs() -> None:
    """The vectors for whoever writes another side."""
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)

    exec(compile(block, "sandbox-gateway.md", "exec"), {})


def test_the_json_of_the_page_is_json() -> None:
    assert [json.loads(block)["kind"] for block in re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)] == [
        "payment.succeeded"
    ]
