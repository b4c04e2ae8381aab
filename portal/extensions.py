"""The Flask extensions, created once, bound to an app by `create_app`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from flask import current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from redis import Redis

from portal.foundation.database import Base
from portal.foundation.processes.valkey import socket_path
from portal.settings import Settings

db = SQLAlchemy(model_class=Base, disable_autonaming=True)
migrate = Migrate(db=db, directory=str(Path(__file__).parent.parent / "migrations"), render_as_batch=True)
csrf = CSRFProtect()
login_manager = LoginManager()
limiter = Limiter(get_remote_address, default_limits=[])


def redis_address(instance_path: Path, redis_url: str | None) -> str:
    """The address of the queue: the one given, or the bundled server's private socket."""
    return redis_url or f"unix://{socket_path(instance_path)}"


def limiter_storage(settings: Settings) -> str:
    """Where rate limits are counted; in this process's memory in tests."""
    if settings.testing:
        return "memory://"
    if settings.redis_url:
        return settings.redis_url
    return f"redis+unix://{socket_path(settings.instance_path)}"


@lru_cache(maxsize=8)
def _connection(address: str) -> Redis:
    return Redis.from_url(address, socket_connect_timeout=2)


def redis_connection() -> Redis:
    """One shared client per address; it connects when first used and again after a cut."""
    settings = current_app.config["PORTAL"]
    return _connection(redis_address(settings.instance_path, settings.redis_url))
