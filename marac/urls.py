from django.urls import URLPattern

app_name = "marac"
urlpatterns: list[URLPattern] = []
