"""The Contrat de Ville portal."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import extensions
from portal.foundation import logs
from portal.foundation.database import prepare_engine
from portal.settings import Settings

ROOMS = (
    "foundation",
    "accounts",
    "contracts",
    "quartiers",
    "calls",
    "committee",
    "evaluation",
    "exchange",
    "site",
)


def create_app(settings: Settings | None = None) -> Flask:
    """The portal as one WSGI application: settings, extensions, rooms, nothing else."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__, instance_path=str(settings.instance_path))
    app.config.from_mapping(_flask_configuration(settings))
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies)  # type: ignore[method-assign]  # as Flask tells to
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    logs.configure()
    _bind_extensions(app, settings)
    for room in ROOMS:
        import_module(f"portal.{room}.setup").register(app)
    return app


def _flask_configuration(settings: Settings) -> dict[str, object]:
    return {
        "PORTAL": settings,
        "TESTING": settings.testing,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        # Bound values may be personal data: they never reach a log.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True, "pool_pre_ping": not settings.is_sqlite},
        "MAX_CONTENT_LENGTH": settings.max_upload_bytes + 2 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        # A budget of four years and hundreds of lines is one form.
        "MAX_FORM_PARTS": 10_000,
        "SESSION_COOKIE_NAME": "portail",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.cookie_secure,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        # A form may stay open for a day of typing; the token lives as long as its session.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": settings.cookie_secure,
        "RATELIMIT_ENABLED": True,
        "RATELIMIT_STORAGE_URI": extensions.limiter_storage(settings),
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "BOOTSTRAP_SERVE_LOCAL": True,
    }


def _bind_extensions(app: Flask, settings: Settings) -> None:
    extensions.db.init_app(app)
    with app.app_context():
        prepare_engine(extensions.db.engine, durable=not settings.testing)
    extensions.migrate.init_app(app)
    extensions.csrf.init_app(app)
    extensions.login_manager.init_app(app)
    extensions.limiter.init_app(app)
