"""The addresses of personas."""

from django.urls import path

from aiassist.segments import personas_views as views

urlpatterns = [
    path("segments/personas/", views.personas, name="personas"),
    path("segments/personas/<int:number>/name/", views.persona_name, name="persona-name"),
]
