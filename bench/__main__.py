"""What some pages and files cost, as multiples of the least that could give the same."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable

import sqlalchemy as sa
import structlog
from openpyxl import Workbook, load_workbook

from bench.world import World, large_year
from portal.calls.models import Application, FundingLine
from portal.exchange.operations.delegate import make_workbook
from portal.exchange.queries.delegate import Selection
from portal.extensions import db
from portal.foundation.pagination import PER_PAGE
from portal.foundation.render import render_pdf
from tests.visitors import Visitor

Work = Callable[[], object]


def main() -> None:
    print(f"{'':44}{'took':>10}{'floor':>10}{'ratio':>8}")
    pdf()
    with large_year() as world:
        # The app configures the logs when it is made; a line per request would drown the figures.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        pages(world)
        workbook(world)


def pages(world: World) -> None:
    table, desk = f"/programmation/{world.call.id}", f"/instruction/{world.call.id}"
    for name, address in (("programming table", table), ("its last page", f"{table}?page=30"), ("desk", desk)):
        row(f"{name}, 1 500 × 10", opened(world.officer, address), lambda: bare_rows(world.call.id))
    nobody = Visitor(world.app)
    row("sign-in page, to the health page", opened(nobody, "/connexion"), opened(nobody, "/sante"))


def opened(visitor: Visitor, address: str) -> Work:
    def work() -> None:
        answer = visitor.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"

    return work


def bare_rows(call_id: int) -> None:
    """The applications and lines of one page, and the sum of all, as the database gives them."""
    connection = db.session.connection()
    shown = sa.select(Application.id).where(Application.call_id == call_id).order_by(Application.id).limit(PER_PAGE)
    connection.execute(sa.select(Application.__table__).where(Application.id.in_(shown))).all()
    connection.execute(sa.select(FundingLine.__table__).where(FundingLine.application_id.in_(shown))).all()
    whole = sa.select(sa.func.sum(FundingLine.requested_cents)).join(Application).where(Application.call_id == call_id)
    connection.execute(whole).all()
    db.session.rollback()


def workbook(world: World) -> None:
    made: list[bytes] = []
    selection = Selection(contract_id=world.contract.id, year=world.call.year)
    took = timed(lambda: made.append(make_workbook(selection, made_by="Bench", base_url="http://localhost")), times=1)
    sizes = [(sheet.max_row, sheet.max_column) for sheet in load_workbook(io.BytesIO(made[0])).worksheets]
    cells = sum(rows * columns for rows, columns in sizes)
    floor = timed(lambda: bare_workbook(sizes), times=1)
    tell(f"delegate workbook of {cells} cells", took, floor)


def bare_workbook(sizes: list[tuple[int, int]]) -> None:
    """As many cells in as many sheets, without style, heading or formula."""
    book = Workbook()
    for rows, columns in sizes:
        sheet = book.create_sheet()
        for number in range(rows):
            sheet.append([number] * columns)
    book.save(io.BytesIO())


def pdf() -> None:
    paragraphs = [{"kind": "paragraph", "text": "Une phrase d’un dossier. " * 40} for _ in range(100)]
    row("PDF of 100 paragraphs, to an empty one", document(paragraphs), document([]))


def document(blocks: list[dict[str, str]]) -> Work:
    return lambda: render_pdf("document", {"blocks": blocks}, title="Dossier")


def row(name: str, work: Work, floor: Work) -> None:
    tell(name, timed(work), timed(floor))


def timed(work: Work, times: int = 5) -> float:
    """Seconds of the fastest of some runs: what else the machine does only adds to it."""

    def once() -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    return min(once() for _ in range(times))


def tell(name: str, took: float, floor: float) -> None:
    print(f"{name:44}{took * 1000:>7.0f} ms{floor * 1000:>7.1f} ms{took / floor:>8.1f}", flush=True)


if __name__ == "__main__":
    main()
