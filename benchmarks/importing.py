"""`python -m benchmarks.importing`: a million contacts from a CSV file, by the command, into an SQLite file.

Every row has a phone as people write it, tags and a value of a custom field; every hundredth doubles another row. How
many rows a second, until the last is written and found by every index, and how much memory the command has at most.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App as Command
from cyclopts import Parameter

from benchmarks import report
from benchmarks.installation import Account, address, install, opened
from benchmarks.measures import Result
from benchmarks.people import person
from groundlevel.areas.contacts import CONTACTS

SIZE, QUICK_SIZE, DOUBLE_EVERY = 1_000_000, 20_000, 100
WANTED_PER_S, MOST_MB = 8_000, 600
COLUMNS = {
    "First Name": "firstName", "Last Name": "lastName", "Email": "email", "Phone": "phone", "Tags": "tags",
    "City": "city", "Address": "address1", "State": "state", "Country": "country", "Zip": "postalCode",
    "Company": "companyName", "Source": "source",
}  # fmt: skip
command = Command(name="benchmarks.importing", help="Measure the import of contacts.")


def written(path: Path, size: int) -> Path:
    """A file of so many people; every hundredth is the one before it once more."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, "Level"])
        for n in range(size):
            who = person(n - 1 if n % DOUBLE_EVERY == DOUBLE_EVERY - 1 else n)
            who["tags"] = ";".join(who["tags"])
            writer.writerow([*(who[key] for key in COLUMNS.values()), f"level {n % 1_000}"])
    return path


def imported(database: Path, file: Path, account: Account) -> tuple[dict[str, Any], list[int]]:
    """What the command says, with the seconds it took as a whole, and its memory, second by second, in MB."""
    options = ("--location", account.location_id, "--database", address(database), "--json")
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "groundlevel.cli", "import", "contacts", str(file), *options],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    seen: list[int] = []
    status = Path(f"/proc/{process.pid}/status")

    def watch() -> None:
        while process.poll() is None:
            told = [line for line in status.read_text().splitlines() if line.startswith("RssAnon")]
            seen.extend(int(line.split()[1]) // 1024 for line in told)
            time.sleep(1)

    threading.Thread(target=watch, daemon=True).start()
    told, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"the import ended with {process.returncode}")
    return json.loads(told) | {"wholeCommand": time.perf_counter() - began}, seen


@command.default
def run(*, quick: Annotated[bool, Parameter(negative="")] = False, size: int = 0) -> int:
    """Measure; ends with 1 if a claim does not hold.

    Parameters
    ----------
    quick
        Only show that everything runs: twenty thousand rows.
    size
        Rows, if not a million.
    """
    size = size or (QUICK_SIZE if quick else SIZE)
    with tempfile.TemporaryDirectory(prefix="importing-") as folder:
        database, file = Path(folder) / "groundlevel.db", written(Path(folder) / "people.csv", size)
        with opened(database) as app:
            account = install(app)
        os.sync()
        told, memory = imported(database, file, account)
        with opened(database) as app:
            contacts = app.store.read(account.owners).count(CONTACTS)
        megabytes = database.stat().st_size / 1e6
    doubles = size // DOUBLE_EVERY
    kept = (told["rows"], told["created"], told["changed"], contacts)
    whole = kept == (size, size - doubles, doubles, size - doubles)
    rate, peak = size / told["seconds"], max(memory, default=0)
    half = memory[len(memory) // 2] if memory else 0
    report.printed(
        [
            Result(f"{size:,} contacts imported", f"{rate:,.0f} rows/s", "", "", f"≥ {WANTED_PER_S:,} rows/s",
                   rate >= WANTED_PER_S),
            Result("memory while importing", f"{peak} MB at most, {half} MB halfway", "", "", f"≤ {MOST_MB} MB",
                   peak <= MOST_MB),
            Result("every row once", f"{contacts:,} contacts", "", "", f"{size - doubles:,}", whole),
            Result("with start, reading through and index of texts",
                   f"{told['wholeCommand']:,.1f} s, {megabytes:,.0f} MB", "", "", "", None),
        ]
    )  # fmt: skip
    return int(not quick and not (whole and rate >= WANTED_PER_S and peak <= MOST_MB))


if __name__ == "__main__":
    sys.exit(command(result_action="return_value"))
