"""A local server that speaks the format of the public directory, and misbehaves on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SIREN, SIRET, SECOND_SIRET = "139000012", "13900001200027", "13900001200035"


def company(**values: Any) -> dict[str, Any]:
    """A line of `results`, as the documentation shows it (the fields read here and some others)."""
    seat = {
        "siret": SIRET, "adresse": "8 B RUE DU VALLON 13100 AIX-EN-PROVENCE", "numero_voie": "8",
        "indice_repetition": "B", "type_voie": "RUE", "libelle_voie": "DU VALLON", "code_postal": "13100",
        "commune": "13001", "libelle_commune": "AIX-EN-PROVENCE", "etat_administratif": "A", "est_siege": True,
    }  # fmt: skip
    return {
        "siren": SIREN, "nom_complet": "LES ATELIERS DU VALLON (LAV)", "nom_raison_sociale": "LES ATELIERS DU VALLON",
        "sigle": "LAV", "nombre_etablissements": 2, "etat_administratif": "A", "date_creation": "1998-03-15",
        "date_fermeture": None, "nature_juridique": "9220", "siege": seat | values.pop("siege", {}),
        "matching_etablissements": values.pop("matching_etablissements", []),
        "dirigeants": [{"nom": "DURAND", "prenoms": "CAMILLE", "type_dirigeant": "personne physique"}],
        "complements": {"est_association": True, "identifiant_association": "W131001234"},
        **values,
    }  # fmt: skip


def answer(*results: dict[str, Any]) -> dict[str, Any]:
    return {"results": list(results), "total_results": len(results), "page": 1, "per_page": 10, "total_pages": 1}


@dataclass
class Directory:
    """What the server answers next, and what it was asked."""

    address: str = ""
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    # One byte at a time, or nothing at all, until the test lets go.
    drips: bool = False
    silent: bool = False
    asked: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def answers(self, *results: dict[str, Any]) -> None:
        self.status, self.body = 200, json.dumps(answer(*results)).encode()


@contextmanager
def serving() -> Iterator[Directory]:
    """The server, for the length of a test."""
    state = Directory()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(parse_qs(urlsplit(self.path).query)["q"][0])
            if state.silent:
                state.released.wait(10)
                return
            self.send_response(state.status)
            for name, value in {"Content-Type": "application/json", **state.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self._write()
            except OSError:
                self.close_connection = True  # the other side had enough

        def _write(self) -> None:
            if not state.drips:
                self.wfile.write(state.body)
                return
            while not state.released.wait(0.01):
                self.wfile.write(b" ")

        def log_message(self, *_args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        state.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
