from django.urls import path

from refuge.views import placement, turn_away, unit

app_name = "refuge"
urlpatterns = [
    path("refuge/", unit.board, name="board"),
    path("refuge/services/", unit.services, name="services"),
    path("refuge/services/new/", unit.service_create, name="service_create"),
    path("refuge/services/<uuid:pk>/", unit.service_edit, name="service_edit"),
    path("refuge/services/<uuid:service_pk>/units/new/", unit.unit_create, name="unit_create"),
    path("refuge/units/<uuid:pk>/", unit.unit_edit, name="unit_edit"),
    path("refuge/place/", placement.place_choose, name="place_choose"),
    path("refuge/place/<uuid:case_pk>/", placement.place, name="place"),
    path("refuge/placements/", placement.placements, name="placements"),
    path("refuge/placements/<uuid:pk>/", placement.placement, name="placement"),
    path("refuge/placements/<uuid:pk>/dates/", placement.placement_change, name="placement_change"),
    path("refuge/placements/<uuid:pk>/end/", placement.placement_end, name="placement_end"),
    path("refuge/placements/<uuid:pk>/cancel/", placement.placement_cancel, name="placement_cancel"),
    path("refuge/turn-aways/", turn_away.turn_aways, name="turn_aways"),
    path("refuge/turn-aways/new/", turn_away.turn_away_create, name="turn_away_create"),
]
