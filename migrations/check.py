"""Fails when the migrations do not lead to the models' tables (`make check`)."""

from __future__ import annotations

import flask_migrate

from migrations.fresh import fresh_application

if __name__ == "__main__":
    with fresh_application():
        flask_migrate.upgrade()
        flask_migrate.check()
