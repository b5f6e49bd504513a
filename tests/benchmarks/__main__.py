"""`make bench`: how long a cold function takes to import, what compiled zips buy, and what the writer adds to a call.

Every figure is a ratio to a reference measured in the same run, alternately with it: it means the same on a slow
machine as on a fast one. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import simplejson

from sandbox.core import Sandbox
from sandbox.messages import SandboxRequest
from sandbox.settings import SandboxSettings
from tests.online_simulation import OnlineSimulation
from tests.simulation import Simulation

BUILD = Path(".aws-sam/build")
FUNCTIONS = (
    "booking_events",
    "online_orders",
    "pos_events",
    "authorizer",
    "queries",
    "pos_writer",
    "caretaker",
    "failures",
)
INGEST_BUDGET = 1.5
REFERENCE = "import boto3; boto3.client('dynamodb', region_name='ap-southeast-2')"
BOOKINGS = 300


def main(arguments: Sequence[str]) -> None:
    """Prints two tables."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--build", type=Path, default=BUILD, help="where `sam build` put the functions")
    parser.add_argument("--runs", type=int, default=7, help="processes a figure")
    options = parser.parse_args(arguments)
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, median of {options.runs} runs\n")
    imports(options.build.absolute(), options.runs)
    writer()


def imports(build: Path, runs: int) -> None:
    """Cold imports of each function from what was built for it."""
    print(f"{'cold start: import of':32}{'compiled':>12}{'ratio':>8}{'source only':>14}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare"
        artifact = build / logical_id("booking_events")
        shutil.copytree(artifact, bare, ignore=shutil.ignore_patterns("__pycache__"))
        compiled, source = alternately(runs, lambda: cold(artifact, REFERENCE), lambda: cold(bare, REFERENCE))
        reference = compiled
        show("boto3 and a client (reference)", compiled, source, reference)
        for name in FUNCTIONS:
            built = build / logical_id(name)
            shutil.copytree(built / "functions", bare / "functions", dirs_exist_ok=True)
            program = f"import functions.{name}.handler"
            times = alternately(
                runs,
                lambda built=built, program=program: cold(built, program),  # type: ignore[misc]
                lambda program=program: cold(bare, program),  # type: ignore[misc]
                lambda built=built: cold(built, REFERENCE),  # type: ignore[misc]
            )
            show(f"functions.{name}", times[0], times[1], times[2])
    print(f"\nBudget of an ingest function, compiled: {INGEST_BUDGET} × the reference.\n")


def show(name: str, compiled: float, source: float, reference: float) -> None:
    """One line; ratios are to the compiled reference of the same minute."""
    ms = (compiled * 1000, source * 1000)
    print(f"{name:32}{ms[0]:9.0f} ms{compiled / reference:8.2f}{ms[1]:11.0f} ms{source / reference:8.2f}")


def cold(folder: Path, program: str) -> float:
    """Seconds that the program takes in a fresh process that finds its packages in `folder` alone."""
    timed = f"import sys, time; sys.path.insert(0, sys.argv[1]); t = time.perf_counter(); {program}"
    timed += "; print(time.perf_counter() - t)"
    environment = {
        "PATH": "",
        "AWS_DEFAULT_REGION": "ap-southeast-2",
        "PYTHONDONTWRITEBYTECODE": "1",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "PosRelay",
    }
    ran = subprocess.run(
        [sys.executable, "-S", "-s", "-c", timed, str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(ran.stdout)


def alternately(runs: int, *measures: Callable[[], float]) -> list[float]:
    """The median of each, taken in turn so that a busy moment hits all of them."""
    taken = [[measure() for measure in measures] for _ in range(runs + 1)]
    return [
        statistics.median(times) for times in zip(*taken[1:], strict=True)
    ]  # the first round warms the disk's cache


def writer() -> None:
    """Time of a booking, and of an online order, through the whole writer in process, against the bare call that makes
    an order."""
    bare, booked, ordered = alternately(3, bare_creates, through_the_writer, from_placing_to_the_pos)
    print(f"{'writer, in process':32}{'an order':>12}{'ratio':>8}{'a second':>14}")
    for name, seconds in (
        ("the sandbox's create call", bare),
        ("event → decision → order", booked),
        ("placed → checked → order", ordered),
    ):
        print(f"{name:32}{seconds * 1e3:9.2f} ms{seconds / bare:8.2f}{1 / seconds:14.0f}")


def bare_creates() -> float:
    """Seconds for one order made by the sandbox, without any relay."""
    sandbox = Sandbox(settings=SandboxSettings(basic_per_minute=0, oauth_per_minute=0))
    authorization = "Basic ZGVtby1iYXNpYzpkZW1vLWJhc2ljLXNlY3JldA=="
    headers = {"authorization": authorization, "content-type": "application/json", "accept": "application/json"}
    began = time.perf_counter()
    for number in range(BOOKINGS):
        order = {
            "site_id": 823,
            "status": "SUBMITTED",
            "order_type": "Dine in",
            "guests": 4,
            "notes": f"Table {number}",
        }
        body = simplejson.dumps(order).encode()
        keyed = {**headers, "idempotency-key": f"bench-{number}"}
        request = SandboxRequest("POST", "/kounta/v1/companies/5678/orders", [], keyed, body)
        answer = sandbox.handle(request)
        assert answer.status == 201, answer.body
    taken = time.perf_counter() - began
    sandbox.close()
    return taken / BOOKINGS


def through_the_writer() -> float:
    """Seconds for one seated booking from its event to its order, on the same sandbox."""
    relay = Simulation()
    began = time.perf_counter()
    for number in range(BOOKINGS):
        relay.change("seated", booking=f"B-{number}")
        while (record_id := relay.nudges.pop(relay.clock.now())) is not None:
            relay.work(record_id)
    taken = time.perf_counter() - began
    assert len(relay.live()) == BOOKINGS
    relay.close()
    return taken / BOOKINGS


def from_placing_to_the_pos() -> float:
    """Seconds for one paid online order from its placing to the POS, on the same sandbox."""
    relay = OnlineSimulation()
    began = time.perf_counter()
    for number in range(BOOKINGS):
        relay.place(f"P-{number}")
        while (record_id := relay.nudges.pop(relay.clock.now())) is not None:
            relay.work(record_id)
    taken = time.perf_counter() - began
    assert len(relay.live()) == BOOKINGS
    relay.close()
    return taken / BOOKINGS


def logical_id(folder: str) -> str:
    """BookingEvents for booking_events."""
    return "".join(word.capitalize() for word in folder.split("_"))


if __name__ == "__main__":
    main(sys.argv[1:])
