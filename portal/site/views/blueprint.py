"""The blueprint that the modules of this package put their routes on."""

from flask import Blueprint

blueprint = Blueprint("site", __name__)
