"""``python -m bench --orders 10000 --engine sqlite``: every workload in turns, first the one server, then the other."""

import statistics
from pathlib import Path
from typing import Any

import click

from bench import load, report, servers, workloads
from bench.load import Round
from bench.workloads import Workload


@click.command()
@click.option("--orders", "sizes", multiple=True, type=int, default=(10_000, 100_000), show_default=True, help="How many; several times.")
@click.option("--engine", "engines", multiple=True, type=click.Choice(["sqlite", "postgresql"]), default=("sqlite", "postgresql"))
@click.option("--rounds", default=5, show_default=True)
@click.option("--seconds", default=2.0, show_default=True, help="How long one round lasts.")
@click.option("--only", multiple=True, help="These workloads.")
@click.option("--seed", default=20, show_default=True)
@click.option("--to", "target", type=click.Path(path_type=Path), default=Path("docs/performance.md"), show_default=True)
def bench(
    sizes: tuple[int, ...], engines: tuple[str, ...], rounds: int, seconds: float, only: tuple[str, ...], seed: int, target: Path
) -> None:
    """Compare the application with the floor."""
    results: list[dict[str, Any]] = []
    for engine in engines:
        for orders in sizes:
            with servers.shop(engine, orders=orders, seed=seed) as (surroundings, ours, theirs):
                who = workloads.cast(surroundings, ours, orders=orders)
                for url in (ours, theirs):
                    workloads.back_at_the_store(url, who.to_scan)
                application, floor = servers.application(surroundings), servers.floor(surroundings, theirs)
                try:
                    for workload in workloads.all_of(who, seed):
                        if only and workload.name not in only:
                            continue
                        row = _compare(workload, application.port, floor.port, rounds, seconds)
                        row |= {"engine": engine, "orders": orders, "megabytes": round(application.megabytes())}
                        results.append(row)
                        click.echo(_line(row))
                finally:
                    application.stop()
                    floor.stop()
    report.write(results, target)
    click.echo(f"Written to {target}.")


def _compare(workload: Workload, ours: int, floor: int, rounds: int, seconds: float) -> dict[str, Any]:
    for port, requests in ((ours, workload.ours), (floor, workload.floor)):
        load.run(port, requests(), workload.check, seconds=seconds / 4, connections=workload.connections)  # warm
    measured: dict[str, list[Round]] = {"ours": [], "floor": []}
    for _ in range(rounds):
        for side, port, requests in (("ours", ours, workload.ours), ("floor", floor, workload.floor)):
            measured[side].append(load.run(port, requests(), workload.check, seconds=seconds, connections=workload.connections))
    row: dict[str, Any] = {"workload": workload.name, "what": workload.what}
    for side, rounds_of in measured.items():
        rates = [each.per_second for each in rounds_of]
        waits = Round(waits=[wait for each in rounds_of for wait in each.waits])
        row[side] = round(statistics.median(rates), 1)
        row[f"{side}_spread"] = round((max(rates) - min(rates)) / max(statistics.median(rates), 1e-9), 3)
        row[f"{side}_p50"], row[f"{side}_p99"] = round(waits.wait(0.5) * 1000, 2), round(waits.wait(0.99) * 1000, 2)
    row["share"] = round(row["ours"] / row["floor"], 3)
    return row


def _line(row: dict[str, Any]) -> str:
    return (
        f"{row['engine']:<11}{row['orders']:>9}  {row['workload']:<7}{row['ours']:>9.0f}/s ±{row['ours_spread']:<6.0%}"
        f"p50 {row['ours_p50']:>7.2f}  p99 {row['ours_p99']:>8.2f} ms   floor {row['floor']:>8.0f}/s   share {row['share']:.2f}"
    )


bench()
