"""The commands of this room."""

from portal.exchange.cli import delegate, imports

commands = [delegate.export, imports.import_data]
