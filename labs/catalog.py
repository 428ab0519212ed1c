"""The course's catalogue for notebooks: chapters and exercises in order."""

from __future__ import annotations

from graders import course


def chapters() -> tuple[course.Chapter, ...]:
    """Give the chapters."""
    return course.chapters()


def exercises(chapter: str = "") -> list[course.Exercise]:
    """Give the exercises of one chapter, or all."""
    return [exercise for exercise in course.exercises().values() if chapter in ("", exercise.chapter)]
