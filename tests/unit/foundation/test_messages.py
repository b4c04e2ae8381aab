import ast
from pathlib import Path

import wtforms
from werkzeug.datastructures import MultiDict
from wtforms import Form as BareForm
from wtforms import IntegerField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length, NumberRange

from portal.foundation.messages import FRENCH, WORDS


class Sample(BareForm):
    class Meta:
        def get_translations(self, form):
            return FRENCH

    title = StringField(validators=[InputRequired()])
    short = StringField(validators=[Length(min=5)])
    again = StringField(validators=[EqualTo("short")])
    count = IntegerField()
    rate = IntegerField(validators=[NumberRange(1, 5)])
    axis = SelectField(choices=[SelectChoice("a", "A")])


def test_a_form_refuses_in_plain_french():
    form = Sample(MultiDict({"short": "abc", "again": "abd", "count": "x", "rate": "9", "axis": "z"}))
    form.validate()
    assert form.errors == {
        "title": ["Répondez à cette question."],
        "short": ["Écrivez au moins 5 caractères."],
        "again": ["Les deux réponses doivent être identiques."],
        "count": ["Indiquez un nombre entier, sans virgule."],
        "rate": ["Indiquez un nombre de 1 à 5."],
        "axis": ["Choisissez une réponse de la liste."],
    }


def test_every_message_we_replace_is_one_that_the_library_says():
    said = set()
    for path in Path(wtforms.__file__).parent.rglob("*.py"):
        said |= {
            node.value
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    assert set(WORDS) <= said
