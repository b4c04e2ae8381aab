"""The questions that a call adds to the form, and what an application answers.

What has been answered is never changed under the answer: words are added as a new wording, a
question or an option leaves by the hour at which it is retired.
"""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.calls.states import QuestionKind
from portal.foundation.database import Base, Identified, enum_type, reference


class CallQuestion(Identified, Base):
    """A question of a call; its words are those of its last wording. Numbers in thousandths."""

    __tablename__ = "call_question"
    __table_args__ = (
        sa.CheckConstraint(
            "least_thousandths IS NULL OR most_thousandths IS NULL OR least_thousandths <= most_thousandths",
            name="bounds",
        ),
        sa.CheckConstraint("longest IS NULL OR longest > 0", name="longest"),
    )

    call_id: Mapped[int] = reference("call.id")
    kind: Mapped[QuestionKind] = mapped_column(enum_type(QuestionKind, "kind"))
    is_required: Mapped[bool] = mapped_column(default=False)
    # The most characters of a text; NULL for the usual length of its kind.
    longest: Mapped[int | None]
    unit: Mapped[str | None]
    least_thousandths: Mapped[int | None]
    most_thousandths: Mapped[int | None]
    position: Mapped[int]
    added_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    wordings: Mapped[list[QuestionWording]] = relationship(order_by="QuestionWording.number")
    options: Mapped[list[QuestionOption]] = relationship(order_by="(QuestionOption.position, QuestionOption.id)")
    condition: Mapped[QuestionCondition | None] = relationship(foreign_keys="QuestionCondition.question_id")

    @property
    def label(self) -> str:
        return self.wordings[-1].label


class QuestionWording(Identified, Base):
    """The words of a question from `made_at` on; counts from 1."""

    __tablename__ = "question_wording"
    __table_args__ = (sa.UniqueConstraint("question_id", "number"),)

    question_id: Mapped[int] = reference("call_question.id", index=False)
    number: Mapped[int]
    # The title under which the question and its neighbours of the same title are grouped.
    heading: Mapped[str | None]
    label: Mapped[str]
    help: Mapped[str | None]
    example: Mapped[str | None]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = reference("person.id", index=False, nullable=True)


class QuestionOption(Identified, Base):
    """A choice offered by a question; a retired one stays for those who chose it."""

    __tablename__ = "question_option"
    __table_args__ = (sa.UniqueConstraint("question_id", "label"),)

    question_id: Mapped[int] = reference("call_question.id", index=False)
    label: Mapped[str]
    position: Mapped[int]
    retired_at: Mapped[datetime | None]


class QuestionCondition(Base):
    """The answer to an earlier question without which a question is not asked."""

    __tablename__ = "question_condition"
    __table_args__ = (sa.CheckConstraint("(option_id IS NULL) <> (yes IS NULL)", name="one_answer"),)

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("call_question.id"), primary_key=True)
    source_id: Mapped[int] = reference("call_question.id")
    option_id: Mapped[int | None] = reference("question_option.id", index=False, nullable=True)
    yes: Mapped[bool | None]


class QuestionAnswer(Identified, Base):
    """What an application answers to a question, under the wording that was read.

    A file is an `ApplicationDocument` of the question; the options chosen are `AnswerOption` rows.
    """

    __tablename__ = "question_answer"
    __table_args__ = (sa.UniqueConstraint("application_id", "question_id"),)

    application_id: Mapped[int] = reference("application.id", index=False)
    question_id: Mapped[int] = reference("call_question.id")
    wording: Mapped[int]
    text: Mapped[str | None]
    number_thousandths: Mapped[int | None]
    yes: Mapped[bool | None]
    day: Mapped[date | None]


class AnswerOption(Base):
    """An option chosen in an answer."""

    __tablename__ = "answer_option"

    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("question_answer.id"), primary_key=True)
    option_id: Mapped[int] = mapped_column(sa.ForeignKey("question_option.id"), primary_key=True)
