"""The pages of learning, below Content."""

from django.urls import path

from aiassist.copywriting.learning import views

urlpatterns = [
    path("content/report/", views.content_report, name="content-report"),
    path("content/learning/", views.learning, name="learning"),
    path("content/learning/learn/", views.lessons_learn, name="lessons-learn"),
    path("content/learning/rows/", views.training_export, name="training-export"),
    path("content/learning/train/", views.train, name="adapter-train"),
    path("content/learning/<uuid:lesson_id>/", views.lesson_switch, name="lesson-switch"),
]
