from django.urls import path

from dacase.agencies.views import choose, invitation, people

app_name = "agencies"
urlpatterns = [
    path("agencies/choose/", choose.choose, name="choose"),
    path("people/", people.people_list, name="people"),
    path("people/invite/", invitation.invite, name="invite"),
    path("people/invitations/<uuid:pk>/", invitation.invitation, name="invitation"),
    path(
        "people/invitations/<uuid:pk>/send-again/",
        invitation.invitation_send_again,
        name="invitation_send_again",
    ),
    path(
        "people/invitations/<uuid:pk>/withdraw/", invitation.invitation_withdraw, name="invitation_withdraw"
    ),
    path("people/<uuid:pk>/", people.membership, name="membership"),
    path("people/<uuid:pk>/end/", people.membership_end, name="membership_end"),
    path("people/<uuid:pk>/end/undo/", people.membership_end_undo, name="membership_end_undo"),
    path("people/<uuid:pk>/second-step/", people.second_step_reset, name="second_step_reset"),
    path("invitation/<str:token>/", invitation.invitation_accept, name="invitation_accept"),
]
